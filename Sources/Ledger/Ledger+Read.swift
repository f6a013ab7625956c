public import Bytes
public import Events
import Storage
public import Vault
public import Views

extension Ledger {
    /// How many records one read transaction walks: far readers must not stop LMDB's page reuse.
    static let pageRecords = 8192

    /// Walks events in log order, in short transactions, until `body` answers false.
    ///
    /// - Parameters:
    ///   - start: The first position; backwards, the last.
    ///   - end: The position to stop before; nil walks to the end of the log as it is met.
    ///   - filter: Which events `body` sees.
    ///   - body: Called with each event in place.
    /// - Returns: The position after the last one walked.
    /// - Throws: ``LedgerError`` with `damaged` and the position of a record whose checksum fails.
    @discardableResult
    public func forEachEvent(
        from start: Position = 0, to end: Position? = nil, where filter: EventFilter? = nil,
        _ body: (borrowing EventView) throws -> Bool
    ) throws -> Position {
        let (filter, sealer) = (try filter?.resolved(by: sealer), sealer)
        return try walk(from: start, to: end, distance: 1, ahead: { _ in }) { event in
            try filter?.matches(event, by: sealer) ?? true ? try body(event) : true
        }
    }

    /// As ``forEachEvent(from:to:where:_:)``, with the sealed fields in clear where their key was
    /// not erased.
    @discardableResult
    public func forEachOpenEvent(
        from start: Position = 0, to end: Position? = nil, where filter: EventFilter? = nil,
        _ body: (borrowing EventView) throws -> Bool
    ) throws -> Position {
        let sealer = sealer
        return try forEachEvent(from: start, to: end, where: filter) { event in
            try sealer.withOpened(event, body)
        }
    }

    /// Folds events in log order into `tables`, in short transactions; the rows of the next ones
    /// are fetched meanwhile.
    ///
    /// - Parameters:
    ///   - start: The first position.
    ///   - end: The position to stop before; nil folds to the end of the log as it is met.
    ///   - tables: The fold of all events before `start`.
    ///   - body: Called with each event in place, once it is folded.
    /// - Returns: The position after the last one folded.
    /// - Throws: ``LedgerError`` with `damaged` and the position of a record whose checksum fails.
    @discardableResult
    public func foldEvents(
        from start: Position = 0, to end: Position? = nil, into tables: inout Tables,
        _ body: (borrowing EventView) throws -> Void = { _ in }
    ) throws -> Position {
        var ahead = Lookahead()
        return try walk(
            from: start, to: end, distance: Lookahead.events,
            ahead: { bytes in
                if let event = EventView(bytes) { Fold.expect(event, in: &tables, &ahead) }
            }
        ) { event in
            Fold.evolve(&tables, by: event, &ahead)
            try body(event)
            return true
        }
    }

    /// Walks events in short transactions; `ahead` sees each up to `distance` records before its
    /// turn, unchecked.
    private func walk(
        from start: Position, to end: Position?, distance: Int, ahead: (Span<UInt8>) -> Void,
        _ body: (borrowing EventView) throws -> Bool
    ) throws -> Position {
        var next = start
        while true {
            let from = next
            var walked = 0
            var isDone = false
            try log.environment.read { transaction in
                try transaction.scan(log.log, from: from, distance: distance, ahead: ahead) {
                    position, bytes in
                    if let end, position >= end {
                        isDone = true
                        return false
                    }
                    guard position == next else {
                        throw LedgerError(
                            .damaged, "position \(next) is missing from the log", position: next)
                    }
                    if try !body(LogStore.view(bytes, at: position)) { isDone = true }
                    next = position + 1
                    walked += 1
                    return !isDone && walked < Self.pageRecords
                }
            }
            if isDone || walked < Self.pageRecords { return next }
        }
    }

    /// Walks events from the newest, or from before `end`, down to `start`.
    public func forEachEventBackwards(
        from start: Position = 0, before end: Position? = nil, where filter: EventFilter? = nil,
        _ body: (borrowing EventView) throws -> Bool
    ) throws {
        let (filter, sealer) = (try filter?.resolved(by: sealer), sealer)
        var next = try end ?? count()
        var isDone = false
        while !isDone, next > start {
            let from = next - 1
            var walked = 0
            try log.environment.read { transaction in
                try transaction.scan(log.log, from: from, backwards: true) { position, bytes in
                    guard position >= start else { return false }
                    let event = try LogStore.view(bytes, at: position)
                    if try filter?.matches(event, by: sealer) ?? true, try !body(event) {
                        isDone = true
                    }
                    next = position
                    walked += 1
                    return !isDone && walked < Self.pageRecords
                }
            }
            if walked == 0 { return }
        }
    }

    /// Lends one event.
    ///
    /// - Throws: ``LedgerError`` with `notFound` beyond the end, `damaged` where the checksum
    ///   fails.
    public func withEvent<V>(at position: Position, _ body: (borrowing EventView) throws -> V)
        throws -> V
    {
        try log.environment.read { transaction in
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LedgerError(
                    .notFound, "there is no event at position \(position)", position: position)
            }
            return try body(LogStore.view(bytes, at: position))
        }
    }

    /// As ``withEvent(at:_:)``, with the sealed fields in clear where their key was not erased.
    public func withOpenEvent<V>(
        at position: Position, _ body: (borrowing EventView) throws -> V
    ) throws -> V {
        let sealer = sealer
        return try withEvent(at: position) { try sealer.withOpened($0, body) }
    }

    /// Lends an event with its sealed fields in clear where their key was not erased.
    public func withOpened<V>(
        _ event: borrowing EventView, _ body: (borrowing EventView) throws -> V
    ) throws -> V {
        try sealer.withOpened(event, body)
    }

    /// The salts and texts of a record's sealed fields, in ascending order.
    ///
    /// - Returns: nil where nothing is sealed, or the key was erased.
    public func disclosures(
        of event: borrowing EventView
    ) throws(LedgerError) -> [Disclosure]? { try sealer.disclosures(of: event) }

    /// A filter whose names are fingerprints, for records that are looked at one by one.
    public func resolved(_ filter: EventFilter) throws(LedgerError) -> EventFilter {
        try filter.resolved(by: sealer)
    }

    /// What a name is found by in records and views: the id of a person, or a fingerprint.
    ///
    /// A person that nobody knows has a fingerprint that no record holds.
    /// - Throws: ``LedgerError`` with `keys` where the vault cannot be opened.
    public func fingerprint(of name: String, as field: Field) throws(LedgerError) -> Fingerprint {
        try sealer.fingerprint(of: name, as: field)
    }

    /// The fingerprint by which an event that is not appended yet would be found.
    public func identity(of draft: Draft) throws(LedgerError) -> Fingerprint {
        try sealer.identity(of: draft)
    }

    /// The first position whose recorded time is at or after `time`: a binary search, no index.
    public func position(recordedAt time: Instant) throws(LedgerError) -> Position {
        do {
            return try log.environment.read { transaction in
                var low: Position = 0
                var high = Position(try transaction.count(of: log.log))
                while low < high {
                    let middle = (low + high) / 2
                    guard let bytes = try transaction.value(at: middle, in: log.log) else {
                        throw LedgerError(
                            .damaged, "position \(middle) is missing from the log",
                            position: middle)
                    }
                    if try LogStore.view(bytes, at: middle).recorded < time {
                        low = middle + 1
                    } else {
                        high = middle
                    }
                }
                return low
            }
        } catch {
            throw LedgerError(any: error)
        }
    }

    /// How many events there may be by now, without touching LMDB: a hint from the writers.
    public var countHint: Position { log.page[LogStore.Slot.count] }
}
