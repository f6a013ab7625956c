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
        answer[.duplicateBusiness] = business(request)
        answer[.cooldownSubject] = cooldown(request, now, policy)
        answer[.consent] = consent(request, policy)
        answer[.windowService] = window(request, now, policy)
        answer[.inflight] = inflight(request, now)
        guard !request.critical else {
            settle(&answer, request, now, policy)
            return answer
        }
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
        settle(&answer, request, now, policy)
        return answer
    }

    /// Whatever has to wait until its service window is closed is refused.
    private func settle(
        _ answer: inout [Rule: Judgement], _ request: SendRequest, _ now: Instant, _ policy: Policy
    ) {
        guard answer.values.map(\.verdict).max() == .wait, request.template == nil,
            let retry = answer.values.compactMap(\.retryAt).max(),
            let length = policy.consent.serviceWindow, let person = request.person,
            let last = lastInbound(person, request.account, now)
        else { return }
        if last.advanced(by: length) <= retry { answer[.windowService]?.verdict = .refuse }
    }
}

extension Oracle.Send {
    /// The moment at which the send counts, or will count if nothing is said of it; nil if it was
    /// given back.
    var counts: Instant? {
        guard let expires else { return attempted }
        var moment: Instant?
        var isGivenBack = false
        for (outcome, at) in reports {
            switch outcome {
            case .cancelled:
                moment = nil
                isGivenBack = true
            case .failed where moment != nil || isGivenBack: break
            case .failed: moment = min(at, expires)
            case .attempted, .accepted:
                moment = at
                isGivenBack = false
            }
        }
        return isGivenBack ? nil : moment ?? expires
    }

    /// Whether nothing was said of it, and its lease runs.
    func isOpen(at now: Instant) -> Bool { reports.isEmpty && expires.map { $0 > now } ?? false }

    var holdsBusinessKey: Bool {
        let last = reports.last?.outcome
        return last != .failed && last != .cancelled
    }
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
        let leaving = sends.filter { counts($0.request) }
            .compactMap { $0.counts?.advanced(by: length) }
        func count(_ moment: Instant) -> Int { leaving.count { $0 > moment } }
        let observed = Int64(count(now))
        if count(now) < limit { return Judgement(verdict: .send, observed: observed) }
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
        let count = sends.count {
            $0.request.addressed.person == person && $0.counts.map { $0 > since } ?? false
        }
        return Judgement(verdict: count < limit ? .send : .refuse, observed: Int64(count))
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
        let end = sends.compactMap { $0.counts?.advanced(by: length) }.max()
        guard let end, end > now else { return Judgement(verdict: .send) }
        return Judgement(verdict: .wait, retryAt: end)
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

    private func business(_ request: SendRequest) -> Judgement? {
        guard let subject = request.subject, !request.steps.isEmpty || request.submission != nil
        else { return nil }
        let isHeld = sends.contains {
            $0.request.subject == subject && Set($0.request.steps) == Set(request.steps)
                && $0.request.submission == request.submission && $0.holdsBusinessKey
        }
        return Judgement(verdict: isHeld ? .refuse : .send)
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
        guard let last = open.compactMap(\.expires).max() else {
            return Judgement(verdict: .send, observed: 0)
        }
        return Judgement(verdict: .wait, retryAt: last, observed: Int64(open.count))
    }
}
