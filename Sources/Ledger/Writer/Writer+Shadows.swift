import Bytes
import Events
import Gate
import Storage
import Views

/// The shadow policies, parsed once each.
final class ShadowCache {
    fileprivate var known: [Position: (name: String, policy: Policy)] = [:]

    /// Forgets them: the commit that they were read in did not happen.
    func forget() { known = [:] }
}

extension Writer {
    /// What each shadow policy says of a request, as a JSON object of name to verdict; nil where
    /// there is none.
    ///
    /// It judges on the state that the policy in force made, and changes nothing.
    func shadowVerdicts(
        _ request: PreparedRequest, _ facts: Facts, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> String? {
        guard let control = state.tables.control.find(RateScope.ledger.key()) else { return nil }
        let positions = state.tables.control[control].shadows
        guard !positions.isEmpty else { return nil }
        var json = JSONWriter()
        json.beginObject()
        for position in positions {
            let shadow = try self.shadow(at: position - 1, transaction)
            var own = facts
            own.policy = position - 1
            own.circumstances = Lookup.circumstances(
                of: request, under: shadow.policy, now: facts.now, zones: SystemZones.shared)
            own.circumstances.beat = facts.circumstances.beat
            let decision = Gate.decide(
                request, &own, under: shadow.policy, in: &state.tables
            ) { moment in
                Lookup.quiet(
                    of: request, under: shadow.policy, at: moment, zones: SystemZones.shared)
            }
            json.member(shadow.name, (decision.would ?? decision.verdict).name)
        }
        json.endObject()
        return json.text
    }

    private func shadow(
        at position: Position, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> (name: String, policy: Policy) {
        if let known = shadows.known[position] { return known }
        do {
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LogStore.damaged(position)
            }
            let event = try LogStore.view(bytes, at: position)
            let shadow = (
                name: event.text(.kind) ?? "", policy: try Policy.parse(event.text(.text) ?? "")
            )
            shadows.known[position] = shadow
            return shadow
        } catch { throw LedgerError(any: error) }
    }
}
