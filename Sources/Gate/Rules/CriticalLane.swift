import Bytes
import Events
import Views

/// The lane of critical answers: who takes it.
enum CriticalLane {
    /// By what a request takes the lane: `caller`, `kind NAME` or `answer`; nil where it does not.
    ///
    /// A message is critical by its caller's word where the policy trusts it; by what its text
    /// looks like, but only as an answer, to somebody who wrote a moment ago, and never as
    /// marketing; or as one of the first two answers to a person who has just written.
    static func taken(by hearing: Hearing, in tables: inout Tables) -> String? {
        let terms = hearing.policy.critical
        if hearing.request.request.critical, terms.trustsCallers { return "caller" }
        guard isAnswer(hearing, terms, &tables) else { return nil }
        if let kind = hearing.facts.circumstances.criticalKind,
            hearing.request.request.category != "marketing"
        {
            return "kind \(kind)"
        }
        let answers = tables.sendsSinceInbound(to: hearing.group, at: hearing.now).count
        return answers < answersMax ? "answer" : nil
    }

    /// How many answers take the lane.
    private static let answersMax = 2

    /// When a request that does not take the lane will; nil for never, or where nobody knows.
    ///
    /// It does once an answer is released that nobody attempted.
    static func opens(for hearing: Hearing, in tables: inout Tables) -> Instant? {
        guard !hearing.isCritical, isAnswer(hearing, hearing.policy.critical, &tables) else {
            return nil
        }
        let answers = tables.sendsSinceInbound(
            to: hearing.group, limit: answersMax, at: hearing.now)
        return answers.fitsAt.flatMap { $0 > hearing.now && $0 < .latest ? $0 : nil }
    }

    /// Whether the person wrote within `critical.replies_within`.
    private static func isAnswer(
        _ hearing: Hearing, _ terms: Policy.CriticalTerms, _ tables: inout Tables
    ) -> Bool {
        guard let within = terms.repliesWithin, hearing.keys.person != .none,
            let row = tables.person(hearing.group)
        else { return false }
        return row.lastInbound.isSet && row.lastInbound.time <= hearing.now
            && hearing.now.since(row.lastInbound.time) <= within
    }
}
