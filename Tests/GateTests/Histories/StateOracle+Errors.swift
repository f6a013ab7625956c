import Bytes
import Events
import Gate
import Views

// Errors, templates and what they close by brute force.

extension StateOracle {
    enum Place: Equatable {
        case ledger
        case account(String?)
        case person(String)
        case template(String)
    }

    private func isIn(_ place: Place, _ event: Happening) -> Bool {
        let send = sender(of: event)
        return switch place {
        case .ledger: true
        case .account(let name): send.account == name
        case .person(let name): send.person == name
        case .template(let name): send.template == name
        }
    }

    private static func isError(_ event: Happening) -> Bool {
        event.isFailure || event.type == .errorObserved
    }

    /// The errors of a place: a send fails once, and what else is told of its failure adds only
    /// codes that the place has not met.
    private func errors(_ place: Place) -> [Happening] {
        let all = log.filter { Self.isError($0) && isIn(place, $0) }
        var errors: [Happening] = []
        for error in all {
            let isTold =
                error.send.map { send in
                    all.contains { $0.send == send && $0.position < error.position }
                } ?? false
            let isMet = errors.contains {
                $0.word == error.word && sender(of: $0).account == sender(of: error).account
            }
            if !isTold || !isMet { errors.append(error) }
        }
        return errors
    }

    /// The position after the last order to resume that opens a place.
    private func resumed(_ place: Place, _ account: String?) -> Position {
        log.filter { event in
            guard event.type == .sendingResumed else { return false }
            if let chat = event.chat {
                guard case .person(chat) = place else { return false }
                return true
            }
            guard let name = event.account else { return true }
            switch place {
            case .account, .person: return name == account
            default: return false
            }
        }.map { $0.position + 1 }.max() ?? 0
    }

    struct Row {
        let code: String
        let account: String?
        /// How many in a row.
        var count = 0
        let newest: Happening
    }

    private static let marketingCodes = ["131049", "63049"]

    /// What a place has met, by code and account.
    private func rows(_ place: Place) -> [Row] {
        let errors = errors(place)
        var rows: [Row] = []
        for error in errors {
            let (code, account) = (error.word ?? "", sender(of: error).account)
            guard !rows.contains(where: { $0.code == code && $0.account == account }) else {
                continue
            }
            let isHeldBack = Self.marketingCodes.contains(code)
            var since = resumed(place, account)
            if case .person = place, isHeldBack { since = 0 }
            var own = errors.filter { $0.word == code && sender(of: $0).account == account }
            let later = own.filter { $0.position >= since }
            if !later.isEmpty { own = later }
            guard let newest = Self.newest(own) else { continue }
            var row = Row(code: code, account: account, newest: newest)
            let begin = own[0].position
            let told = log.filter { event in
                let send = sender(of: event)
                guard event.position >= begin, send.account == account, isIn(place, event) else {
                    return false
                }
                if event.isSuccess { return !isHeldBack || send.category == "marketing" }
                return errors.contains { $0.position == event.position }
            }
            row.count = Self.inRow(told, code)
            rows.append(row)
        }
        return rows
    }

    /// How many errors with a code stand at the end, without a success between.
    ///
    /// What is accepted is a success unless it fails before anything else shows that it was one.
    private static func inRow(_ told: [Happening], _ code: String) -> Int {
        var count = 0
        for (index, event) in told.enumerated() {
            if isError(event) {
                if event.word == code { count += 1 }
            } else if event.type != .sendAccepted {
                count = 0
            } else if count > 0 {
                let after = told[(index + 1)...].first { $0.send != event.send || isError($0) }
                let isUndone = after.map { isError($0) && $0.send == event.send } ?? false
                if !isUndone { count = 0 }
            }
        }
        return count
    }

    // MARK: - Breaker

    private func term(_ code: String) -> Policy.CodeTerm? {
        policy.breaker.codes.last { $0.code == code }
            ?? CodeTable.all.first { $0.term.code == code }?.term
    }

    private func isFault(_ code: String) -> Bool {
        if let own = policy.breaker.codes.last(where: { $0.code == code }) {
            return own.closes != .none
        }
        return CodeTable.all.first { $0.term.code == code }?.isFault ?? true
    }

    /// What closes: until when, nil until a person resumes.
    private typealias Closure = Instant?

    func breaker(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        let terms = policy.breaker
        guard terms != Policy.BreakerTerms() else { return nil }
        var closures = halts(request, now)
        if terms.usesCodes { closures += closed(request, now) + restricted(request, now) }
        if closures.contains(where: { $0 == nil }) { return Oracle.Judgement(verdict: .refuse) }
        guard let last = closures.compactMap(\.self).max(), last > now else {
            return Oracle.Judgement(verdict: .send)
        }
        return Oracle.Judgement(verdict: .wait, retryAt: last)
    }

    private func halts(_ request: SendRequest, _ now: Instant) -> [Closure] {
        let terms = policy.breaker
        let place = Place.account(request.account)
        let resumed = resumed(place, request.account)
        var halts: [Closure] = []
        if let limit = terms.consecutiveErrors {
            let inRow = rows(place).filter {
                $0.count > 0 && isFault($0.code) && $0.newest.position >= resumed
            }
            if inRow.reduce(0, { $0 + $1.count }) >= limit {
                halts += inRow.map { $0.newest.time.advanced(by: terms.halt) }
                // One at a time may try.
                halts += log.filter {
                    $0.type == .sendReserved && isOpen($0, at: now)
                        && (request.account == nil || $0.account == request.account)
                }.map(\.expires)
            }
        }
        guard let limit = terms.errorsInWindow else { return halts }
        let faults = errors(place).filter { isFault($0.word ?? "") && $0.position >= resumed }
        for fault in faults {
            let start = fault.time.advanced(by: Nanoseconds(-terms.window.count))
            let within = faults.count { $0.time > start && $0.time <= fault.time }
            if within >= limit { halts.append(fault.time.advanced(by: terms.halt)) }
        }
        return halts
    }

    private func closed(_ request: SendRequest, _ now: Instant) -> [Closure] {
        var places: [Place] = [.ledger, .account(request.account)]
        if let person = request.person { places.append(.person(person)) }
        if let name = Self.templateName(request) { places.append(.template(name)) }
        return places.flatMap { place in
            rows(place).compactMap { closure($0, place, request, now) }
        }
    }

    private func closure(
        _ row: Row, _ place: Place, _ request: SendRequest, _ now: Instant
    ) -> Closure? {
        guard let term = term(row.code), row.newest.position >= resumed(place, request.account)
        else { return nil }
        switch (term.closes, place) {
        case (.ledger, .ledger), (.account, .account): break
        case (.pair, .person): guard row.account == request.account else { return nil }
        case (.marketing, .person): guard request.category == "marketing" else { return nil }
        case (.person, .person):
            // Whoever writes afterwards is there; what a person decided stays decided.
            guard term.after > 1 || term.lasts != nil else { break }
            if let wrote = lastInbound(request.person, request.account),
                wrote > row.newest.time
            {
                return nil
            }
        case (.template, .template(let name)):
            if isApproved(name, after: row.newest.position) { return nil }
        default: return nil
        }
        let count = term.after > 1 ? row.count : max(1, row.count)
        guard count >= term.after else { return nil }
        guard let lasts = term.lasts else { return .some(nil) }
        let factor = term.grows ? Self.power(4, min(count - 1, 4)) : 1
        let until = row.newest.time.advanced(by: Nanoseconds(lasts.count * factor))
        return until > now ? .some(until) : nil
    }

    /// The restriction of the account that the platform told last, and until when it lasts.
    private func told(_ request: SendRequest, _ now: Instant) -> (event: Happening, end: Instant)? {
        guard let account = request.account,
            let last = Self.newest(
                log.filter { $0.type == .accountRestricted && $0.account == account })
        else { return nil }
        let end = last.until ?? .latest
        return end > now && last.position >= resumed(.account(account), account)
            ? (last, end) : nil
    }

    private func windowEnds(_ request: SendRequest, _ now: Instant) -> Instant? {
        lastInbound(request.person, request.account)
            .map { $0.advanced(by: .day) }.flatMap { $0 > now ? $0 : nil }
    }

    /// Restrictions that the platform tells, and those that failing strangers suggest.
    private func restricted(_ request: SendRequest, _ now: Instant) -> [Closure] {
        let resumed = resumed(.account(request.account), request.account)
        var closures: [Closure] = []
        let wrote = lastInbound(request.person, request.account)
        if let told = told(request, now),
            told.event.word == "DISABLED_UPDATE"
                || request.person != nil && windowEnds(request, now) == nil
        {
            closures.append(told.event.until)
        }
        guard request.person != nil, wrote == nil else { return closures }
        let strangers = strangers(request.account).filter {
            $0.position >= resumed && $0.time.advanced(by: .day) > now
        }
        let reached = log.contains { event in
            guard event.isSuccess, isIn(.account(request.account), event),
                let person = sender(of: event).person,
                strangers.contains(where: { $0.position < event.position })
            else { return false }
            return lastInbound(person, request.account, before: event.position) != nil
        }
        guard strangers.count >= 3, reached else { return closures }
        let times = strangers.map(\.time).sorted()
        closures.append(times[times.count - 3].advanced(by: .day))
        return closures
    }

    /// The newest failure of each person who had never written, since such a person was reached.
    private func strangers(_ account: String?) -> [Happening] {
        var newest: [String: Happening] = [:]
        let told = errors(.account(account))
        for event in log where isIn(.account(account), event) {
            guard let person = sender(of: event).person,
                lastInbound(person, account, before: event.position) == nil
            else { continue }
            if event.type == .messageDelivered || event.type == .messageRead { newest = [:] }
            guard event.word == "463" || event.word == "131026",
                told.contains(where: { $0.position == event.position })
            else { continue }
            newest[person] = Self.newest([newest[person], event].compactMap(\.self))
        }
        return Array(newest.values)
    }

    private static func power(_ base: Int64, _ exponent: Int) -> Int64 {
        (0..<exponent).reduce(1) { product, _ in product * base }
    }

    // MARK: - Marketing

    func marketing(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        guard let backoff = policy.platform.marketingBackoff, request.category == "marketing",
            let person = request.person
        else { return nil }
        let ends = rows(.person(person)).filter { Self.marketingCodes.contains($0.code) }.map {
            let factor = Self.power(2, min(max(1, $0.count) - 1, 8))
            return $0.newest.time.advanced(by: Nanoseconds(backoff.count * factor))
        }
        guard let last = ends.max(), last > now else { return Oracle.Judgement(verdict: .send) }
        return Oracle.Judgement(verdict: .wait, retryAt: last)
    }
}
