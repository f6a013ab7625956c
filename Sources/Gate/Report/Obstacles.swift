import Bytes
import Events
import Views

/// What stands against calling the provider for a reservation: what came in between.
struct Obstacles {
    /// The name of what stands against a message that is to begin later.
    static let notBefore = "not_before"

    /// The names of rules, and `lease`, `not_before` and `erased`; empty where nothing does.
    private(set) var names: [String] = []

    /// Looks for everything that stands against it.
    ///
    /// - Parameters:
    ///   - position: where it was granted.
    ///   - row: the reservation.
    ///   - hearing: the request, under the policy in force, with its names introduced.
    ///   - reporter: the instance that reports or asks; none where it does not say.
    ///   - attempt: what it tries under; none without one.
    init(
        to position: Position, _ row: ReservationRow, _ hearing: Hearing, reporter: Fingerprint,
        attempt: Fingerprint = .none, in tables: inout Tables
    ) {
        let now = hearing.now
        guard row.attempted == 0 else {
            names = [Rule.duplicateKey.name]
            return
        }
        switch row.state(at: now) {
        case .open: break
        case .released, .unknown:
            names = ["lease"]
            return
        default:
            names = [Rule.duplicateKey.name]
            return
        }
        if now < row.notBefore { names.append(Self.notBefore) }
        judge(EmergencyStop.self, .stop, hearing, &tables)
        judge(Pause.self, .pause, hearing, &tables)
        judge(ModeRule.self, .mode, hearing, &tables)
        if isFenced(position, row, reporter, attempt, &tables) { add(.instance) }
        if isOptedOut(position, row, hearing, &tables) { add(.consent) }
        if isErased(row, hearing, position, &tables) { names.append("erased") }
        if isClosed(position, hearing, &tables) { add(.breaker) }
        if isSent(under: row.firsts, besides: position, now, &tables) { add(.duplicateKey) }
        if isAnswered(row.keys.business, besides: position, now, &tables) {
            add(.duplicateBusiness)
        }
    }

    private mutating func add(_ rule: Rule) { names.append(rule.name) }

    /// Whether a rule says anything but send.
    private mutating func judge(
        _ judge: any Judge.Type, _ rule: Rule, _ hearing: Hearing, _ tables: inout Tables
    ) {
        var own = Hearing(hearing, without: ())
        judge.judge(&own, in: &tables)
        if own.findings.contains(where: { $0.verdict != .send }) { add(rule) }
    }

    /// Whether the process that reports was fenced or has stopped; or, where it names no attempt,
    /// whether the process that asked has started anew: it may not use what it reserved before.
    private func isFenced(
        _ position: Position, _ row: ReservationRow, _ reporter: Fingerprint,
        _ attempt: Fingerprint, _ tables: inout Tables
    ) -> Bool {
        let name = reporter == .none ? row.keys.instance : reporter
        guard let instance = tables.instance(name) else { return false }
        if instance.end != nil { return true }
        return attempt == .none && instance.started.isSet
            && instance.started.position > position
    }

    /// Whether the person, or one linked with it, withdrew consent since, or wrote what may be so.
    ///
    /// What was granted after a withdrawal, such as its confirmation, was granted knowing of
    /// it; but not of what it was linked with only later.
    private func isOptedOut(
        _ position: Position, _ row: ReservationRow, _ hearing: Hearing, _ tables: inout Tables
    ) -> Bool {
        let group = hearing.group
        guard !group.isTooLarge, !hearing.chats.isTooLarge else { return true }
        guard row.keys.person != .none else { return false }
        let held = tables.conversation(with: row.keys.person).held
        if held.isSet, held.position > position { return true }
        guard let person = tables.person(group) else { return false }
        let known = group.linked.map { $0 < position } ?? true
        return ConsentCategory.allCases.contains { category in
            let consent = person[category]
            return consent.isWithdrawn && !(known && consent.withdrawn.position < position)
        }
    }

    private func isErased(
        _ row: ReservationRow, _ hearing: Hearing, _ position: Position, _ tables: inout Tables
    ) -> Bool {
        for name in [row.keys.person, row.keys.chat] where name != .none {
            if let slot = tables.persons.find(name), tables.persons[slot].erased > position {
                return true
            }
        }
        return false
    }

    /// Whether the account was restricted since, or an error closed what it goes to.
    private func isClosed(
        _ position: Position, _ hearing: Hearing, _ tables: inout Tables
    ) -> Bool {
        var own = Hearing(hearing, without: ())
        Breaker.judge(&own, in: &tables)
        return own.findings.contains { finding in
            finding.verdict != .send && finding.evidence.map { $0.last > position } ?? false
        }
    }

    /// Whether something else was sent under one of its idempotency keys meanwhile.
    private func isSent(
        under firsts: [Position], besides position: Position, _ now: Instant,
        _ tables: inout Tables
    ) -> Bool {
        firsts.contains { first in
            tables.isSent(from: first, besides: position, at: now)
        }
    }

    private func isAnswered(
        _ business: Fingerprint, besides position: Position, _ now: Instant,
        _ tables: inout Tables
    ) -> Bool {
        business != .none && tables.isSent(business: business, besides: position, at: now)
    }
}
