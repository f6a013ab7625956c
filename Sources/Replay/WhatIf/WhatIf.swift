import Bytes
import Crypto
public import Events
import Gate
public import Ledger

/// What a policy would have made of the sends in a stretch of the log.
public struct WhatIf: Sendable {
    /// One attempt, and what the policy says of it.
    public struct Judged: Sendable {
        /// The attempt.
        public let attempt: Attempt
        /// What the policy says; `wait` counts as not sent at that moment.
        public let verdict: Verdict
        /// Every rule that does not say send, by name.
        public let rules: [Rule]
        /// With `wait`: when it would pass if nothing else happened.
        public let retryAt: Instant?
    }

    /// The first moment, or nil where the range begins with the log.
    public let from: Instant?
    /// The last moment, or nil where the range ends with the log.
    public let to: Instant?
    /// Events in the range, of any type.
    public internal(set) var events = 0
    /// Who attempted, and what about.
    public internal(set) var tally = Tally()
    /// The SHA-256 of the policy's text, in hexadecimal.
    public let policy: String
    /// How many attempts each verdict fell on; coalesced ones count as often as they were made.
    public internal(set) var verdicts: [Verdict: Int] = [:]
    /// How often each rule did not say send.
    public internal(set) var byRule: [Rule: Int] = [:]
    /// Every attempt, in the order of (effective time, position).
    public internal(set) var decisions: [Judged] = []

    mutating func add(_ attempt: Attempt, _ decision: Decision) {
        let rules = Set(decision.findings.lazy.filter { $0.verdict != .send }.map(\.rule))
        let judged = Judged(
            attempt: attempt, verdict: decision.verdict,
            rules: Array(rules).sorted(byName: \.name),
            retryAt: decision.verdict == .wait ? decision.retryAt : nil)
        tally.add(attempt)
        verdicts[judged.verdict, default: 0] += attempt.count
        for rule in judged.rules { byRule[rule, default: 0] += attempt.count }
        decisions.append(judged)
    }
}

extension Replay {
    /// Judges every send of a stretch of the log under another policy.
    ///
    /// What is judged is `send.attempted` without a reservation, and every recorded request. A send
    /// that is not allowed did not happen for the rest of the simulation, nor did its outcome.
    /// `policy.changed` in the range is passed over: the given policy holds throughout.
    /// - Throws: `PolicyError` where the text is no policy; ``LedgerError`` where a record is
    ///   damaged.
    public static func whatIf(
        _ ledger: Ledger, _ range: ReplayRange, policy text: String
    ) throws -> WhatIf {
        let policy = try Policy.parse(text)
        let from = try range.from?.instant(in: ledger)
        var simulation = Simulation(
            of: ledger, policy: policy, start: from ?? Instant.latest)
        var result = WhatIf(
            from: from, to: try range.to?.instant(in: ledger),
            policy: text.utf8Span.span.sha256.hex)
        var reader = AttemptReader()
        let repeats = try Repeats(ledger)
        try Walk.run(ledger, range) { event in
            result.tally.addStart(event)
            simulation.remember(event)
        } inside: { event in
            result.events += 1
            result.tally.addStart(event)
            if !repeats.contain(event), let decision = simulation.take(event),
                let attempt = try reader.read(event, of: ledger)
            {
                result.add(attempt, decision)
            }
        }
        return result
    }
}
