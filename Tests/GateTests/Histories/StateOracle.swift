import Bytes
import Events
import Gate
import Views

/// One event of a history, as the oracle remembers it.
struct Happening {
    let type: EventType
    var position: Position = 0
    /// When the ledger learnt of it.
    var recorded = World.start
    /// When it counts.
    var time = World.start
    var account: String?
    var person: String?
    var chat: String?
    var subject: String?
    var role: String?
    var instance: String?
    /// The template: `t` in all languages, `t/en` in one.
    var template: String?
    var category: String?
    /// A code, a status, a rating, a kind or a mode, whatever the type speaks of.
    var word: String?
    var reason: String?
    var snapshot: String?
    var steps: [String] = []
    var submission: Int64?
    var until: Instant?
    var limit: Int64?
    /// The reservation that it speaks of.
    var send: Position?
    /// The end of the lease of a permission.
    var expires: Instant?
    /// Whether a dry run would have sent it.
    var isWouldBe = false
    /// Whether a limit or the breaker held up what it refuses.
    var isHeldUp = false

    init(_ type: EventType) { self.type = type }
}

/// The rules that hang on what was said and done, by brute force: a plain list of all that
/// happened, read anew for each question.
struct StateOracle {
    struct Answer {
        var rules: [Rule: Oracle.Judgement] = [:]
    }

    let policy: Policy
    var log: [Happening] = []

    static let rules: [Rule] = [
        .mode, .instance, .backlog, .duplicateBusiness, .limitMinute, .platformMarketing,
        .template, .breaker, .quality,
    ]

    func judge(_ request: SendRequest, at now: Instant) -> Answer {
        var answer = Answer()
        answer.rules[.mode] = Oracle.Judgement(verdict: mode(at: now).isDry ? .refuse : .send)
        answer.rules[.instance] = instance(request, now)
        answer.rules[.duplicateBusiness] = business(request, now)
        answer.rules[.platformMarketing] = marketing(request, now)
        answer.rules[.template] = template(request, now)
        answer.rules[.breaker] = breaker(request, now)
        guard !request.critical else { return answer }
        answer.rules[.quality] = quality(request, now)
        answer.rules[.limitMinute] = minute(request, now)
        guard let isOld = backlog(request, now) else { return answer }
        answer.rules[.backlog] = Oracle.Judgement(verdict: isOld ? .refuse : .send)
        return answer
    }

    /// What a report speaks of: what its permission said, or else what it says itself.
    func sender(of event: Happening) -> Happening {
        event.send.flatMap { send in log.first { $0.position == send } } ?? event
    }

    /// The newest by the time at which it counts, of those the later one told.
    static func newest(_ events: [Happening]) -> Happening? {
        events.max { ($0.time, $0.position) < ($1.time, $1.position) }
    }

    /// When a person last wrote to an account, or to one that was not named.
    func lastInbound(_ person: String?, _ account: String?, before end: Position = .max) -> Instant?
    {
        guard let person else { return nil }
        return log.filter {
            $0.type == .messageReceived && $0.person == person && $0.position < end
                && (account == nil || $0.account == nil || $0.account == account)
        }.map(\.time).max()
    }
}

// MARK: - Mode

extension StateOracle {
    struct Mode {
        var isDry = false
        /// The order by which the dry run began.
        var begun: Position?
        var limit: Int64?
    }

    /// A dry run lasts until `live` is ordered, or goes live by itself at the moment that was
    /// ordered, unless since then something was held up, stopped or paused.
    func mode(at now: Instant) -> Mode {
        var mode = Mode()
        let orders = log.filter { $0.type == .modeChanged }
        for (index, order) in orders.enumerated() {
            let next = index + 1 < orders.count ? orders[index + 1] : nil
            let end = next?.recorded ?? now
            let wasDry = mode.isDry
            mode.limit = order.limit
            if order.word == "dry-run" {
                mode.isDry = true
                if !wasDry { mode.begun = order.position }
            } else if let until = order.until, wasDry {
                let isSpoiled = log.contains {
                    $0.position > order.position && $0.position < next?.position ?? .max
                        && $0.recorded < until
                        && ($0.isHeldUp || $0.type == .sendingStopped || $0.type == .sendingPaused)
                }
                mode.isDry = isSpoiled || end < until
            } else {
                mode.isDry = false
            }
        }
        if !mode.isDry { mode.begun = nil }
        return mode
    }

    /// When permissions count, and what the observation that runs would have sent.
    private func counted(at now: Instant) -> [(send: Happening, at: Instant)] {
        let begun = mode(at: now).begun
        return log.compactMap { event in
            if event.type == .sendReserved {
                let life = life(event, at: now)
                let counts = life.state == .open ? event.expires : life.counts
                return counts.map { (event, $0) }
            }
            guard event.isWouldBe, let begun, event.position > begun else { return nil }
            return (event, event.recorded)
        }
    }

    private func reports(_ send: Happening) -> [Happening] {
        log.filter { $0.send == send.position && $0.type != .sendReserved }
    }

    enum SendState { case open, accepted, failed, cancelled, unknown }

    /// How far a permission has come, and when it counts once it is not open.
    func life(_ send: Happening, at now: Instant) -> (state: SendState, counts: Instant?) {
        var state = SendState.open
        var counts: Instant?
        // Whether the provider's one message of it has failed; nil where none was named.
        var hasFailed: Bool?
        func accept(_ recorded: Instant, late: Instant) {
            guard state != .accepted else { return }
            let moment = state == .unknown ? late : recorded
            counts = max(counts ?? moment, moment)
            state = .accepted
        }
        func fail(_ recorded: Instant) {
            guard state != .failed else { return }
            if state == .open { counts = recorded }
            state = .failed
        }
        for report in reports(send) {
            if state == .open, let expires = send.expires, expires <= report.recorded {
                state = .unknown
                counts = expires
            }
            switch report.type {
            case .sendAccepted: accept(report.recorded, late: report.recorded)
            case .messageDelivered, .messageRead:
                guard hasFailed != true else { continue }
                hasFailed = false
                accept(report.recorded, late: min(report.time, report.recorded))
            case .messageFailed:
                hasFailed = true
                fail(report.recorded)
            case .sendFailed: if hasFailed != false { fail(report.recorded) }
            case .sendCancelled:
                counts = nil
                state = .cancelled
            default: break
            }
        }
        if state == .open, let expires = send.expires, expires <= now {
            return (.unknown, expires)
        }
        return (state, counts)
    }

    func isOpen(_ send: Happening, at now: Instant) -> Bool { life(send, at: now).state == .open }

    private func minute(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        let limits = [policy.rateLimits.messagesPerMinute, mode(at: now).limit.map { Int($0) }]
        guard var limit = limits.compactMap(\.self).min() else { return nil }
        if policy.quality.halvesYellow, limit > 1, rating(request, now) == "YELLOW" { limit /= 2 }
        let leaves = counted(at: now)
            .filter { request.account == nil || $0.send.account == request.account }
            .map { $0.at.advanced(by: .seconds(60)) }
            .filter { $0 > now }.sorted()
        guard leaves.count >= limit else {
            return Oracle.Judgement(verdict: .send, observed: Int64(leaves.count))
        }
        return Oracle.Judgement(
            verdict: .wait, retryAt: leaves[leaves.count - limit], observed: Int64(leaves.count))
    }

    /// A business key is held by permissions that neither failed nor were given back, and in a dry
    /// run by what the observation would have sent; while one is open nobody knows.
    private func business(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        guard let subject = request.subject, !request.steps.isEmpty || request.submission != nil
        else { return nil }
        let begun = mode(at: now).begun
        var open: Instant?
        for event in log {
            guard event.subject == subject, event.submission == request.submission,
                Set(event.steps) == Set(request.steps)
            else { continue }
            if event.isWouldBe, begun.map({ event.position > $0 }) ?? false {
                return Oracle.Judgement(verdict: .refuse)
            }
            guard event.type == .sendReserved else { continue }
            switch life(event, at: now).state {
            case .accepted, .unknown: return Oracle.Judgement(verdict: .refuse)
            case .open: open = max(open ?? .epoch, event.expires ?? .epoch)
            case .failed, .cancelled: break
            }
        }
        return Oracle.Judgement(verdict: open == nil ? .send : .wait, retryAt: open)
    }
}

extension Happening {
    var isSuccess: Bool {
        type == .sendAccepted || type == .messageDelivered || type == .messageRead
    }

    var isFailure: Bool { type == .sendFailed || type == .messageFailed }
}

// MARK: - Quality

extension StateOracle {
    private func counts(_ account: String, _ now: Instant) -> (sent: Int64, bad: Int64) {
        let today = now.nanoseconds / 86_400_000_000_000
        let week = log.filter {
            sender(of: $0).account == account
                && (today - 6...today).contains($0.time.nanoseconds / 86_400_000_000_000)
        }
        return (
            Int64(week.count { $0.type == .sendAccepted }),
            Int64(week.count { $0.isFailure || $0.type == .complaintReported })
        )
    }

    /// The official rating where there is one, else what 7 days suggest.
    func rating(_ request: SendRequest, _ now: Instant) -> String? {
        let terms = policy.quality
        guard let account = request.account else { return nil }
        let said = Self.newest(log.filter { $0.type == .accountQuality && $0.account == account })
        if let word = said?.word, word != "UNKNOWN" { return word }
        let counts = counts(account, now)
        guard counts.sent >= max(1, terms.minimumSample) else { return nil }
        let rate = counts.bad * 10_000 / counts.sent
        if let red = terms.redPer10000, rate >= Int64(red) { return "RED" }
        if let yellow = terms.yellowPer10000, rate >= Int64(yellow) { return "YELLOW" }
        return nil
    }

    private func quality(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        guard policy.quality != Policy.QualityTerms(), let account = request.account else {
            return nil
        }
        let counts = counts(account, now)
        let isRed = policy.quality.refusesRed && rating(request, now) == "RED"
        return Oracle.Judgement(
            verdict: isRed ? .refuse : .send,
            observed: counts.bad * 10_000 / max(1, counts.sent))
    }
}
