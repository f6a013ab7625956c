import Bytes
import Events
import TimeZones

/// The time zones in which whoever a message goes to may be.
struct RecipientZones {
    /// The rules of each, of which one suffices to make it quiet; empty where nobody knows.
    let rules: [ZoneRules]

    /// The zone of the request; else those of the country of the recipient's number; else the one
    /// that the policy gives to recipients of whom nothing is known, such as groups.
    init(of request: SendRequest, under policy: Policy, zones: some ZoneSource) {
        if let zone = request.zone, let own = zones.rules(zone) {
            rules = [own]
            return
        }
        let numbered = [request.chat, request.person].lazy.compactMap { $0 }
            .map { Self.names(of: $0).compactMap { zones.rules($0) } }
            .first { !$0.isEmpty }
        if let numbered {
            rules = numbered
        } else {
            rules = policy.quiet.zone.flatMap { zones.rules($0) }.map { [$0] } ?? []
        }
    }

    /// The zones of an alias that is a number, however a provider spells it.
    private static func names(of alias: String) -> [String] {
        let digits = Alias.withCanonical(alias.utf8Span.span) { $0.array }
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return [] }
        return digits.count >= 7 && digits.count <= 15 ? CallingCodes.zones(of: digits) : []
    }
}
