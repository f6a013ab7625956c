import Bytes
public import Events
public import Views

/// What a report means for its reservation.
public struct ReportVerdict: Sendable, Equatable {
    /// The event that said the same before; nil for a report that is news and is to be appended.
    public var duplicateOf: Position?
    /// Whether the provider may be called; false only in answer to `attempted`.
    public var go: Bool
    /// Why the report is not taken; nil if it is.
    public var refusal: EventError?

    /// A verdict; by default the report is news, and nothing stands against it.
    public init(duplicateOf: Position? = nil, go: Bool = true, refusal: EventError? = nil) {
        self.duplicateOf = duplicateOf
        self.go = go
        self.refusal = refusal
    }
}

extension EventError.Code {
    /// No reservation of this ledger has that name.
    public static let unknownReservation = EventError.Code("unknown_reservation")
}

extension Gate {
    /// Judges a report: a pure function of its arguments.
    ///
    /// A repeated outcome, and an `attempted` after any outcome, is a duplicate. Failure after
    /// acceptance and acceptance after failure are evidence, and taken. A send that was attempted
    /// may still be cancelled, because `go` can be false; one that was accepted or failed may not,
    /// or its place in the limits could be used twice.
    ///
    /// An instance that was fenced, has stopped or started anew may not use what it reserved
    /// before: `attempted` answers `go: false`. What came of a send is taken from it all the same:
    /// to lose the evidence of a message that went out would be worse.
    /// - Parameters:
    ///   - report: what the sender says.
    ///   - row: the reservation that the report names, or nil if there is none.
    ///   - tables: the views; read, not changed.
    ///   - now: the ledger's clock.
    public static func judge(
        _ report: SendReport, row: ReservationRow?, tables: inout Tables, now: Instant
    ) -> ReportVerdict {
        guard tables.tags.include(report.reservation), let row, row.state != .none else {
            return ReportVerdict(go: false, refusal: unknown(report, tags: tables.tags))
        }
        switch report.outcome {
        case .attempted: return attempted(report, row, &tables, now)
        case .accepted:
            return ReportVerdict(duplicateOf: row.state == .accepted ? row.outcome : nil)
        case .failed:
            return ReportVerdict(duplicateOf: row.state == .failed ? row.outcome : nil)
        case .cancelled:
            if row.state == .accepted || row.state == .failed {
                return ReportVerdict(refusal: settled(report, row))
            }
            return ReportVerdict(duplicateOf: row.state == .cancelled ? row.outcome : nil)
        }
    }

    private static func attempted(
        _ report: SendReport, _ row: ReservationRow, _ tables: inout Tables, _ now: Instant
    ) -> ReportVerdict {
        switch row.state {
        case .accepted, .failed, .cancelled:
            let first = row.attempted > 0 ? row.attempted : row.outcome
            return ReportVerdict(duplicateOf: first, go: false)
        default:
            let isRepeated = row.state == .attempted
            return ReportVerdict(
                duplicateOf: isRepeated ? row.attempted : nil,
                go: mayGo(report.reservation.position, row, &tables, now))
        }
    }

    /// Whether nothing came in between: a stop, a pause, a dry run, a fence, an opt-out, the end of
    /// the lease.
    private static func mayGo(
        _ position: Position, _ row: ReservationRow, _ tables: inout Tables, _ now: Instant
    ) -> Bool {
        guard row.state != .expired, now < row.expires, !tables.isDryRun(at: now) else {
            return false
        }
        var isOrdered = true
        let group = tables.group(of: row.keys.person)
        let chats = tables.chats(of: row.keys, group)
        guard !group.isTooLarge, !chats.isTooLarge else { return false }
        tables.forEachOrder(over: row.keys, chats) { _, order in
            if order.stopped > 0 || order.isPaused(at: now) { isOrdered = false }
        }
        guard isOrdered else { return false }
        if let instance = tables.instance(row.keys.instance),
            instance.end != nil
                || instance.started.isSet && instance.started.position > position
        {
            return false
        }
        guard row.keys.person != .none else { return true }
        // So does a word that may be one.
        let held = tables.conversation(with: row.keys.person).held
        if held.isSet, held.position > position { return false }
        guard let person = tables.person(group) else { return true }
        // A withdrawal of any category that is newer than the grant counts. What was granted after
        // one, such as its confirmation, was granted knowing of it; but not of what it was linked
        // with only later.
        let known = group.linked.map { $0 < position } ?? true
        return ConsentCategory.allCases.allSatisfy { category in
            let consent = person[category]
            return !consent.isWithdrawn || known && consent.withdrawn.position < position
        }
    }

    private static func unknown(_ report: SendReport, tags: ReservationTags) -> EventError {
        let name = report.reservation.description
        let why =
            tags.include(report.reservation)
            ? "This ledger made no reservation \(name)" : "\(name) is of another ledger"
        return EventError(
            .unknownReservation, "\(why); report the `reservation` that `ask` answered.")
    }

    private static func settled(_ report: SendReport, _ row: ReservationRow) -> EventError {
        let state = row.state == .accepted ? "accepted" : "failed"
        return EventError(
            .conflict,
            "The reservation \(report.reservation.description) was reported \(state): a send with "
                + "an outcome cannot be cancelled.")
    }
}
