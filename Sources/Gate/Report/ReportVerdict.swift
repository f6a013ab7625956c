public import Bytes
public import Events
public import Views

/// What a report means for its reservation.
public struct ReportVerdict: Sendable, Equatable {
    /// The event that said the same before; nil for a report that is news and is to be appended.
    public var duplicateOf: Position?
    /// Whether the provider may be called; true only in answer to `attempted`, and at most once
    /// for a reservation.
    public var go: Bool
    /// What stands against calling the provider: names of rules, `lease`, `not_before`, `erased`;
    /// empty where nothing does.
    public var because: [String]
    /// Why the report is not taken; nil if it is.
    public var refusal: EventError?

    /// A verdict; by default the report is news, and not one that is answered with `go`.
    public init(
        duplicateOf: Position? = nil, go: Bool = false, because: [String] = [],
        refusal: EventError? = nil
    ) {
        self.duplicateOf = duplicateOf
        self.go = go
        self.because = because
        self.refusal = refusal
    }
}

extension EventError.Code {
    /// No reservation of this ledger has that name.
    public static let unknownReservation = EventError.Code("unknown_reservation")
}

extension Gate {
    /// Judges what became of a send: a pure function of its arguments.
    ///
    /// - `accepted` is taken from anyone: it is evidence. What names a message that is known, or
    ///   says again what is known, is a duplicate.
    /// - After `go: true`, `failed` and `cancelled` are the winner's to say. A win without an
    ///   attempt cannot be cancelled, nor one whose attempt several asks carried: two workers might
    ///   take it for theirs. One that was accepted or failed cannot be cancelled either, or its
    ///   place in the limits could be used twice.
    /// - Before, anybody may give a reservation back, since nothing was sent.
    /// - Parameters:
    ///   - report: what the sender says; not `attempted`.
    ///   - message: the fingerprint of the provider's id that it names, or none.
    ///   - row: the reservation that the report names, or nil if there is none.
    ///   - tables: the views; read, not changed.
    ///   - now: the ledger's clock.
    public static func judge(
        _ report: SendReport, message: Fingerprint, row: ReservationRow?, tables: inout Tables,
        now: Instant
    ) -> ReportVerdict {
        guard tables.tags.include(report.reservation), let row, row.state != .none else {
            return ReportVerdict(refusal: unknown(report, tags: tables.tags))
        }
        let attempt = report.attempt.map { Fingerprint(of: $0) } ?? .none
        let state = row.state(at: now)
        switch report.outcome {
        // Answered by ``attempted(_:row:request:_:under:in:)``; nothing is granted here.
        case .attempted: return ReportVerdict()
        case .accepted:
            return ReportVerdict(
                duplicateOf: isKnown(message, row, state) ? row.outcome : nil)
        case .failed:
            if state == .failed { return ReportVerdict(duplicateOf: row.outcome) }
            if state == .cancelled { return ReportVerdict(refusal: conflict(report, "cancelled")) }
            guard row.attempted == 0 || attempt == row.winner else {
                return ReportVerdict(refusal: foreign(report))
            }
            // Said before, of a send that was shown to have gone all the same.
            if row.failed != 0, message == .none { return ReportVerdict(duplicateOf: row.failed) }
            return ReportVerdict()
        case .cancelled:
            switch state {
            case .cancelled: return ReportVerdict(duplicateOf: row.outcome)
            case .accepted: return ReportVerdict(refusal: conflict(report, "accepted"))
            case .failed: return ReportVerdict(refusal: conflict(report, "failed"))
            default: break
            }
            guard row.attempted > 0 else { return ReportVerdict() }
            guard row.winner != .none else { return ReportVerdict(refusal: nameless(report)) }
            guard attempt == row.winner, row.asks.count(where: { $0 == attempt }) == 1 else {
                return ReportVerdict(refusal: foreign(report))
            }
            return ReportVerdict()
        }
    }

    /// Judges `attempted`: whether the provider may be called.
    ///
    /// - Parameters:
    ///   - report: what the sender says.
    ///   - row: the reservation that the report names, or nil if there is none.
    ///   - request: what was asked; it is judged anew by what stops a send at the last moment.
    ///   - facts: now, the policy's position.
    ///   - policy: the policy in force.
    ///   - tables: the views; read, not changed.
    public static func attempted(
        _ report: SendReport, row: ReservationRow?, request: PreparedRequest, _ facts: Facts,
        under policy: Policy, in tables: inout Tables
    ) -> ReportVerdict {
        guard tables.tags.include(report.reservation), let row, row.state != .none else {
            return ReportVerdict(refusal: unknown(report, tags: tables.tags))
        }
        var hearing = Hearing(request, facts, under: policy.effective(for: request))
        hearing.introduce(in: &tables)
        let because = Obstacles(
            to: report.reservation.position, row, hearing,
            reporter: report.instance.map { Fingerprint(of: $0) } ?? .none,
            attempt: report.attempt.map { Fingerprint(of: $0) } ?? .none, in: &tables
        ).names
        return ReportVerdict(go: because.isEmpty, because: because)
    }

    /// Whether an `accepted` says nothing new.
    private static func isKnown(
        _ message: Fingerprint, _ row: ReservationRow, _ state: ReservationRow.State
    ) -> Bool {
        message == .none
            ? state == .accepted : row.messages.contains { $0.id == message }
    }

    private static func unknown(_ report: SendReport, tags: ReservationTags) -> EventError {
        let name = report.reservation.description
        let why =
            tags.include(report.reservation)
            ? "This ledger made no reservation \(name)" : "\(name) is of another ledger"
        return EventError(
            .unknownReservation, "\(why); report the `reservation` that `ask` answered.")
    }

    private static func conflict(_ report: SendReport, _ state: String) -> EventError {
        EventError(
            .conflict,
            "The reservation \(report.reservation.description) was reported \(state) before; only "
                + "evidence of a send, `accepted`, is taken after that.")
    }

    private static func foreign(_ report: SendReport) -> EventError {
        EventError(
            .conflict,
            "The reservation \(report.reservation.description) was attempted under another "
                + "`attempt`: only that one may report `\(report.outcome.rawValue)`; 'ledger why' "
                + "shows it.")
    }

    private static func nameless(_ report: SendReport) -> EventError {
        EventError(
            .conflict,
            "The reservation \(report.reservation.description) was attempted without an `attempt`, "
                + "so that nobody can show that the try was theirs: report `failed` if the provider "
                + "refused it.")
    }
}
