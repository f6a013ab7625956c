public import Bytes

/// A field of a draft: its number, its kind, and where its value lies among the draft's values.
public struct FieldPlace: Sendable, Equatable {
    /// The number of the field.
    public let number: UInt8
    /// The kind of its value, without the bit that says sealed.
    public let kind: UInt8
    /// Where the value lies.
    public let range: Range<Int>

    /// A field.
    public init(number: UInt8, kind: UInt8, range: Range<Int>) {
        self.number = number
        self.kind = kind
        self.range = range
    }
}

/// What a seal adds to a record: who can open it, and what is found without a key.
public struct Seal: Sendable {
    /// Whose key it is.
    public var holder: HolderKind
    /// The fingerprints at the head of the record, in the order of ``NameSlot``.
    private var names: InlineArray<7, Fingerprint>
    /// The digest of the content, which the seal is bound to.
    public var digest: Fingerprint

    /// A seal without names.
    public init(holder: HolderKind = .none, digest: Fingerprint = .none) {
        self.holder = holder
        self.digest = digest
        names = InlineArray(repeating: .none)
    }

    /// The fingerprint in a slot, or ``Fingerprint/none``.
    public subscript(slot: NameSlot) -> Fingerprint {
        get { names[slot.rawValue.trailingZeroBitCount - 1] }
        set { names[slot.rawValue.trailingZeroBitCount - 1] = newValue }
    }
}

extension DraftBuilder {
    /// When it happened, or nil where that was not said.
    public var happened: Instant? { form.isAbsent ? nil : time }

    /// The type of the event.
    public var eventType: EventType { type }

    /// The values so far, in the order in which they were added.
    public var valueBytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { values.span }
    }

    /// All fields so far, in ascending order.
    public var places: [FieldPlace] {
        entries.map { FieldPlace(number: $0.number, kind: $0.kind, range: $0.range) }
    }

    /// Puts sealed values in the place of those in clear.
    ///
    /// - Parameters:
    ///   - fields: which ones, in ascending order.
    ///   - sealed: their sealed values, one after the other.
    ///   - ends: where each ends in `sealed`.
    ///   - seal: what goes to the head of the record.
    public mutating func seal(
        _ fields: [FieldPlace], _ sealed: [UInt8], ends: [Int], as seal: Seal
    ) {
        let base = values.count
        values.append(sealed.span)
        var start = 0
        var next = 0
        for index in fields.indices {
            while entries[next].number != fields[index].number { next += 1 }
            entries[next] = Entry(
                number: fields[index].number, kind: fields[index].kind | 0x80,
                range: base + start..<base + ends[index])
            start = ends[index]
        }
        self.seal = seal
    }
}
