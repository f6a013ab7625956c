import Bytes
public import Events
public import Gate
import Storage

extension Ledger {
    /// Who calls `append`, and so which types of event it may write.
    public enum Caller: Sendable {
        /// Any sender or adapter.
        case anyone
        /// A verb of the operator, for the types that belong to it.
        case verb
        /// The ledger's own house-keeping.
        case house
        /// The queue, for messages that wait.
        case queue
    }

    /// Appends events, all or none, durable before it answers.
    ///
    /// - Parameters:
    ///   - drafts: 1 to 16,384 events.
    ///   - condition: Checked inside the write transaction.
    ///   - now: What a development ledger's clock is moved to; nil moves it to the latest time
    ///     given.
    /// - Returns: The position of each event, in order.
    /// - Throws: ``LedgerError`` with `conflict`, `forbidden`, `condition`, `busy`, `storage`.
    public func append(
        _ drafts: [Draft], if condition: AppendCondition? = nil, now: Instant? = nil,
        as caller: Caller = .anyone
    ) async throws(LedgerError) -> [Appended] {
        let result = await withCheckedContinuation { continuation in
            submitAppend(drafts, if: condition, now: now, as: caller) {
                continuation.resume(returning: $0)
            }
        }
        return try result.get()
    }

    /// Appends events and calls `answer` once they are durable, on the writer's thread.
    ///
    /// Requests are decided in the order of the calls.
    public func submitAppend(
        _ drafts: [Draft], if condition: AppendCondition? = nil, now: Instant? = nil,
        as caller: Caller = .anyone,
        answer: @escaping @Sendable (Result<[Appended], LedgerError>) -> Void
    ) {
        do {
            try Self.permit(drafts, caller)
            try refuseReports(drafts, caller)
        } catch {
            answer(.failure(error))
            return
        }
        guard !drafts.isEmpty else {
            answer(.success([]))
            return
        }
        prepare(
            { () throws(LedgerError) in
                Job.Work.append(
                    try admitted(drafts), try condition?.resolved(by: sealer))
            }, now: now
        ) { result in
            answer(
                result.map { outcome in
                    if case .appended(let places) = outcome { return places }
                    return []
                })
        }
    }

    /// Appends batches one after the other, in one commit; the first that is refused is the last.
    ///
    /// `answer` is called once they are durable, on the writer's thread.
    public func submitSeries(
        _ batches: [AppendBatch], as caller: Caller = .anyone,
        answer: @escaping @Sendable (Result<SeriesOutcome, LedgerError>) -> Void
    ) {
        var prepared: [PreparedBatch] = []
        do {
            for batch in batches { prepared.append(try prepare(batch, as: caller)) }
        } catch { return answer(.failure(error)) }
        submitSeries(prepared, answer: answer)
    }

    /// Checks and seals a batch of a series, in any thread: while one series commits, the next can
    /// be prepared.
    ///
    /// - Throws: ``LedgerError`` with `forbidden`, `invalid` or `keys`.
    public func prepare(
        _ batch: AppendBatch, as caller: Caller = .anyone
    ) throws(LedgerError) -> PreparedBatch {
        try Self.permit(batch.drafts, caller)
        try refuseReports(batch.drafts, caller)
        return PreparedBatch(
            sealed: SealedBatch(
                events: try admitted(batch.drafts), now: batch.now))
    }

    /// Appends prepared batches, at most 16,384 events, as ``submitSeries(_:as:answer:)`` does.
    public func submitSeries(
        _ batches: [PreparedBatch],
        answer: @escaping @Sendable (Result<SeriesOutcome, LedgerError>) -> Void
    ) {
        let count = batches.reduce(0) { $0 + $1.sealed.events.drafts.count }
        guard count <= WorkQueue.eventsMax else {
            let most = "a series has at most \(WorkQueue.eventsMax) events, not \(count)"
            return answer(.failure(LedgerError(.invalid, most)))
        }
        submit(.series(batches.map(\.sealed)), now: nil) { result in
            answer(
                result.flatMap { outcome in
                    if case .followed(let outcome) = outcome { return .success(outcome) }
                    return .failure(LedgerError(.invalid, "no answer"))
                })
        }
    }

    /// Asks whether a message may be sent; a granted one is a durable reservation.
    ///
    /// - Throws: ``LedgerError`` with `noPolicy`, `conflict` (same key, other request), `clock`,
    ///   `busy`, `storage`.
    public func ask(
        _ request: PreparedRequest, now: Instant? = nil
    ) async throws(LedgerError) -> AskOutcome {
        let result = await withCheckedContinuation { continuation in
            submitAsk(request, now: now) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Asks, and calls `answer` once the decision is durable, on the writer's thread.
    ///
    /// A request with `subject` and `reply` is routed first: see ``routed(_:)``.
    public func submitAsk(
        _ request: PreparedRequest, now: Instant? = nil,
        answer: @escaping @Sendable (Result<AskOutcome, LedgerError>) -> Void
    ) {
        submitAsk(request, now: now, attempt: 0, answer: answer)
    }

    /// How often a route is chosen anew while others post its subject.
    private static var routesMax: Int { 64 }

    private func submitAsk(
        _ request: PreparedRequest, now: Instant?, attempt: Int,
        answer: @escaping @Sendable (Result<AskOutcome, LedgerError>) -> Void
    ) {
        // A driven clock stands still: there each ask is decided.
        let repeats = identity.isDevelopment ? nil : Refusals.key(request)
        refusals.follow(marks: log.page[LogStore.Slot.marks])
        if let repeats, let known = refusals.answer(repeats, to: request, at: clock.boot()) {
            return answer(.success(known))
        }
        let generation = refusals.generation
        prepare(
            { () throws(LedgerError) in
                let admitted = try admitted(request.request)
                let routed = try routed(admitted, now: now)
                do throws(EventError) { try routed.check() } catch {
                    throw LedgerError(any: error)
                }
                let isAsAsked = routed.route == nil && admitted == request.request
                let prepared = isAsAsked ? request : PreparedRequest(routed)
                return .ask(
                    try SealedRequest(
                        prepared, saidAs: admitted == request.request ? nil : request.request,
                        lookUp(prepared, now: now), sealer))
            }, now: now
        ) { result in
            // Somebody else posted the subject in between: the route is chosen anew.
            if case .failure(let error) = result, error.code == .rerouted, attempt < Self.routesMax
            {
                // It reads and seals: not on the thread that everybody waits for.
                let isStarted = SystemThread.tryToStart {
                    self.submitAsk(request, now: now, attempt: attempt + 1, answer: answer)
                }
                if isStarted { return }
            }
            answer(
                result.flatMap { outcome in
                    guard case .asked(var asked) = outcome else {
                        return .failure(LedgerError(.invalid, "no answer"))
                    }
                    if let evidence = asked.evidence {
                        asked.message = self.message(at: evidence)
                    }
                    if let repeats, asked.decision.verdict != .send, asked.holdsForAnyAttempt {
                        self.refusals.keep(
                            asked, under: repeats, at: self.clock.boot(), of: generation)
                    }
                    return .success(asked)
                })
        }
    }

    /// The provider's id of the message that an event names; nil where it names none, or where it
    /// can be read no more.
    private func message(at position: Position) -> String? {
        try? withOpenEvent(at: position) { $0.text(.message) }
    }

    /// Reports what became of a reservation.
    ///
    /// - Throws: ``LedgerError`` with `invalid` for a reservation that is none of this ledger's.
    public func report(
        _ report: SendReport, now: Instant? = nil
    ) async throws(LedgerError) -> ReportOutcome {
        let result = await withCheckedContinuation { continuation in
            submitReport(report, now: now) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Reports, and calls `answer` once the report is durable, on the writer's thread.
    public func submitReport(
        _ report: SendReport, now: Instant? = nil,
        answer: @escaping @Sendable (Result<ReportOutcome, LedgerError>) -> Void
    ) {
        prepare(
            { () throws(LedgerError) in
                do throws(EventError) { try report.check() } catch {
                    throw LedgerError(any: error)
                }
                return .report(try SealedReport(report, sealer))
            }, now: now
        ) { result in
            answer(
                result.flatMap { outcome in
                    if case .reported(let reported) = outcome { return .success(reported) }
                    return .failure(LedgerError(.invalid, "no answer"))
                })
        }
    }

    /// Takes the machine's clock as it is, although it was refused: an operator has checked it.
    public func acceptClock(by name: String, why: String) async throws(LedgerError) -> Appended {
        var builder = DraftBuilder(
            .alertCleared, source: Self.ownSource, id: "clock-\(SystemClock.wall)")
        builder.add(.code, text: "clock")
        builder.add(.by, text: name)
        builder.add(.why, text: why)
        guard let draft = builder.finish() else {
            throw LedgerError(.invalid, "the reason is too long")
        }
        let result = await withCheckedContinuation { continuation in
            prepare(
                { () throws(LedgerError) in
                    .acceptClock(try SealedDrafts([draft], sealer))
                }, now: nil
            ) { continuation.resume(returning: $0) }
        }
        guard case .appended(let places) = try result.get() else {
            throw LedgerError(.invalid, "no answer")
        }
        return places[0]
    }

    /// Seals in the caller's thread, then submits.
    private func prepare(
        _ work: () throws(LedgerError) -> Job.Work, now: Instant?,
        answer: @escaping @Sendable (Result<Job.Outcome, LedgerError>) -> Void
    ) {
        let sealed: Job.Work
        do throws(LedgerError) { sealed = try work() } catch { return answer(.failure(error)) }
        submit(sealed, now: now, answer: answer)
    }

    func submit(
        _ work: Job.Work, now: Instant?,
        answer: @escaping @Sendable (Result<Job.Outcome, LedgerError>) -> Void
    ) {
        if let refusal = refusal(of: work) {
            answer(.failure(refusal))
            return
        }
        if case .ask = work {} else { refusals.forget() }
        let job = Job(work: work, now: now, enqueued: SystemClock.monotonic, answer: answer)
        guard let writer = startedWriter() else {
            keyring.release(job.sealed.flatMap(\.mints))
            let message = "the system allows this process no further thread; close some ledgers"
            return answer(.failure(LedgerError(.storage, message)))
        }
        if !writer.queue.put(job) {
            keyring.release(job.sealed.flatMap(\.mints))
            answer(
                .failure(
                    LedgerError(
                        .busy,
                        "as many requests wait for the ledger as may, \(WorkQueue.jobsMax) or "
                            + "\(WorkQueue.bytesMax >> 20) MiB of them; try again later")
                ))
        }
    }

    /// Refuses events that speak of this ledger's reservations and that only `report` judges.
    ///
    /// That is whether a sender may call the provider, and that nothing was sent after all. That
    /// something was sent is evidence, and taken from anyone.
    private func refuseReports(_ drafts: [Draft], _ caller: Caller) throws(LedgerError) {
        guard caller == .anyone else { return }
        for draft in drafts where draft.type == .sendAttempted || draft.type == .sendFailed {
            guard let reservation = draft.reservation, identity.tags.include(reservation) else {
                continue
            }
            throw LedgerError(
                .forbidden,
                "\(draft.type.name) of the reservation \(reservation.description) is told by "
                    + "'ledger report', which judges it; append takes what came of sends without "
                    + "the gate")
        }
    }

    /// Types that only the gate, a verb or the ledger writes are forbidden to others.
    private static func permit(_ drafts: [Draft], _ caller: Caller) throws(LedgerError) {
        guard drafts.count <= WorkQueue.eventsMax else {
            throw LedgerError(
                .invalid, "a batch has at most \(WorkQueue.eventsMax) events, not \(drafts.count)")
        }
        for draft in drafts { try permit(draft, caller) }
    }

    /// Refuses an event that `caller` may not write, as `append` does.
    ///
    /// - Throws: ``LedgerError`` with `forbidden`, or `invalid` for a name over 1,024 bytes.
    public static func permit(_ draft: Draft, _ caller: Caller = .anyone) throws(LedgerError) {
        do throws(EventError) { try draft.checkBounds() } catch { throw LedgerError(any: error) }
        let isAllowed =
            switch (draft.type.author, caller) {
            case (.gate, .queue): draft.type == .sendQueued
            case (.anyone, _), (.verb, .verb), (.ledger, .house), (.verb, .house): true
            default: false
            }
        guard isAllowed else {
            throw LedgerError(
                .forbidden,
                "events of type \(draft.type.name) are written by the ledger itself, not by append")
        }
        if caller == .anyone, draft.isFrom(Self.ownSource) {
            throw LedgerError(
                .forbidden, "the source \"\(Self.ownSource)\" belongs to the ledger's own events")
        }
    }
}
