/// What happened, and what another policy would have made of it.
///
/// # Basics
/// - ``Replay/whatIf(_:_:policy:)`` judges every send of a stretch of the log again, under another
///   policy, on tables of its own: ``WhatIf``.
/// - ``Replay/recorded(_:_:)`` makes every recorded decision once more and compares: ``Recheck``.
/// - ``Replay/story(_:_:)`` tells who sent what, how often, and who could not have known of whom:
///   ``Story``.
/// - ``Campaign`` says how long many messages that were never sent would take under a policy.
/// - `Document` makes of these a terminal's text and an incident document, ``Page`` a page that
///   stands alone.
///
/// # Caveats
/// - The ledger is only read. What is appended meanwhile is not looked at.
/// - Only keys of the events in range are held in memory, and those only where they did not arrive
///   in the order in which they happened; every attempt in range is.

/// The three modes of a replay.
public enum Replay {}
