import Events
import Gate
import Views

/// The gate by brute force: everything that ever happened, in lists, read anew for each question.
struct Oracle {
    /// A permission or an imported attempt, and what was said of it, in order.
    struct Send {
        let position: Position
        let request: SendRequest
        /// The end of the lease; nil for an imported attempt.
        let expires: Instant?
        /// When an imported attempt counts.
        let attempted: Instant?
        /// The attempt that it was asked for.
        var attempt: String?
        var reports: [(outcome: SendReport.Outcome, at: Instant)] = []
    }

    struct Order {
        let scope: Scope
        let name: String?
        /// Nil for a stop; `latest` for a pause without an end.
        let until: Instant?
    }

    struct Judgement: Equatable {
        var verdict: Verdict
        var retryAt: Instant?
        var observed: Int64?
    }

    var sends: [Send] = []
    var orders: [Order] = []
    var resets: [(position: Position, subject: String?)] = []
    var starts: [(instance: String, at: Instant)] = []
    /// Persons and the categories that they withdrew, nil for all.
    var withdrawals: [(person: String, category: String?)] = []
    /// Persons and the categories that they granted, nil for all.
    var grants: [(person: String, category: String?)] = []
    /// Who wrote to which account, nil for none that is named.
    var inbound: [(person: String, account: String?, at: Instant)] = []

    func judge(_ asked: SendRequest, at now: Instant, under policy: Policy) -> [Rule: Judgement] {
        let request = asked.addressed
        var answer: [Rule: Judgement] = [:]
        answer[.mode] = Judgement(verdict: .send)
        answer[.stop] = stop(request)
        answer[.pause] = pause(request, now)
        answer[.duplicateContent] = content(request, now, policy)
        answer[.duplicateBusiness] = business(request, now)
        answer[.cooldownSubject] = cooldown(request, now, policy)
        answer[.consent] = consent(request, policy)
        answer[.windowService] = window(request, now, policy)
        answer[.inflight] = inflight(request, now)
        guard !request.critical else { return answer }
        let limits = policy.rateLimits
        answer[.grace] = grace(request, now, policy)
        answer[.limitSecond] = limit(request, limits.messagesPerSecond, .seconds(1), now)
        answer[.limitMinute] = limit(request, limits.messagesPerMinute, .seconds(60), now)
        for scoped in scoped(request, now, policy) {
            let own = answer[.limitMinute] ?? Judgement(verdict: .send)
            answer[.limitMinute] = Judgement(
                verdict: max(own.verdict, scoped.verdict),
                retryAt: [own.retryAt, scoped.retryAt].compactMap(\.self).max())
        }
        if let person = request.person {
            answer[.personDay] = limit(policy.people.messagesPerDay, .day, now) {
                $0.addressed.person == person
            }
            answer[.chain] = chain(person, now, policy)
        }
        answer[.limitHour] = limit(request, limits.messagesPerHour, .seconds(3_600), now)
        answer[.limitDay] = limit(request, limits.messagesPerDay, .day, now)
        if let spacing = limits.minimumSpacing {
            answer[.spacing] = limit(request, 1, spacing, now)
            answer[.spacing]?.observed = nil
        }
        return answer
    }

    /// What each rule says in the end, and when all let the request pass.
    ///
    /// Moment by moment, each the latest that some rule asks for, until all pass or one refuses.
    /// Where a send under the same business key is open nobody knows, and nothing is promised: see
    /// `isPromised`.
    func settled(
        _ asked: SendRequest, at now: Instant, under policy: Policy
    ) -> (rules: [Rule: Judgement], verdict: Verdict, retryAt: Instant?, isPromised: Bool) {
        var rules = judge(asked, at: now, under: policy)
        func strictest(_ rules: [Rule: Judgement]) -> Verdict {
            rules.values.map(\.verdict).max() ?? .send
        }
        guard strictest(rules) == .wait else { return (rules, strictest(rules), nil, true) }
        if let until = undecided(asked.addressed, now) { return (rules, .wait, until, false) }
        var at = rules.values.compactMap(\.retryAt).max()
        while let moment = at {
            let later = judge(asked, at: moment, under: policy)
            for (rule, judgement) in later where judgement.verdict > rules[rule]?.verdict ?? .send {
                rules[rule]?.verdict = judgement.verdict
                rules[rule]?.retryAt = judgement.retryAt
            }
            if strictest(later) == .refuse { return (rules, .refuse, nil, true) }
            guard strictest(later) == .wait else { return (rules, .wait, moment, true) }
            at = later.values.compactMap(\.retryAt).max()
        }
        return (rules, .wait, nil, true)
    }
}

extension Oracle.Send {
    enum State { case open, accepted, failed, cancelled, released, unknown }

    /// Whether the lease's end means that nothing was sent.
    private var isReleasable: Bool {
        attempt != nil && !reports.contains { $0.outcome == .attempted }
    }

    /// How far it has come by a moment, and when it counts from then on.
    private func life(_ now: Instant) -> (state: State, counts: Instant?) {
        guard let expires else { return (.accepted, attempted) }
        var state = State.open
        var counts: Instant?
        var isAttempted = false
        func end() {
            state = attempt != nil && !isAttempted ? .released : .unknown
            counts = state == .released ? nil : expires
        }
        for (outcome, at) in reports where at <= now {
            if state == .open, at >= expires { end() }
            switch outcome {
            case .attempted: isAttempted = isAttempted || state == .open
            case .accepted where state == .accepted: break
            case .accepted:
                counts = max(counts ?? at, at)
                state = .accepted
            case .failed where state == .failed: break
            case .failed:
                if state == .open { counts = at }
                state = state == .released ? .cancelled : .failed
            case .cancelled:
                counts = nil
                state = .cancelled
            }
        }
        if state == .open, expires <= now { end() }
        return (state, counts)
    }

    func state(at now: Instant) -> State { life(now).state }

    /// Whether it lies in a window of a length that ends at a moment.
    func counts(in length: Nanoseconds, at now: Instant) -> Bool {
        let (state, counts) = life(now)
        if state == .open { return true }
        return counts.map { $0.advanced(by: length) > now } ?? false
    }

    /// Whether it counts after a moment, as seen from now.
    func counts(after start: Instant, at now: Instant) -> Bool {
        let (state, counts) = life(now)
        if state == .open { return expires.map { $0 > start } ?? false }
        return counts.map { $0 > start } ?? false
    }

    /// The moments at which it may leave a window of that length.
    func leaves(_ length: Nanoseconds, at now: Instant) -> [Instant] {
        let counts = life(now).counts
        return [expires, expires?.advanced(by: length), counts?.advanced(by: length)]
            .compactMap(\.self)
    }

    /// Whether the lease runs, and nobody has said how it ended.
    func isOpen(at now: Instant) -> Bool { expires != nil && state(at: now) == .open }

    /// Whether its outcome is known at the end of its lease only by what is reported until then.
    func isUndecided(at now: Instant) -> Bool { isOpen(at: now) && !isReleasable }
}

extension Oracle {
    private func applies(_ order: Order, _ request: SendRequest) -> Bool {
        switch order.scope {
        case .account: order.name == request.account
        case .chat: order.name == request.chat
        default: true
        }
    }

    private func stop(_ request: SendRequest) -> Judgement {
        let isStopped = orders.contains { $0.until == nil && applies($0, request) }
        return Judgement(verdict: isStopped ? .refuse : .send)
    }

    private func pause(_ request: SendRequest, _ now: Instant) -> Judgement {
        let ends = orders.filter { applies($0, request) }.compactMap(\.until).filter { $0 > now }
        guard let last = ends.max() else { return Judgement(verdict: .send) }
        if last == .latest { return Judgement(verdict: .refuse) }
        return Judgement(verdict: .wait, retryAt: last)
    }

    private func grace(_ request: SendRequest, _ now: Instant, _ policy: Policy) -> Judgement? {
        guard let period = policy.rateLimits.startupGracePeriod,
            let start = starts.last(where: { $0.instance == request.instance })
        else { return nil }
        let end = start.at.advanced(by: period)
        return end > now ? Judgement(verdict: .wait, retryAt: end) : Judgement(verdict: .send)
    }

    /// Tries every moment at which some send leaves the window.
    private func limit(
        _ request: SendRequest, _ limit: Int?, _ length: Nanoseconds, _ now: Instant
    ) -> Judgement? {
        self.limit(limit, length, now) {
            request.account == nil || $0.account == request.account
        }
    }

    private func limit(
        _ limit: Int?, _ length: Nanoseconds, _ now: Instant, of counts: (SendRequest) -> Bool
    ) -> Judgement? {
        guard let limit else { return nil }
        let counted = sends.filter { counts($0.request) }
        func count(_ moment: Instant) -> Int { counted.count { $0.counts(in: length, at: moment) } }
        let observed = Int64(count(now))
        if count(now) < limit { return Judgement(verdict: .send, observed: observed) }
        let leaving = counted.flatMap { $0.leaves(length, at: now) }
        let fits = leaving.sorted().first { $0 > now && count($0) < limit }
        return Judgement(verdict: .wait, retryAt: fits, observed: observed)
    }

    /// The limits of a minute that are counted for another scope than the account.
    private func scoped(
        _ request: SendRequest, _ now: Instant, _ policy: Policy
    ) -> [Judgement] {
        let limits = policy.limits
        var found: [Judgement?] = []
        if let chat = request.chat {
            found.append(limit(limits.chat.perMinute, .seconds(60), now) { $0.chat == chat })
        }
        if let person = request.person {
            found.append(
                limit(limits.person.perMinute, .seconds(60), now) {
                    $0.addressed.person == person
                })
            if let account = request.account {
                found.append(
                    limit(limits.pair.perMinute, .seconds(60), now) {
                        $0.addressed.person == person && $0.account == account
                    })
            }
        }
        if let category = request.category {
            found.append(
                limit(limits.category.perMinute, .seconds(60), now) {
                    $0.category == category && $0.account == request.account
                })
        }
        return found.compactMap(\.self)
    }

    private func lastInbound(_ person: String, _ account: String?, _ now: Instant) -> Instant? {
        let all = inbound.filter {
            $0.person == person && (account == nil || $0.account == nil || $0.account == account)
        }
        return all.map(\.at).max()
    }

    private func chain(_ person: String, _ now: Instant, _ policy: Policy) -> Judgement? {
        guard let limit = policy.people.chain else { return nil }
        let last = lastInbound(person, nil, now)
        let month = now.advanced(by: .seconds(-30 * 86_400))
        let since = max(last ?? month, month)
        let counted = sends.filter { $0.request.addressed.person == person }
        func count(_ moment: Instant) -> Int {
            counted.count { $0.counts(after: since, at: moment) }
        }
        let observed = Int64(count(now))
        if count(now) < limit { return Judgement(verdict: .send, observed: observed) }
        let ends = counted.compactMap(\.expires).sorted()
        guard let fits = ends.first(where: { $0 > now && count($0) < limit }) else {
            return Judgement(verdict: .refuse, observed: observed)
        }
        return Judgement(verdict: .wait, retryAt: fits, observed: observed)
    }

    private func window(_ request: SendRequest, _ now: Instant, _ policy: Policy) -> Judgement? {
        guard let length = policy.consent.serviceWindow, let person = request.person else {
            return nil
        }
        if request.template != nil { return Judgement(verdict: .send) }
        guard let last = lastInbound(person, request.account, now) else {
            return Judgement(verdict: .refuse)
        }
        return Judgement(verdict: now < last.advanced(by: length) ? .send : .refuse)
    }

    private func after(
        _ sends: [Send], _ length: Nanoseconds, _ now: Instant
    ) -> Judgement {
        func isFree(_ moment: Instant) -> Bool {
            !sends.contains { send in
                // An open one that would be released frees it at its end, and another later.
                send.counts(in: length, at: moment)
            }
        }
        if isFree(now) { return Judgement(verdict: .send) }
        let moments = sends.flatMap { $0.leaves(length, at: now) }.sorted()
        return Judgement(verdict: .wait, retryAt: moments.first { $0 > now && isFree($0) })
    }

    private func content(_ request: SendRequest, _ now: Instant, _ policy: Policy) -> Judgement? {
        guard let window = policy.duplicates.contentWindow, let text = request.text else {
            return nil
        }
        let same = sends.filter {
            $0.request.text == text
                && ($0.request.chat ?? $0.request.person) == (request.chat ?? request.person)
        }
        return after(same, window, now)
    }

    private func cooldown(_ request: SendRequest, _ now: Instant, _ policy: Policy) -> Judgement? {
        guard let cooldown = policy.rateLimits.cooldownBetweenSameDrop,
            let subject = request.subject
        else { return nil }
        let reset = resets.last { $0.subject == nil || $0.subject == subject }?.position ?? 0
        let same = sends.filter { $0.request.subject == subject && $0.position >= reset }
        return after(same, cooldown, now)
    }

    /// Those that hold the business key of a request.
    private func holders(_ request: SendRequest) -> [Send]? {
        guard let subject = request.subject, !request.steps.isEmpty || request.submission != nil
        else { return nil }
        return sends.filter {
            $0.request.subject == subject && Set($0.request.steps) == Set(request.steps)
                && $0.request.submission == request.submission
        }
    }

    private func business(_ request: SendRequest, _ now: Instant) -> Judgement? {
        guard let holders = holders(request) else { return nil }
        let states = holders.map { $0.state(at: now) }
        if states.contains(where: { $0 == .accepted || $0 == .unknown }) {
            return Judgement(verdict: .refuse)
        }
        guard let open = holders.first(where: { $0.state(at: now) == .open }) else {
            return Judgement(verdict: .send)
        }
        return Judgement(verdict: .wait, retryAt: open.expires)
    }

    /// Until when nobody knows what becomes of the send that holds the business key.
    private func undecided(_ request: SendRequest, _ now: Instant) -> Instant? {
        holders(request)?.filter { $0.isUndecided(at: now) }.compactMap(\.expires).max()
    }

    private func consent(_ request: SendRequest, _ policy: Policy) -> Judgement? {
        guard let person = request.person else { return nil }
        func names(_ entry: (person: String, category: String?)) -> Bool {
            entry.person == person && (entry.category == nil || entry.category == request.category)
        }
        let isRefused =
            withdrawals.contains(where: names)
            || policy.consent.isRequired && !grants.contains(where: names)
        return Judgement(verdict: isRefused ? .refuse : .send)
    }

    private func inflight(_ request: SendRequest, _ now: Instant) -> Judgement? {
        guard let person = request.person, request.chat == nil || request.chat == person else {
            return nil
        }
        let open = sends.filter {
            $0.isOpen(at: now) && $0.request.addressed.person == person
                && (request.account == nil || $0.request.account == request.account)
        }
        // A critical answer waits 2.5 s after the other was attempted.
        let ends = open.compactMap { send -> Instant? in
            let attempted = send.reports.first { $0.outcome == .attempted }?.at
            guard request.critical, let attempted else { return send.expires }
            return min(attempted.advanced(by: .milliseconds(2_500)), send.expires ?? .latest)
        }.filter { $0 > now }
        guard let last = ends.max() else { return Judgement(verdict: .send, observed: 0) }
        return Judgement(verdict: .wait, retryAt: last, observed: Int64(ends.count))
    }
}
