public import Bytes

/// A stored record, read in place: loads at fixed offsets, no decoding, no allocation.
///
/// Valid only inside the transaction that lends the bytes. The initialiser checks the layout's
/// bounds; the checksum is checked by whoever reads the log.
public struct EventView: ~Escapable {
    /// The record's bytes, checksum included.
    public let bytes: Span<UInt8>
    @usableFromInline let directory: Int
    @usableFromInline let values: Int

    /// Where the fixed part of a record ends.
    @usableFromInline static let headerBytes = 72

    /// Reads a record, or nil if its lengths do not fit the layout.
    @inlinable
    @_lifetime(copy bytes)
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= Self.headerBytes + 8, bytes[0] == 1 else { return nil }
        let directory = Self.headerBytes + 16 * (bytes[1] & 0xFE).nonzeroBitCount
        let values = directory + 4 * Int(bytes[5])
        guard values + 8 <= bytes.count else { return nil }
        if bytes[5] > 0 {
            let end = values + Int(bytes.load(at: values - 2, as: UInt16.self))
            guard end + 8 == bytes.count else { return nil }
        }
        self.bytes = bytes
        self.directory = directory
        self.values = values
    }

    /// Whether the stored checksum is that of the bytes.
    @inlinable public var isIntact: Bool {
        let end = bytes.count - 8
        return bytes.extracting(0..<end).checksum == bytes.load(at: end, as: UInt64.self)
    }

    /// The number of the event type, known to this version or not.
    @inlinable public var typeNumber: UInt16 { bytes.load(at: 2, as: UInt16.self) }

    /// The event type, or nil if this version does not know it.
    @inlinable public var type: EventType? { EventType(rawValue: typeNumber) }

    /// The version of the type's schema that the record was written with.
    @inlinable public var version: Int { Int(bytes[4]) }

    /// The place in the log.
    @inlinable public var position: Position { bytes.load(at: 8, as: UInt64.self) }

    /// When the ledger learnt of it.
    @inlinable public var recorded: Instant {
        Instant(nanoseconds: bytes.load(at: 16, as: Int64.self))
    }

    /// When it happened, by whoever reported it.
    @inlinable public var time: Instant { Instant(nanoseconds: bytes.load(at: 24, as: Int64.self)) }

    /// When it counts: `time`, but never later than `recorded`.
    @inlinable public var effective: Instant { min(time, recorded) }

    /// How `time` was spelt.
    @inlinable public var timeForm: TimeForm {
        TimeForm(bits: bytes[6], offset: bytes.load(at: 32, as: Int16.self))
    }

    /// The fingerprint of (source, id).
    @inlinable public var identity: Fingerprint { fingerprint(at: 40) }

    /// The digest of the content.
    @inlinable public var digest: Fingerprint { fingerprint(at: 56) }

    /// The fingerprint that stands in a slot of names, or ``Fingerprint/none``.
    @inlinable
    public func name(_ slot: NameSlot) -> Fingerprint {
        let flag = slot.rawValue
        guard bytes[1] & flag != 0 else { return .none }
        return fingerprint(at: 72 + 16 * (bytes[1] & (flag - 1) & 0xFE).nonzeroBitCount)
    }

    /// The person's id, or ``Fingerprint/none``.
    @inlinable public var person: Fingerprint { bytes[1] & 2 == 0 ? .none : fingerprint(at: 72) }

    /// The id of the other person of `identity.linked` and `identity.unlinked`; of all other
    /// events ``Fingerprint/none``.
    ///
    /// In a record in clear it is the fingerprint of the alias.
    public var otherPerson: Fingerprint {
        guard EventType.identities.contains(typeNumber) else { return .none }
        if bytes[1] & NameSlot.other.rawValue != 0 { return name(.other) }
        guard let range = range(of: .alias) else { return .none }
        return bytes.extracting(range).fingerprint()
    }

    /// The chat's fingerprint, or ``Fingerprint/none``: of a direct chat, its person's id.
    @inlinable public var chat: Fingerprint { name(.chat) }

    /// The fingerprint of the provider's message id, or ``Fingerprint/none``.
    @inlinable public var message: Fingerprint { name(.message) }

    /// Whether some field is sealed.
    @inlinable public var isSealed: Bool { bytes[1] & 1 != 0 }

    /// Under whose key fields are sealed.
    @inlinable public var holderKind: HolderKind { HolderKind(rawValue: bytes[7]) ?? .none }

    /// The id of whose key fields are sealed under: the person unless another is named.
    @inlinable public var holder: Fingerprint {
        bytes[1] & 128 == 0 ? person : name(.holder)
    }

    /// The fingerprint of the account, or ``Fingerprint/none``: one for all spellings of a number.
    public var account: Fingerprint {
        guard let range = range(of: .account) else { return .none }
        return Alias.account(bytes.extracting(range))
    }

    /// The fingerprint of the subject, or ``Fingerprint/none``.
    public var subject: Fingerprint { nameFingerprint(.subject) }

    /// The fingerprint of a text field, or ``Fingerprint/none`` where it is absent.
    ///
    /// It is the one at the head of the record where there is one, and else that of the bytes.
    public func nameFingerprint(_ field: Field) -> Fingerprint {
        if field == .account { return account }
        if let slot = NameSlot(field), bytes[1] & slot.rawValue != 0 { return name(slot) }
        guard let range = range(of: field) else { return .none }
        return bytes.extracting(range).fingerprint()
    }

    @inlinable
    func fingerprint(at offset: Int) -> Fingerprint {
        Fingerprint(bytes, at: offset)
    }
}

extension EventView {
    /// The number of fields.
    @inlinable public var fieldCount: Int { Int(bytes[5]) }

    /// The number, kind and place of the field at `index`, in ascending order of numbers.
    @inlinable
    public func entry(_ index: Int) -> FieldEntry {
        let at = directory + 4 * index
        let start = index == 0 ? 0 : Int(bytes.load(at: at - 2, as: UInt16.self))
        let end = Int(bytes.load(at: at + 2, as: UInt16.self))
        return FieldEntry(
            number: bytes[at], kind: bytes[at + 1] & 0x7F, isSealed: bytes[at + 1] & 0x80 != 0,
            range: place(start, end))
    }

    /// A value's place, held inside the record whatever the directory says.
    @inlinable
    func place(_ start: Int, _ end: Int) -> Range<Int> {
        let limit = bytes.count - 8
        let first = min(values + start, limit)
        return first..<max(first, min(values + end, limit))
    }

    /// Where the value of a field lies, or nil if the record has none or it is sealed.
    @inlinable
    public func range(of field: Field) -> Range<Int>? {
        let number = field.rawValue
        var at = directory
        while at < values {
            if bytes[at] == number {
                guard bytes[at + 1] & 0x80 == 0 else { return nil }
                let start = at == directory ? 0 : Int(bytes.load(at: at - 2, as: UInt16.self))
                let end = Int(bytes.load(at: at + 2, as: UInt16.self))
                guard start <= end, values + end + 8 <= bytes.count else { return nil }
                return values + start..<values + end
            }
            if bytes[at] > number { return nil }
            at += 4
        }
        return nil
    }

    /// The kind of a field's value, or nil if the record has none or it is sealed.
    public func kind(of field: Field) -> FieldKind? {
        var at = directory
        while at < values, bytes[at] <= field.rawValue {
            if bytes[at] == field.rawValue { return FieldKind(rawValue: bytes[at + 1]) }
            at += 4
        }
        return nil
    }

    /// A text field, or nil.
    public func text(_ field: Field) -> String? {
        guard let range = range(of: field) else { return nil }
        return bytes.extracting(range).string
    }

    /// An integer field, or nil.
    public func integer(_ field: Field) -> Int64? {
        guard let range = range(of: field), range.count == 8 else { return nil }
        return bytes.load(at: range.lowerBound, as: Int64.self)
    }

    /// A boolean field; absent is false.
    public func flag(_ field: Field) -> Bool {
        guard let range = range(of: field), range.count == 1 else { return false }
        return bytes[range.lowerBound] != 0
    }

    /// A time field, or nil.
    public func instant(_ field: Field) -> Instant? {
        guard let range = range(of: field), range.count == 11 else { return nil }
        return Instant(nanoseconds: bytes.load(at: range.lowerBound, as: Int64.self))
    }

    /// A list of texts; absent is empty.
    public func texts(_ field: Field) -> [String] {
        guard let range = range(of: field) else { return [] }
        var texts: [String] = []
        var at = range.lowerBound
        while at + 2 <= range.upperBound {
            let count = Int(bytes.load(at: at, as: UInt16.self))
            guard at + 2 + count <= range.upperBound else { break }
            texts.append(bytes.extracting(at + 2..<at + 2 + count).string)
            at += 2 + count
        }
        return texts
    }

    /// The reservation that the event speaks of, or nil.
    public var reservation: Reservation? {
        guard let range = range(of: .reservation), range.count == 12 else { return nil }
        return Reservation(
            position: bytes.load(at: range.lowerBound, as: UInt64.self),
            tag: bytes.load(at: range.lowerBound + 8, as: UInt32.self))
    }
}

/// One entry of a record's directory.
public struct FieldEntry: Sendable {
    /// The field's number, known to this version or not.
    public let number: UInt8
    /// The value's kind, as in ``FieldKind``.
    public let kind: UInt8
    /// Whether the value is a commitment and ciphertext.
    public let isSealed: Bool
    /// Where the value lies in the record's bytes.
    public let range: Range<Int>

    @inlinable
    init(number: UInt8, kind: UInt8, isSealed: Bool, range: Range<Int>) {
        self.number = number
        self.kind = kind
        self.isSealed = isSealed
        self.range = range
    }
}

extension EventView {
    /// Whether the event names a subject, as its first or a further one.
    public func names(subject wanted: Fingerprint) -> Bool {
        if subject == wanted { return true }
        guard let range = range(of: .subjects) else { return false }
        var at = range.lowerBound
        while at + 2 <= range.upperBound {
            let end = at + 2 + Int(bytes.load(at: at, as: UInt16.self))
            guard end <= range.upperBound else { return false }
            if bytes.extracting(at + 2..<end).fingerprint() == wanted { return true }
            at = end
        }
        return false
    }
}
