import Bytes
import Events
import Gate
import TestSupport
import Testing
import Views

@Suite struct `Decisions about linked persons in random histories` {
    private let seeds = Effort.seeds(40, full: 400)

    @Test(arguments: 0..<8)
    func `are those about one person who did all that they did`(_ part: UInt64) {
        var held: [Rule: Int] = [:]
        for seed in (part * seeds)..<(part * seeds + seeds) {
            var history = GroupHistory(seed: seed)
            for step in 0..<70 {
                if let difference = history.step() {
                    Issue.record("seed \(seed), step \(step): \(difference)")
                    return
                }
            }
            held.merge(history.held) { $0 + $1 }
        }
        let rules: [Rule] = [
            .personDay, .limitMinute, .spacing, .chain, .platformPair, .platformMarketing, .consent,
            .windowService, .duplicateContent, .inflight, .breaker, .pause,
        ]
        for rule in rules { #expect(held[rule, default: 0] > 0, "\(rule.name)") }
    }
}

/// One random history of a few persons, told to one world as it is, and for each question to
/// another in which those who are linked have one name.
private struct GroupHistory {
    private static let names = ["p", "q", "r", "s"]

    var chance: Chance
    private var world: World
    private var deeds: [Deed] = []
    private var links: [Set<String>: Bool] = [:]
    private var open: [(reservation: Reservation, isPlain: Bool)] = []
    /// How often each rule held something up because of a link.
    private(set) var held: [Rule: Int] = [:]

    /// An event: its record is built anew for other names.
    private struct Deed {
        let type: EventType
        let now: Instant
        let time: Instant
        var person: String?
        var request: SendRequest?
        var build: @Sendable (inout DraftBuilder) -> Void = { _ in }
        var decision: Decision?
    }

    init(seed: UInt64) {
        chance = Chance(state: seed &+ 0x6709)
        var policy = Policy()
        policy.reservations.lease = .seconds(Int64(5 + chance.upTo(60)))
        if chance.one(in: 2) { policy.people.messagesPerDay = 2 + chance.upTo(6) }
        if chance.one(in: 2) { policy.people.chain = 1 + chance.upTo(4) }
        if chance.one(in: 2) { policy.people.minimumSpacing = .seconds(Int64(chance.upTo(200))) }
        if chance.one(in: 2) { policy.limits.person.perMinute = 1 + chance.upTo(2) }
        if chance.one(in: 2) { policy.limits.pair.perHour = 1 + chance.upTo(4) }
        if chance.one(in: 2) { policy.limits.chat.perHour = 1 + chance.upTo(4) }
        if chance.one(in: 2) { policy.duplicates.contentWindow = .seconds(600) }
        if chance.one(in: 2) { policy.consent.serviceWindow = .seconds(900) }
        if chance.one(in: 3) { policy.critical.repliesWithin = .seconds(300) }
        if chance.one(in: 2) {
            policy.platform.pairSpacing = .seconds(Int64(30 + chance.upTo(90)))
            policy.platform.pairBurst = 1 + chance.upTo(1)
        }
        if policy.consent.serviceWindow == nil, policy.critical.repliesWithin == nil {
            policy.platform.marketingBackoff = .seconds(1_800)
        }
        policy.breaker.usesCodes = chance.one(in: 2)
        policy.consent.isRequired = chance.one(in: 5)
        world = World(policy)
    }

    mutating func step() -> String? {
        world.now = world.now.advanced(by: chance.duration(upTo: chance.one(in: 8) ? 700 : 40))
        while let expired = world.tables.firstExpired(at: world.now) {
            let reservation = Reservation(position: expired.position, tag: 7)
            tell(.sendExpired, at: expired.time) { $0.add(.reservation, reservation: reservation) }
        }
        let person = chance.pick(Self.names)
        switch chance.upTo(19) {
        case 0..<9: return ask()
        case 9..<12: report()
        case 12..<14: tell(.messageReceived, of: person, account: chance.pick(["a", "b", nil]))
        case 14..<17: link()
        case 17: consent(person)
        case 18:
            let until = world.now.advanced(by: .seconds(200))
            let chat = chance.one(in: 3) ? person : "g@g.us"
            tell(.sendingPaused, of: nil, chat: chat) { $0.add(.until, instant: until) }
        default:
            let code = chance.pick(["131049", "130472", "130497", "21610"])
            tell(.errorObserved, of: person, account: "a") { $0.add(.code, text: code) }
        }
        return nil
    }

    private mutating func link() {
        let (one, other) = (chance.pick(Self.names), chance.pick(Self.names))
        let isLinked = !chance.one(in: 3)
        if one != other { links[[one, other]] = isLinked }
        record(
            Deed(
                type: isLinked ? .identityLinked : .identityUnlinked, now: world.now,
                time: world.now
            ) {
                $0.add(.person, text: one)
                $0.add(.alias, text: other)
            })
    }

    /// Nobody grants what another withdrew: whether that counts is the strictest alias's to say.
    private mutating func consent(_ person: String) {
        let type = chance.pick([
            EventType.consentRequested, .consentWithdrawn, .consentDeclined, .consentGranted,
        ])
        let isMixed =
            type == .consentGranted
            && deeds.contains {
                $0.type == .consentWithdrawn || $0.type == .consentDeclined
            }
        guard !isMixed else { return }
        let category = chance.pick(["marketing", "utility", nil])
        tell(type, of: person) { $0.add(.category, text: category) }
    }

    private mutating func tell(
        _ type: EventType, of person: String? = nil, account: String? = nil, chat: String? = nil,
        at time: Instant? = nil,
        _ build: @escaping @Sendable (inout DraftBuilder) -> Void = { _ in }
    ) {
        var deed = Deed(type: type, now: world.now, time: time ?? world.now)
        deed.person = person
        deed.build = build
        if account != nil || chat != nil {
            var request = SendRequest()
            request.account = account
            request.chat = chat
            deed.request = request
        }
        record(deed)
    }

    private mutating func report() {
        guard !open.isEmpty else { return }
        let (reservation, isPlain) = open.remove(at: chance.upTo(open.count - 1))
        // A row forgets the confirmation before one that failed; rows per member forget less.
        let outcomes = [EventType.sendAccepted, .sendAccepted, .sendFailed, .sendCancelled]
        let type = isPlain ? chance.pick(outcomes) : .sendAccepted
        tell(type) {
            $0.add(.reservation, reservation: reservation)
            if type == .sendFailed { $0.add(.code, text: "131049") }
        }
    }

    private mutating func record(_ deed: Deed) {
        Self.append(deed, to: &world) { $0 }
        deeds.append(deed)
    }

    private static func append(_ deed: Deed, to world: inout World, _ name: (String) -> String) {
        if let decision = deed.decision, let asked = deed.request {
            let request = world.prepare(renamed(asked, name))
            var facts = world.facts
            facts.now = deed.now
            world.store(
                try! Gate.draft(
                    request, decision, facts, source: "gate", id: "\(world.count)",
                    tags: world.tables.tags))
            return
        }
        world.append(deed.type, at: deed.time) { builder in
            builder.add(.person, text: deed.person.map(name))
            builder.add(.account, text: deed.request?.account)
            builder.add(.chat, text: deed.request?.chat.map(name))
            deed.build(&builder)
        }
    }

    private static func renamed(_ request: SendRequest, _ name: (String) -> String) -> SendRequest {
        var request = request
        request.chat = request.chat.map(name)
        request.person = request.person.map(name)
        return request
    }

    private mutating func ask() -> String? {
        var request = chance.request()
        request.chat = chance.pick(["g@g.us", "p", "q", "r", nil, nil])
        request.person =
            request.chat == nil || request.chat == "g@g.us" || chance.one(in: 4)
            ? chance.pick(Self.names) : nil
        request.purpose = chance.pick([nil, nil, nil, "confirmation", "consent_request"])
        if let difference = compare(request, at: world.now) { return difference }
        let decision = world.decide(request)
        // Where a send under the same business key is open, nothing is promised.
        let isPromised = !decision.findings.contains { $0.code == .inProgress }
        if let retryAt = decision.retryAt, isPromised {
            if world.decide(request, at: retryAt).verdict != .send {
                let then = world.decide(request, at: retryAt).findings.filter {
                    $0.verdict != .send
                }
                return "\(request) does not pass at its retry_at: \(then)"
            }
            let before = retryAt.advanced(by: Nanoseconds(-1))
            if world.decide(request, at: before).verdict == .send {
                return "\(request) passes before its retry_at"
            }
            if let difference = compare(request, at: before) { return difference }
        }
        guard decision.verdict == .send || chance.one(in: 3) else { return nil }
        var granted = Decision(
            verdict: .send, findings: [], notBefore: world.now,
            expires: world.now.advanced(by: world.policy.reservations.lease))
        granted.pace = nil
        var deed = Deed(type: .sendReserved, now: world.now, time: world.now)
        deed.request = request
        deed.decision = granted
        open.append((Reservation(position: world.count, tag: 7), request.purpose == nil))
        record(deed)
        return nil
    }

    /// Whom a name is one with.
    private func group(_ name: String) -> Set<String> {
        var group: Set<String> = [name]
        while true {
            let joined = links.filter { $0.value && !group.isDisjoint(with: $0.key) }
                .reduce(group) { $0.union($1.key) }
            guard joined != group else { return group }
            group = joined
        }
    }

    /// What the gate says, against what it says of a world without links where all members of a
    /// group have the name of the first.
    private mutating func compare(_ request: SendRequest, at now: Instant) -> String? {
        func name(_ name: String) -> String { group(name).min() ?? name }
        var other = World(world.policy)
        for deed in deeds {
            other.now = deed.now
            let isLink = deed.type == .identityLinked || deed.type == .identityUnlinked
            // Something without meaning stands in the place of a link: positions stay.
            let stand = Deed(type: .inputNoted, now: deed.now, time: deed.time)
            Self.append(isLink ? stand : deed, to: &other, name)
        }
        other.now = world.now
        let found = world.decide(request, at: now)
        let expected = other.decide(Self.renamed(request, name), at: now)
        // When an opt-out began is kept per member: of a group, one that was repeated under another
        // alias may count as confirmed already, never the other way.
        if request.purpose == "confirmation", found[.consent]?.verdict == .refuse,
            expected[.consent]?.verdict == .send
        {
            return nil
        }
        let (told, wanted) = (
            Self.compared(found), Self.compared(expected)
        )
        guard told == wanted else {
            let pair = zip(told, wanted).first { $0 != $1 }
            return "\(request): \(pair.map { "\($0), expected \($1)" } ?? "\(told), \(wanted)")"
        }
        if let difference = compareMarketing(request, found, at: now) { return difference }
        let alone = (request.person ?? request.chat).map { group($0).count == 1 } ?? true
        for finding in found.findings where finding.verdict != .send && !alone {
            held[finding.rule, default: 0] += 1
        }
        return nil
    }

    /// What must be the same: rows of errors stay per member, each counted by itself.
    private static func compared(_ decision: Decision) -> [Finding] {
        // Which scope an error closed first says nothing.
        let (closed, others) = (
            decision.findings.filter { $0.rule == .breaker },
            decision.findings.filter { $0.rule != .breaker && $0.rule != .pause }
        )
        // Of pauses of several direct chats the longest holds.
        let pause = decision.findings.filter { $0.rule == .pause }
            .max { $0.retryAt ?? .latest < $1.retryAt ?? .latest }
        return
            ([pause].compactMap(\.self) + others
            + closed.sorted { $0.scope.rawValue < $1.scope.rawValue }).map(compared)
    }

    private static func compared(_ finding: Finding) -> Finding {
        var finding = finding
        switch finding.rule {
        case .platformMarketing:
            return Finding(
                finding.rule, scope: finding.scope, verdict: .send, observed: 0, limit: 0)
        case .breaker:
            finding.observed = 0
            finding.limit = 0
            finding.evidence = nil
        default: break
        }
        return finding
    }

    /// The longest time that holds for any member, in a world where nobody is linked.
    private mutating func compareMarketing(
        _ request: SendRequest, _ found: Decision, at now: Instant
    ) -> String? {
        guard request.category == "marketing" else {
            return found[.platformMarketing]?.retryAt == nil ? nil : "\(request): \(found.findings)"
        }
        guard let person = request.person ?? request.chat else { return nil }
        var other = World(world.policy)
        for deed in deeds {
            other.now = deed.now
            let isLink = deed.type == .identityLinked || deed.type == .identityUnlinked
            let stand = Deed(type: .inputNoted, now: deed.now, time: deed.time)
            Self.append(isLink ? stand : deed, to: &other) { $0 }
        }
        var longest: Instant?
        for member in group(person) {
            let alone = other.decide(.to(person: member) { $0.category = "marketing" }, at: now)
            longest = [longest, alone[.platformMarketing]?.retryAt].compactMap(\.self).max()
        }
        return found[.platformMarketing]?.retryAt == longest
            ? nil
            : "\(request): marketing \(found.findings), expected \(String(describing: longest))"
    }
}
