import Bytes
import Events
import Gate
import Views

/// One random history of errors, instances, work items, modes, templates and ratings, told to the
/// gate and to the oracle alike.
struct StateHistory {
    var chance: Chance
    var world: World
    var oracle: StateOracle
    var reservations: [Reservation] = []
    /// How often each rule held something up.
    var held: [Rule: Int] = [:]
    private let codes: [String]

    init(seed: UInt64) {
        chance = Chance(state: seed &+ 0x57A7E)
        let policy = chance.statePolicy()
        world = World(policy)
        oracle = StateOracle(policy: policy)
        var codes = [
            "x", "y", "429", "4", "131048", "131056", "131049", "131026", "463", "132015", "132001",
            "100", "131031", "130472", "21610", "2",
        ]
        codes.shuffle(using: &chance)
        // A scope remembers 16 pairs of code and account.
        self.codes = Array(codes.prefix(4)) + [chance.pick(["131049", "63049", "463"])]
    }

    /// Does one random thing; answers where gate and oracle differ, if they do.
    mutating func step() -> String? {
        let most = chance.one(in: 12) ? chance.pick([120, 1_000, 15_000, 100_000]) : 5
        world.now = world.now.advanced(by: chance.duration(upTo: most))
        expire()
        switch chance.upTo(99) {
        case 0..<34: return ask()
        case 34..<54: report()
        case 54..<62: evidence()
        case 62..<67: tell(error())
        case 67..<73: tell(process())
        case 73..<81: tell(work())
        case 81..<86: tell(word())
        case 86..<91: tell(platform())
        case 91..<95: order()
        default: tell(inbound())
        }
        return nil
    }

    /// Records an event in the log of the gate and in the list of the oracle.
    mutating func tell(_ event: Happening, late: Nanoseconds = Nanoseconds(0)) {
        var event = event
        event.recorded = world.now
        event.time = world.now.advanced(by: Nanoseconds(-late.count))
        event.position = world.append(event.type, at: event.time) { event.write(to: &$0) }
        oracle.log.append(event)
    }

    private mutating func expire() {
        while let expired = world.tables.firstExpired(at: world.now) {
            var event = Happening(.sendExpired)
            event.send = expired.position
            tell(event, late: world.now.since(expired.time))
        }
    }

    private mutating func lateness() -> Nanoseconds {
        chance.one(in: 5) ? chance.duration(upTo: chance.pick([10, 300, 20_000])) : Nanoseconds(0)
    }

    private mutating func tell(_ event: Happening) { tell(event, late: lateness()) }

    // MARK: - Asking

    private mutating func ask() -> String? {
        let request = chance.stateRequest()
        if let difference = compare(request, at: world.now) { return difference }
        let decision = world.decide(request)
        for finding in decision.findings where finding.verdict != .send {
            held[finding.rule, default: 0] += 1
        }
        // Where a send under the same business key is open, nothing is promised.
        let isPromised = !decision.findings.contains { $0.code == .inProgress }
        if let retryAt = decision.retryAt, isPromised {
            let before = retryAt.advanced(by: Nanoseconds(-1))
            let then = world.decide(request, at: retryAt)
            if then.verdict != .send {
                return "\(request) does not pass at its retry_at: \(then.findings)"
            }
            if world.decide(request, at: before).verdict == .send {
                return "\(request) passes before its retry_at"
            }
            if let difference = compare(request, at: before) { return difference }
        }
        if chance.one(in: 2) {
            let reservation = world.reserve(request)
            grant(request, reservation, world.now.advanced(by: world.policy.reservations.lease))
            return nil
        }
        let (answer, reservation) = world.ask(request)
        if answer.verdict == .send, let expires = answer.expires {
            grant(request, reservation, expires)
            return nil
        }
        var event = Happening(.sendRefused, request)
        event.position = reservation.position
        event.recorded = world.now
        event.time = world.now
        event.isWouldBe = answer.would == .send
        event.isHeldUp = answer.findings.contains {
            $0.verdict != .send && [.limitMinute, .spacing, .breaker].contains($0.rule)
        }
        oracle.log.append(event)
        return nil
    }

    private mutating func grant(
        _ request: SendRequest, _ reservation: Reservation, _ expires: Instant
    ) {
        var event = Happening(.sendReserved, request)
        event.position = reservation.position
        event.recorded = world.now
        event.time = world.now
        event.expires = expires
        reservations.append(reservation)
        oracle.log.append(event)
    }

    private mutating func compare(_ request: SendRequest, at now: Instant) -> String? {
        let findings = world.findings(request, at: now)
        let expected = oracle.judge(request, at: now)
        for rule in StateOracle.rules {
            let told = findings.judgement(rule, counted: expected.rules[rule]?.observed != nil)
            let wanted = expected.rules[rule]
            guard told != wanted else { continue }
            return "\(rule.name) says \(told.map { "\($0)" } ?? "nothing"), expected "
                + "\(wanted.map { "\($0)" } ?? "nothing"), of \(request) at \(now)"
        }
        let decision = world.decide(request, at: now)
        guard decision.verdict == .refuse, let would = decision.would else { return nil }
        let verdict = decision.findings.filter { $0.rule != .mode }.map(\.verdict).max() ?? .send
        return would == verdict ? nil : "would \(would), expected \(verdict)"
    }

    // MARK: - Reports

    private mutating func report() {
        guard let reservation = recent() else { return }
        let outcome: SendReport.Outcome = chance.pick([
            .attempted, .accepted, .accepted, .failed, .failed, .failed, .cancelled,
        ])
        let verdict = world.judge(reservation, outcome)
        if outcome == .attempted, !verdict.go { return }
        guard verdict.refusal == nil, verdict.duplicateOf == nil else { return }
        if outcome == .failed, isRevived(reservation) { return }
        var event = Happening(outcome.type)
        event.send = reservation.position
        if outcome == .failed { event.word = chance.pick(codes) }
        tell(event, late: Nanoseconds(0))
    }

    /// What the provider's notifications say later, repeated failures among it.
    private mutating func evidence() {
        guard let reservation = recent() else { return }
        var event = Happening(
            chance.pick([.messageDelivered, .messageRead, .messageFailed, .messageFailed]))
        event.send = reservation.position
        if event.type == .messageFailed {
            if isRevived(reservation) { return }
            let told = oracle.log.last { $0.send == reservation.position && $0.isFailure }
            event.word = chance.one(in: 4) ? chance.pick(codes) : told?.word ?? chance.pick(codes)
        }
        tell(event)
    }

    private mutating func recent() -> Reservation? {
        guard !reservations.isEmpty else { return nil }
        return chance.pick(Array(reservations.suffix(chance.one(in: 6) ? reservations.count : 4)))
    }

    /// Whether it failed and was then shown to have gone: what fails after that is not told here.
    private func isRevived(_ reservation: Reservation) -> Bool {
        let told = oracle.log.filter { $0.send == reservation.position }
        guard let failed = told.firstIndex(where: \.isFailure) else { return false }
        return told[failed...].contains(where: \.isSuccess)
    }

    // MARK: - Events

    private mutating func error() -> Happening {
        var event = Happening(.errorObserved)
        event.word = chance.pick(codes)
        event.account = chance.pick(["a", "a", "b", nil])
        event.person = chance.pick(["p", "q", "r", nil])
        if chance.one(in: 4) { event.template = "t/en" }
        return event
    }

    private mutating func process() -> Happening {
        var event = Happening(
            chance.pick([
                .instanceStarted, .instanceStarted, .instanceStarted, .instanceStopped,
                .instanceFenced,
            ]))
        event.role = chance.pick(["m", "m", "n"])
        event.instance = chance.pick(["i", "j", "k"])
        if event.type == .instanceStarted, chance.one(in: 6) { event.role = nil }
        if event.type == .instanceFenced, chance.one(in: 3) { event.instance = nil }
        return event
    }

    private mutating func work() -> Happening {
        var event = Happening(chance.one(in: 8) ? .itemResolved : .itemFlagged)
        event.subject = chance.pick(["s", "s", "t"])
        event.snapshot = chance.pick(["s1", "s2", "s3", "s4", nil])
        if event.type == .itemFlagged {
            event.steps = chance.pick([["1"], ["2"]])
            event.submission = chance.pick([1, 1, 2, nil])
        }
        if chance.one(in: 4) { event.instance = chance.pick(["i", "j"]) }
        if chance.one(in: 4) { event.role = chance.pick(["m", "n"]) }
        return event
    }

    private mutating func word() -> Happening {
        var event = Happening(chance.one(in: 4) ? .templateCategory : .templateStatus)
        event.template = chance.pick(["t/en", "t/en", "t/de", "t", "u/en"])
        if event.type == .templateCategory {
            event.category = chance.pick(["utility", "marketing"])
            return event
        }
        event.word = chance.pick([
            "APPROVED", "APPROVED", "PAUSED", "PAUSED", "PAUSED", "DISABLED", "REINSTATED",
            "REJECTED", "WHATEVER",
        ])
        if event.word == "PAUSED", chance.one(in: 3) {
            event.reason = chance.pick(["FIRST_PAUSE", "SECOND_PAUSE"])
        }
        return event
    }

    private mutating func platform() -> Happening {
        var event = Happening(
            chance.pick([.accountQuality, .accountQuality, .complaintReported, .accountRestricted]))
        event.account = chance.pick(["a", "b"])
        switch event.type {
        case .accountQuality:
            event.word = chance.pick(["GREEN", "YELLOW", "RED", "RED", "UNKNOWN"])
        case .complaintReported: event.word = chance.pick(["block", "report"])
        default:
            event.word = chance.pick(["RESTRICTED_BIZ_INITIATED_MESSAGING", "DISABLED_UPDATE"])
            let length = chance.duration(upTo: chance.pick([100, 5_000, 200_000]))
            if !chance.one(in: 6) { event.until = world.now.advanced(by: length) }
        }
        return event
    }

    private mutating func inbound() -> Happening {
        var event = Happening(.messageReceived)
        event.person = chance.pick(["p", "q"])
        event.account = chance.pick(["a", "a", "b", nil])
        return event
    }

    /// What an operator orders; a stop is lifted at once, or nothing would go.
    private mutating func order() {
        var event = Happening(
            chance.pick([
                .modeChanged, .modeChanged, .cooldownReset, .sendingResumed, .sendingPaused,
            ])
        )
        switch event.type {
        case .modeChanged:
            event.word = chance.pick(["dry-run", "live", "live"])
            if chance.one(in: 3) { event.limit = Int64(1 + chance.upTo(4)) }
            if event.word == "live", chance.one(in: 2) {
                event.until = world.now.advanced(by: chance.duration(upTo: 60))
            }
        case .cooldownReset: event.subject = chance.pick(["s", "t"])
        default:
            let place = chance.upTo(3)
            if place == 0 { event.account = chance.pick(["a", "b"]) }
            if place == 1 { event.chat = chance.pick(["p", "q", "r"]) }
        }
        tell(event, late: Nanoseconds(0))
        guard event.type == .sendingPaused else { return }
        var lifted = Happening(.sendingResumed)
        lifted.account = event.account
        lifted.chat = event.chat
        tell(lifted, late: Nanoseconds(0))
    }
}
