public import Bytes

/// An event that has no place yet: a record whose position, recorded time and checksum are missing.
///
/// Drafts are made by the callers, outside the writer's lock; the writer only copies the bytes and
/// fills in what it decides (``seal(into:at:recorded:)``).
public struct Draft: Sendable {
    /// The record's bytes without the checksum; position and recorded time are zero.
    public let bytes: [UInt8]

    /// Bytes of the finished record, checksum included.
    public var recordBytes: Int { bytes.count + 8 }

    /// The most bytes of a record: a Merkle entry bundle has 16 bits for its length.
    public static let recordBytesMax = 65_535

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The fingerprint of (source, id).
    public var identity: Fingerprint {
        let span = bytes.span
        return Fingerprint(
            UInt128(span.load(at: 48, as: UInt64.self)) << 64
                | UInt128(span.load(at: 40, as: UInt64.self)))
    }

    /// The digest of the content.
    public var digest: Fingerprint {
        let span = bytes.span
        return Fingerprint(
            UInt128(span.load(at: 64, as: UInt64.self)) << 64
                | UInt128(span.load(at: 56, as: UInt64.self)))
    }

    /// The event type.
    public var type: EventType { EventType(rawValue: bytes.span.load(at: 2, as: UInt16.self))! }

    /// The time that the event gives, or nil if it gives none.
    public var time: Instant? {
        bytes[6] & 32 != 0 ? nil : Instant(nanoseconds: bytes.span.load(at: 24, as: Int64.self))
    }

    /// Writes the finished record into `record`, which has ``recordBytes`` bytes.
    public func seal(into record: inout MutableSpan<UInt8>, at position: Position, recorded: Instant) {
        let count = bytes.count
        record.copy(bytes.span)
        record.store(position, at: 8)
        record.store(recorded.nanoseconds, at: 16)
        if bytes[6] & 32 != 0 { record.store(recorded.nanoseconds, at: 24) }
        record.store(record.span.extracting(0..<count).checksum, at: count)
    }

    /// The finished record as an array of its own.
    public func sealed(at position: Position, recorded: Instant) -> [UInt8] {
        var record = [UInt8](repeating: 0, count: recordBytes)
        var span = record.mutableSpan
        seal(into: &span, at: position, recorded: recorded)
        return record
    }
}

/// Lays out a ``Draft``: set the envelope, add fields in any order, finish.
public struct DraftBuilder: Sendable {
    let type: EventType
    let version: UInt8
    var time: Instant = .epoch
    var form: TimeForm = .absent
    private var entries: [(number: UInt8, kind: UInt8, start: Int, end: Int)] = []
    private var values: [UInt8] = []
    private var person: Fingerprint = .none
    private var chat: Fingerprint = .none
    private var message: Fingerprint = .none

    /// Begins an event of `type`, written with the current version of its schema.
    public init(_ type: EventType, version: Int = 1, source: String, id: String) {
        self.type = type
        self.version = UInt8(version)
        entries.reserveCapacity(12)
        values.reserveCapacity(192)
        add(.id, text: id)
        add(.source, text: source)
    }

    /// Begins an event whose id and source are added as fields later.
    init(_ type: EventType, version: Int = 1) {
        self.type = type
        self.version = UInt8(version)
        entries.reserveCapacity(12)
        values.reserveCapacity(192)
    }

    /// Says when it happened, and how that was spelt.
    public mutating func happened(at time: Instant, form: TimeForm = .ledger) {
        self.time = time
        self.form = form
    }

    /// Adds a text.
    public mutating func add(_ field: Field, text: String) {
        add(field, .text, text.utf8Span.span)
    }

    /// Adds a text unless it is nil.
    public mutating func add(_ field: Field, text: String?) {
        if let text { add(field, text: text) }
    }

    /// Adds an integer.
    public mutating func add(_ field: Field, integer: Int64) {
        let start = values.count
        values.append(littleEndian: integer)
        close(field, .integer, from: start)
    }

    /// Adds a boolean.
    public mutating func add(_ field: Field, flag: Bool) {
        let start = values.count
        values.append(flag ? 1 : 0)
        close(field, .boolean, from: start)
    }

    /// Adds a time.
    public mutating func add(_ field: Field, instant: Instant, form: TimeForm = .ledger) {
        let start = values.count
        values.append(littleEndian: instant.nanoseconds)
        values.append(littleEndian: form.offset)
        values.append(form.bits)
        close(field, .time, from: start)
    }

    /// Adds a list of texts.
    public mutating func add(_ field: Field, texts: [String]) {
        let start = values.count
        for text in texts {
            let bytes = Array(text.utf8)
            values.append(littleEndian: UInt16(truncatingIfNeeded: bytes.count))
            values.append(contentsOf: bytes)
        }
        close(field, .texts, from: start)
    }

    /// Adds a reservation.
    public mutating func add(_ field: Field, reservation: Reservation) {
        let start = values.count
        values.append(littleEndian: reservation.position)
        values.append(littleEndian: reservation.tag)
        close(field, .reservation, from: start)
    }

    /// Adds a value that is laid out already.
    public mutating func add(_ field: Field, _ kind: FieldKind, _ bytes: Span<UInt8>) {
        let start = values.count
        values.append(bytes)
        close(field, kind, from: start)
        if kind == .text {
            switch field {
            case .person: person = bytes.fingerprint()
            case .chat: chat = bytes.fingerprint()
            case .message: message = bytes.fingerprint()
            default: break
            }
        }
    }

    private mutating func close(_ field: Field, _ kind: FieldKind, from start: Int) {
        var index = entries.count
        while index > 0, entries[index - 1].number > field.rawValue { index -= 1 }
        entries.insert((field.rawValue, kind.rawValue, start, values.count), at: index)
    }

    /// Whether a field was added.
    public func has(_ field: Field) -> Bool { entries.contains { $0.number == field.rawValue } }

    /// Lays the record out, or answers nil if it would exceed ``Draft/recordBytesMax``.
    public func finish() -> Draft? {
        let names = (person == .none ? 0 : 1) + (chat == .none ? 0 : 1) + (message == .none ? 0 : 1)
        let total = 72 + 16 * names + 4 * entries.count + values.count
        guard total + 8 <= Draft.recordBytesMax, entries.count <= 255 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(total + 8)
        bytes.append(1)
        bytes.append(
            (person == .none ? 0 : 2) | (chat == .none ? 0 : 4) | (message == .none ? 0 : 8))
        bytes.append(littleEndian: type.rawValue)
        bytes.append(version)
        bytes.append(UInt8(entries.count))
        bytes.append(form.bits)
        bytes.append(0)
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: form.isAbsent ? 0 : time.nanoseconds)
        bytes.append(littleEndian: form.offset)
        bytes.append(littleEndian: UInt16(total + 8))
        bytes.append(littleEndian: UInt32(0))
        append(identity, to: &bytes)
        append(.none, to: &bytes)
        if person != .none { append(person, to: &bytes) }
        if chat != .none { append(chat, to: &bytes) }
        if message != .none { append(message, to: &bytes) }
        var end = 0
        for entry in entries {
            end += entry.end - entry.start
            bytes.append(entry.number)
            bytes.append(entry.kind)
            bytes.append(littleEndian: UInt16(end))
        }
        let all = values.span
        for entry in entries { bytes.append(all.extracting(entry.start..<entry.end)) }
        let digest = bytes.span.fingerprint()
        bytes.store(digest.low, at: 56)
        bytes.store(digest.high, at: 64)
        return Draft(bytes: bytes)
    }

    /// The fingerprint of (source, id): both texts, the source's length before them.
    private var identity: Fingerprint {
        var name: [UInt8] = []
        name.reserveCapacity(96)
        let all = values.span
        for number in [Field.source.rawValue, Field.id.rawValue] {
            for entry in entries where entry.number == number {
                name.append(littleEndian: UInt16(truncatingIfNeeded: entry.end - entry.start))
                name.append(all.extracting(entry.start..<entry.end))
            }
        }
        return name.span.fingerprint()
    }

    private func append(_ fingerprint: Fingerprint, to bytes: inout [UInt8]) {
        bytes.append(littleEndian: fingerprint.low)
        bytes.append(littleEndian: fingerprint.high)
    }
}
