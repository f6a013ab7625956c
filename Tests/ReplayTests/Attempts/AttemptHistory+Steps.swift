import Events
import Gate
import Ledger

extension AttemptHistory {
    /// One step of a worker: at most one call.
    func step(_ worker: AttemptWorker) async throws {
        guard let task = worker.task else {
            guard !queue.isEmpty else { return }
            let task = queue.remove(at: below(queue.count))
            worker.begin(task)
            // Delivered again while it runs.
            if hasFaults, happens(50) { queue.append(task) }
            return
        }
        guard now >= worker.until else { return }
        switch worker.next {
        case .ask: try await ask(worker, task)
        case .attempt: try await attempt(worker, task)
        case .giveBack(let tries, let pauses):
            if try await report(worker, .cancelled) == nil, tries > 1 {
                worker.next = .giveBack(tries: tries - 1, pauses: pauses)
            } else {
                worker.again(after: pauses ? now + 1 : nil)
            }
        case .blame(let attempt):
            if let grant = worker.grant {
                _ = try await send(
                    .report(grant.position, .failed, attempt: attempt, message: nil))
            }
            worker.again(after: now + 1)
        case .pause(let count) where count > 0: worker.next = .pause(count - 1)
        case .pause: try call(worker, task)
        case .settle(let provided): try await settle(worker, task, provided)
        case .report(let outcome, let message, let tries, let isDone):
            try await tell(worker, task, outcome, message, tries, isDone)
        }
    }

    private func end(_ worker: AttemptWorker, _ task: AttemptTask, _ end: AttemptWorker.End) {
        worker.end()
        ends[task.id] = end
        if end == .later || end == .dead && happens(20) { queue.append(task) }
    }

    private func ask(_ worker: AttemptWorker, _ task: AttemptTask) async throws {
        worker.turns += 1
        guard worker.turns <= 12 else { return end(worker, task, .later) }
        attempts += 1
        let fresh = "\(name)-a\(attempts)"
        let misuse = worker.misuse
        var attempt: String? = fresh
        if misuse?.isConstant == true { attempt = "\(name)-\(task.id)" }
        if misuse?.isWithoutAttempt == true { attempt = nil }
        worker.isUnsure = false
        if misuse?.keepsAnswers == true, let kept = worker.kept[task.key] {
            worker.grant = kept
        } else {
            let key = misuse == .newKeyEachDelivery ? task.key + fresh : task.key
            let question = AttemptModel.Ask(key: key, business: task.business, attempt: attempt)
            guard case .asked(let answer, let position) = try await send(.ask(question)) else {
                return
            }
            guard let position, let notBefore = answer.notBefore else {
                if let retry = answer.retry {
                    worker.until = retry
                } else {
                    let isKey: (String) -> Bool = { answer.codes.contains("duplicate.key \($0)") }
                    let isDead = isKey("outcome_unknown")
                    end(worker, task, isKey("already_sent") ? .done : isDead ? .dead : .later)
                }
                return
            }
            worker.grant = AttemptWorker.Grant(position: position, notBefore: notBefore)
            worker.kept[task.key] = worker.grant
        }
        worker.attempt = misuse == .constantAtAttempted ? "\(name)-\(task.id)" : attempt
        // Most wait until the message may begin.
        if happens(80) { worker.until = worker.grant?.notBefore ?? 0 }
        worker.next = misuse?.isSilent == true ? .pause(below(3)) : .attempt
    }

    private func report(
        _ worker: AttemptWorker, _ outcome: SendReport.Outcome, message: String? = nil
    ) async throws -> AttemptModel.Told? {
        guard let grant = worker.grant else { return nil }
        let call = Call.report(grant.position, outcome, attempt: worker.attempt, message: message)
        guard case .told(let told) = try await send(call) else { return nil }
        return told
    }

    private func attempt(_ worker: AttemptWorker, _ task: AttemptTask) async throws {
        let told = try await report(worker, .attempted)
        if told == nil, !worker.isUnsure, happens(30) {
            // A library that repeats what was not answered.
            worker.isUnsure = true
            return
        }
        var goes: Bool?
        if case .go(let go, _) = told { goes = go }
        if worker.misuse == .staleAnswers {
            // Answers come one question late.
            if goes == nil, happens(50) { worker.stale.append(true) }
            if goes != nil, let stale = worker.stale.popLast() { goes = stale }
        }
        switch goes {
        case nil:
            if worker.misuse == .noAttempt { return worker.again() }
            worker.next = .giveBack(tries: 9, pauses: false)
        case true?: worker.next = .pause(below(3))
        case false?: denied(worker)
        }
    }

    private func denied(_ worker: AttemptWorker) {
        switch worker.misuse {
        case .failedAfterGoFalse: worker.next = .blame(attempt: nil)
        case .failedOwnAfterGoFalse: worker.next = .blame(attempt: worker.attempt)
        case .ignoresGo: worker.next = .pause(below(3))
        case .cancelAfterGoFalse, .constantAttemptCancels, .noAttemptKept:
            worker.next = .giveBack(tries: 9, pauses: true)
        default:
            // Its own first try may have been the one that goes.
            if worker.isUnsure {
                worker.next = .giveBack(tries: 9, pauses: true)
            } else {
                worker.again(after: now + 1)
            }
        }
    }

    private func call(_ worker: AttemptWorker, _ task: AttemptTask) throws {
        guard let grant = worker.grant else { return worker.again() }
        if now >= grant.expires, worker.misuse?.isLate != true {
            worker.next = .giveBack(tries: 9, pauses: false)
            return
        }
        var provided = try callProvider(task, grant)
        if provided == .timeout {
            switch worker.misuse {
            case .cancelOnTimeout: provided = .notReached
            case .failedOnTimeout: provided = .rejected
            case .libraryRepeats: provided = try callProvider(task, grant)
            default: break
            }
        }
        worker.next = .settle(provided)
    }

    private func settle(
        _ worker: AttemptWorker, _ task: AttemptTask, _ provided: AttemptWorker.Provided
    ) async throws {
        if provided == .timeout {
            excused.insert(task.name)
            return end(worker, task, .dead)
        }
        if worker.misuse == .noAttemptNoReports { return end(worker, task, .done) }
        switch provided {
        case .taken(let message):
            try await tell(worker, task, .accepted, message, 30, true)
        case .notReached where worker.attempt != nil:
            try await tell(worker, task, .cancelled, nil, 30, false)
        default: try await tell(worker, task, .failed, nil, 30, false)
        }
    }

    private func tell(
        _ worker: AttemptWorker, _ task: AttemptTask, _ outcome: SendReport.Outcome,
        _ message: String?, _ tries: Int, _ isDone: Bool
    ) async throws {
        if try await report(worker, outcome, message: message) == nil {
            guard tries <= 1 else {
                worker.next = .report(outcome, message: message, tries: tries - 1, isDone: isDone)
                return
            }
            excused.insert(task.name)
        }
        worker.again()
        worker.grant = nil
        if isDone { end(worker, task, .done) }
    }
}

// MARK: - The ledger, and beside it the model

extension AttemptHistory {
    var account: String { "+\(27_110_000_000 + number)" }

    /// Sends a call over the network; nil where no answer comes back.
    func send(_ call: Call) async throws -> Heard? {
        let fate = hasFaults ? below(100) : 99
        if fate < 5 { return nil }
        if fate < 10 {
            late.append(call)
            return nil
        }
        let heard = try await perform(call)
        return fate < 18 ? nil : heard
    }

    /// Asks ledger and model; both say the same.
    func perform(_ call: Call) async throws -> Heard {
        switch call {
        case .ask(let ask): try await perform(ask)
        case .report(let position, let outcome, let attempt, let message):
            try await perform(position, outcome, attempt, message)
        }
    }

    private func perform(_ ask: AttemptModel.Ask) async throws -> Heard {
        let expected = model.decide(ask, at: now)
        let outcome = try await ledger.ask(request(ask), now: instant(now))
        let decision = outcome.decision
        var answer = AttemptModel.Answer(verdict: decision.verdict)
        for finding in decision.findings where finding.verdict != .send {
            guard let code = finding.code,
                [.duplicateKey, .duplicateBusiness].contains(finding.rule)
            else { continue }
            answer.codes.insert("\(finding.rule.name) \(code.name)")
        }
        answer.retry = decision.retryAt.map(tick)
        answer.joined = outcome.isReplayed ? outcome.reservation?.position : nil
        answer.notBefore = decision.notBefore.map(tick)
        try expect(answer == expected, "\(ask) is answered \(answer), not \(expected)")
        for code in answer.codes { states[code, default: 0] += 1 }
        guard let reservation = outcome.reservation, let notBefore = expected.notBefore else {
            return .asked(answer, nil)
        }
        let ends = notBefore + AttemptModel.lease
        try expect(decision.expires == instant(ends), "\(ask) expires otherwise")
        states[answer.joined == nil ? "granted" : "joined", default: 0] += 1
        if let joined = answer.joined {
            model.join(joined, ask)
        } else {
            reservations[reservation.position] = reservation
            model.reserve(reservation.position, ask, notBefore: notBefore)
        }
        return .asked(answer, reservation.position)
    }

    private func perform(
        _ position: Position, _ outcome: SendReport.Outcome, _ attempt: String?, _ message: String?
    ) async throws -> Heard {
        guard let reservation = reservations[position] else {
            throw Wrong(description: "history \(name): no reservation at \(position)")
        }
        let before = model.entries[position]
        let expected = model.report(
            position, outcome, attempt: attempt, message: message, at: now)
        var report = SendReport(reservation, outcome)
        report.attempt = attempt
        report.message = message
        let told: AttemptModel.Told
        do throws(LedgerError) {
            let answer = try await ledger.report(report, now: instant(now))
            told =
                outcome == .attempted
                ? .go(answer.go, because: answer.because)
                : answer.isDuplicate ? .duplicate : .taken
        } catch {
            guard error.code == .conflict else { throw error }
            told = .conflict
        }
        try expect(
            told == expected,
            "\(outcome) of \(attempt ?? "nobody") on \(before as Any): \(told), not \(expected)")
        states["\(outcome.rawValue) \(before.map { "\($0.status(at: now))" } ?? "")", default: 0] +=
            1
        if case .go(true, _) = told {
            goes[position, default: 0] += 1
            try expect(goes[position] == 1, "go: true twice for \(position)")
        }
        return .told(told)
    }

    private func request(_ ask: AttemptModel.Ask) -> PreparedRequest {
        var request = SendRequest()
        request.key = "\(name)-\(ask.key)"
        request.attempt = ask.attempt
        request.account = account
        request.chat = "\(120_363_000_000_000_000 + number)@g.us"
        request.subject = "DR-\(name)-\(ask.business ?? "none")"
        if ask.business != nil {
            request.steps = ["photo"]
            request.submission = 1
        }
        request.text = "a message"
        return PreparedRequest(request)
    }
}
