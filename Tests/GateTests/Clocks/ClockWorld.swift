import Events
import Gate
import Ledger
import Views

/// A moment from its text.
func moment(_ text: String) -> Instant {
    guard let time = try? Timestamp.parse(text) else { fatalError("\(text) is no time") }
    return time.instant
}

extension World {
    /// What a decision knows when everything is looked up first, as callers do.
    func facts(of request: SendRequest, random: UInt64, at time: Instant? = nil) -> Facts {
        let now = time ?? now
        return Facts(
            now: now, policy: 0, random: random,
            circumstances: Lookup.circumstances(
                of: PreparedRequest(request), under: policy, now: now, zones: SystemZones.shared))
    }

    /// What the gate says when everything was looked up; nothing is recorded.
    mutating func look(
        _ request: SendRequest, at time: Instant? = nil, random: UInt64 = 0xFEED
    ) -> Decision {
        let facts = facts(of: request, random: random, at: time)
        return Gate.decide(prepare(request), recorded: facts, under: policy, in: &tables)
    }

    /// Asks with everything looked up, and records the answer.
    mutating func take(
        _ request: SendRequest, random: UInt64 = 0xFEED
    ) -> (decision: Decision, reservation: Reservation) {
        let prepared = prepare(request)
        let facts = facts(of: request, random: random)
        let decision = Gate.decide(prepared, recorded: facts, under: policy, in: &tables)
        let draft = try! Gate.draft(
            prepared, decision, facts, source: "gate", id: "\(count)", tags: tables.tags)
        return (decision, Reservation(position: store(draft), tag: tables.tags.first))
    }
}
