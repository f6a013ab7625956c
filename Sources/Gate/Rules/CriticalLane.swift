import Bytes
import Events
import Views

/// The lane of critical answers: who takes it.
enum CriticalLane {
    /// A message is critical by its caller's word where the policy trusts it, by what its text
    /// looks like, or as one of the first two answers to a person who has just written.
    static func takes(_ hearing: Hearing, in tables: inout Tables) -> Bool {
        let terms = hearing.policy.critical
        if hearing.request.request.critical, terms.trustsCallers { return true }
        if hearing.facts.circumstances.criticalKind != nil { return true }
        guard let within = terms.repliesWithin, hearing.keys.person != .none,
            let row = tables.person(hearing.group)
        else { return false }
        guard row.lastInbound.isSet, row.lastInbound.time <= hearing.now,
            hearing.now.since(row.lastInbound.time) <= within
        else { return false }
        return tables.sendsSinceInbound(to: hearing.group, at: hearing.now).count < 2
    }
}
