/// Regular expressions (PCRE2) in bounded time.
///
/// # Basics
/// A ``Pattern`` is compiled once and asked by any thread for its ``Pattern/matches(in:limit:)``.
///
/// # Caveats
/// No decision of the gate may rest on it: another version of the library may match otherwise.
/// What it finds is recorded in the event, and replay reads that.
public enum Patterns {}
