/// Webhooks, bridges and exports of elsewhere, made into events by pure functions.
///
/// # Basics
/// A format of JSON is a ``BodyAdapter``, one of forms a ``FormAdapter``, one of tables a
/// ``TableAdapter``: it reads one body into a ``Reading``, where every thing in it becomes one
/// ``Element``: an event, noted, or quarantined. ``BodySplitter`` finds the bodies in a stream.
///
/// # Caveats
/// An adapter never fails and never drops: what it does not know it says so of. It has no clock and
/// knows of nothing but its input and ``AdapterOptions``.
public enum AdaptersRoom {}
