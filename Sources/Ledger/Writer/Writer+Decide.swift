import Bytes
import Events
import Gate
import Storage
import Views

/// The ledger's time inside one transaction, and the row to store with the commit.
struct GroupClock {
    var now: Instant
    var row: ClockRow
    var alert: LedgerClock.Alert?
}

/// A request was refused when a part of it had been appended: the commit is made anew without it,
/// so that nothing of it is left.
struct HalfDone: Error {
    /// Which one: the request, and of a series the batch, both counted from 0.
    struct Place: Hashable {
        let job: Int
        let batch: Int
    }

    let place: Place
    let error: LedgerError
}

extension Writer {
    /// Decides every request of the group in order, and appends what follows from it.
    func decide(_ group: inout Group, _ transaction: borrowing WriteTransaction) throws {
        let before = state.applied
        group.outcomes.removeAll(keepingCapacity: true)
        let last = try clockRow(transaction)
        let isAccepted = group.jobs.contains { $0.acceptsClock }
        var time = try readClock(after: last, accepted: isAccepted, transaction)
        if let alert = time.alert { try raise(alert, time.now, transaction) }
        if group.jobs.isEmpty || !group.jobs.allSatisfy(\.needsNoKeys) {
            try finishErasure(&group, time.now, transaction)
        }
        try remember(group.returning, time.now, transaction)
        try link(group.twins, time.now, transaction)
        // An erasure that a process which died had begun ends with a commit of its own: the next
        // one may be of somebody else.
        group.isDecided = group.erased == nil
        for (index, job) in group.jobs.enumerated() where group.isDecided {
            var start = state.applied
            do {
                if let moved = job.moved { try drive(&time, to: moved, transaction) }
                try heedMarks(time.now, transaction)
                start = state.applied
                if let refusal = group.refused[.init(job: index, batch: 0)], !job.isSeries {
                    throw refusal
                }
                group.outcomes.append(
                    .success(try perform(job, at: index, &group, &time, transaction)))
            } catch let error as LedgerError {
                try refuseAlone(error, .init(job: index, batch: 0), since: start)
                group.outcomes.append(.failure(error))
            }
        }
        try recordRefusals(time.now, transaction)
        try recordDenials(time.now, transaction)
        if state.applied > before { try tellFlush(&group, time.now, transaction) }
        // After the requests: a lease ends whether or not the log says so.
        try expire(time.now, transaction, atMost: Self.expiredMax)
        try takeMarks()
        guard state.applied > before || log.identity.isDevelopment else { return }
        let key = MetaKey.clock.bytes
        let row = time.row.bytes
        try transaction.put(key.span, row.span, in: log.main)
        try log.putFileIfMissing(transaction)
    }

    /// A refusal concerns its request alone; a failure of storage concerns them all.
    ///
    /// - Throws: the error that concerns all, or ``HalfDone`` where a part of the request was
    ///   appended since `start`.
    private func refuseAlone(
        _ error: LedgerError, _ place: HalfDone.Place, since start: Position
    ) throws {
        if error.code == .storage || error.code == .damaged { throw error }
        if state.applied > start { throw HalfDone(place: place, error: error) }
    }

    private func perform(
        _ job: Job, at index: Int, _ group: inout Group, _ time: inout GroupClock,
        _ transaction: borrowing WriteTransaction
    ) throws -> Job.Outcome {
        switch job.work {
        case .append(let events, let condition):
            return .appended(try append(events, condition, time.now, transaction))
        case .series(let batches):
            return .followed(try follow(batches, of: index, group, &time, transaction))
        case .acceptClock(let events):
            return .appended(try append(events, nil, time.now, transaction))
        case .acceptRollback(let draft, _):
            return .appended(try goOn(draft, time.now, transaction))
        case .ask(let request):
            return .asked(try ask(request.request, request.lookup, time.now, transaction))
        case .count: return .counted
        case .claim(let claim):
            return .claimed(try self.claim(claim, time.now, transaction))
        case .keys(let order):
            return .carriedOut(try carryOut(order, &group, time.now, transaction))
        case .start(let start):
            return .appended(try self.start(start, time.now, transaction))
        case .fence(let role, let order):
            return .appended(try fence(role, order, time.now, transaction))
        case .report(let report):
            return .reported(try self.report(report, time.now, transaction))
        case .tell(let mark):
            return .appended([try place(of: mark)])
        case .adopt(let draft, let isCopy):
            return .appended(try adopt(draft, isCopy: isCopy, time.now, transaction))
        case .resume(let work):
            return .appended([try resume(work, time.now, transaction)])
        }
    }

    private func follow(
        _ batches: [SealedBatch], of index: Int, _ group: Group, _ time: inout GroupClock,
        _ transaction: borrowing WriteTransaction
    ) throws -> SeriesOutcome {
        var outcome = SeriesOutcome()
        for (number, batch) in batches.enumerated() {
            let start = state.applied
            let place = HalfDone.Place(job: index, batch: number)
            do {
                try drive(&time, to: ClockMove(batch.now, batch.events.drafts), transaction)
                if let refusal = group.refused[place] { throw refusal }
                outcome.places.append(try append(batch.events, nil, time.now, transaction))
            } catch let error as LedgerError {
                try refuseAlone(error, place, since: start)
                outcome.refusal = error
                break
            }
        }
        return outcome
    }

    // MARK: - Time

    private func clockRow(_ transaction: borrowing WriteTransaction) throws -> ClockRow? {
        let key = MetaKey.clock.bytes
        guard let bytes = try transaction.value(of: key.span, in: log.main) else { return nil }
        return ClockRow(bytes)
    }

    private func readClock(
        after last: ClockRow?, accepted: Bool, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> GroupClock {
        if log.identity.isDevelopment {
            let now = last?.ledger ?? .epoch
            return GroupClock(
                now: now,
                row: ClockRow(bootID: .none, boot: 0, ledger: now, hasStepped: false))
        }
        // Only after a restart is the policy asked, and a policy that cannot be read asks nothing.
        let isAfterRestart = last.map { $0.bootID != clock.bootID().map { Fingerprint(of: $0) } }
        let requiresSource =
            isAfterRestart == true && !accepted
            && (try? policyInForce(transaction).policy.clock.requiresSync) == true
        let reading = try LedgerClock.read(
            clock, after: last, accepted: accepted, requiresSource: { requiresSource })
        return GroupClock(now: reading.now, row: reading.row, alert: reading.alert)
    }

    /// Moves a driven clock forward.
    private func drive(
        _ time: inout GroupClock, to move: ClockMove, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard log.identity.isDevelopment else {
            if move.isAsked {
                throw LedgerError(
                    .invalid,
                    "only a ledger made with 'init --development' takes a time to move its clock to"
                )
            }
            return
        }
        guard let target = move.target, target > time.now else { return }
        time.now = target
        time.row.ledger = target
    }

    private func raise(
        _ alert: LedgerClock.Alert, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws {
        var builder = DraftBuilder(
            .alertRaised, source: Ledger.ownSource, id: "\(state.applied)")
        builder.add(.code, text: alert.told.code)
        builder.add(.detail, text: alert.told.detail)
        try emit(builder.finish(), now, transaction)
    }

    /// How many ended leases one commit records.
    static let expiredMax: Position = 4096

    /// Appends `send.expired` for each reservation whose lease has ended, in the order of the ends.
    func expire(
        _ now: Instant, _ transaction: borrowing WriteTransaction, atMost limit: Position
    ) throws(LedgerError) {
        let start = state.applied
        while state.applied - start < limit, let expired = state.tables.firstExpired(at: now),
            let row = state.tables.reservation(at: expired.position)
        {
            let reservation = log.identity.tags.reservation(at: expired.position)
            try emit(expiry(of: reservation, row, at: expired.time), now, transaction)
        }
    }

    /// The event that a lease has ended.
    func expiry(of reservation: Reservation, _ row: ReservationRow, at end: Instant) -> Draft? {
        var builder = DraftBuilder(.sendExpired, source: Ledger.ownSource, id: "\(state.applied)")
        builder.happened(at: end)
        builder.add(.reservation, reservation: reservation)
        if row.isReleasable { builder.add(.released, flag: true) }
        return builder.finish()
    }

    // MARK: - Appending

    /// Appends one event and folds it, in the very bytes that will be stored.
    @discardableResult
    func emit(
        _ draft: Draft?, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Position {
        guard let draft else {
            throw LedgerError(.invalid, "the event would exceed 65,535 bytes")
        }
        let position = state.applied
        do throws(StorageError) {
            try transaction.append(position, byteCount: draft.recordBytes, in: log.log) { record in
                draft.seal(into: &record, at: position, recorded: now)
                if let view = EventView(record.span) { state.apply(view) }
            }
        } catch {
            throw LedgerError(error)
        }
        precondition(state.applied == position + 1, "an appended event is folded")
        return position
    }

    private func append(
        _ events: SealedDrafts, _ condition: AppendCondition?, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Appended] {
        let drafts = events.drafts
        if let condition { try check(condition, transaction) }
        if drafts.count == 1 {
            if let first = try earlier(drafts[0], transaction) {
                return [Appended(position: first, isDuplicate: true)]
            }
            let position = try emit(drafts[0], now, transaction)
            try succeed(drafts[0], now, transaction)
            try converse(events, 0, at: position, now, transaction)
            return [Appended(position: position, isDuplicate: false)]
        }
        // All or nothing: every conflict is found before the first event is appended.
        var places: [Position?] = []
        places.reserveCapacity(drafts.count)
        var inside = KeyIndex()
        var identities: [Fingerprint] = []
        identities.reserveCapacity(drafts.count)
        var hasTwins = false
        for (index, draft) in drafts.enumerated() {
            places.append(try earlier(draft, transaction))
            identities.append(draft.identity)
            if let twin = inside.slot(of: draft.identity, identities) {
                guard drafts[twin].digest == draft.digest else { throw Self.conflict(at: nil) }
                hasTwins = true
            } else {
                inside.insert(index, identities)
            }
        }
        var answers: [Appended] = []
        answers.reserveCapacity(drafts.count)
        for (index, draft) in drafts.enumerated() {
            let known = places[index] ?? (hasTwins ? twin(of: draft) : nil)
            if let known {
                answers.append(Appended(position: known, isDuplicate: true))
            } else {
                let position = try emit(draft, now, transaction)
                try succeed(draft, now, transaction)
                try converse(events, index, at: position, now, transaction)
                answers.append(Appended(position: position, isDuplicate: false))
            }
        }
        return answers
    }

    private func twin(of draft: Draft) -> Position? {
        state.tables.ids.position(of: draft.identity)
    }

    /// The position of the same event, if it was appended before.
    private func earlier(
        _ draft: Draft, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Position? {
        guard let position = state.tables.ids.position(of: draft.identity) else { return nil }
        do {
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LogStore.damaged(position)
            }
            let event = try LogStore.view(bytes, at: position)
            // Where the key of the first is gone, nobody can say any more that this one differs.
            guard try event.digest == draft.digest || isErased(event) else {
                throw Self.conflict(at: position)
            }
        } catch { throw LedgerError(any: error) }
        return position
    }

    static func conflict(at position: Position?) -> LedgerError {
        let place = position.map { "at position \($0)" } ?? "earlier in the same batch"
        return LedgerError(
            .conflict,
            "an event with the same source and id but other content stands \(place); give the new "
                + "event an id of its own", position: position)
    }

    private func check(
        _ condition: AppendCondition, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        let count = state.applied
        if let expected = condition.expectedCount, expected != count {
            throw LedgerError(
                .condition, "the log holds \(count) events, not the expected \(expected)")
        }
        guard let filter = condition.failIf else { return }
        var found: Position?
        do {
            let start = condition.after.map { $0 == .max ? $0 : $0 + 1 } ?? 0
            let sealer = EventSealer(keyring: keyring, log: log, clock: clock)
            try transaction.scan(log.log, from: start) { position, bytes in
                let event = try LogStore.view(bytes, at: position)
                guard try filter.matches(event, by: sealer) else { return true }
                found = position
                return false
            }
        } catch { throw LedgerError(any: error) }
        if let found {
            throw LedgerError(
                .condition, "an event that matches the condition stands at position \(found)",
                position: found)
        }
    }
}

/// Where a request moves a driven clock: to what it says, or to the latest time of its input.
struct ClockMove {
    let now: Instant?
    let drafts: [Draft]

    init(_ now: Instant?, _ drafts: [Draft] = []) {
        self.now = now
        self.drafts = drafts
    }

    /// Whether the request says so itself.
    var isAsked: Bool { now != nil }

    var target: Instant? { now ?? drafts.compactMap(\.time).max() }
}

extension Job {
    /// Where the request as a whole moves the clock; a series does so batch by batch.
    var moved: ClockMove? {
        switch work {
        case .append(let events, _): ClockMove(now, events.drafts)
        case .series: nil
        default: ClockMove(now)
        }
    }

    /// Whether an operator accepts the machine's clock with this request.
    var acceptsClock: Bool {
        switch work {
        case .acceptClock, .acceptRollback(_, acceptsClock: true): true
        // Only what has just been restored is told again whom it is to forget.
        case .keys(.reapply): true
        default: false
        }
    }
}
