public import Bytes
public import Events
import Gate
import Ledger
public import Views

/// One time that somebody sent, or asked whether to.
public struct Attempt: Sendable {
    /// The place in the log.
    public let position: Position
    /// When it counts.
    public let time: Instant
    /// The event's source.
    public let source: String
    /// The subject, or nil.
    public let subject: String?
    /// The chat, else the person, that it went to.
    public let chat: String?
    /// The instance that sent or asked, or nil.
    public let instance: String?
    /// What a second attempt repeats: the business key, else the subject; none without both.
    public let key: Fingerprint
    /// How many requests the record stands for: over 1 where repeats were coalesced.
    public let count: Int
    /// What the gate said at the time, or nil for history without a gate.
    public let recorded: Verdict?
    /// How far its reservation has come; none for history without a gate.
    public internal(set) var state = ReservationRow.State.none

    /// Whether it went out, or may have, as far as the log says: what was released or given back
    /// did not.
    public var went: Bool {
        guard let recorded else { return true }
        return recorded == .send && state != .released && state != .cancelled
    }

    /// Who it was: the source, or, where the ledger wrote the record, the instance that asked.
    public var process: String { source == Ledger.ownSource ? instance ?? source : source }
}

/// Reads attempts, and keeps one copy of each name.
struct AttemptReader {
    /// For how many requests one record stands at most, whatever it says.
    static let countMax: Int64 = 1_000_000

    private var names: [Fingerprint: String] = [:]

    /// Whether a replay judges the event: an attempt without a reservation, or a recorded request.
    static func isAttempt(_ event: borrowing EventView) -> Bool {
        switch event.type {
        case .sendAttempted: event.reservation == nil
        case .sendReserved, .sendJoined, .sendRefused: true
        default: false
        }
    }

    /// The attempt that the event is, or nil; the ledger opens the names that are sealed.
    ///
    /// - Throws: ``LedgerError`` where a name cannot be opened, but for an erased one.
    mutating func read(
        _ event: borrowing EventView, of ledger: Ledger?
    ) throws -> Attempt? {
        guard Self.isAttempt(event) else { return nil }
        let keys = SendKeys(event)
        let chat = try name(.chat, event, ledger) ?? name(.person, event, ledger)
        return Attempt(
            position: event.position, time: event.effective,
            source: try name(.source, event, ledger) ?? "",
            subject: try name(.subject, event, ledger), chat: chat,
            instance: try name(.instance, event, ledger),
            key: keys.business == .none ? keys.subject : keys.business,
            count: Int(min(max(1, event.integer(.count) ?? 1), Self.countMax)),
            recorded: event.type == .sendAttempted
                ? nil : event.text(.verdict).flatMap { Verdict(name: $0) })
    }

    private mutating func name(
        _ field: Field, _ event: borrowing EventView, _ ledger: Ledger?
    ) throws -> String? {
        let fingerprint = event.nameFingerprint(field)
        guard fingerprint != .none else { return nil }
        if let name = names[fingerprint] { return name }
        let text =
            try event.text(field) ?? ledger.flatMap { try $0.withOpened(event) { $0.text(field) } }
        let name = text ?? "(erased)"
        names[fingerprint] = name
        return name
    }
}

extension Array {
    /// Sorted by the bytes of a name: the same order in every language and locale.
    func sorted(byName name: (Element) -> String) -> [Element] {
        sorted { name($0).utf8.lexicographicallyPrecedes(name($1).utf8) }
    }
}
