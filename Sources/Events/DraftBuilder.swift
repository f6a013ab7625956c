public import Bytes

/// Lays out a ``Draft``: set the envelope, add fields in any order, finish.
public struct DraftBuilder: Sendable {
    var type: EventType
    var version: UInt8
    var time: Instant = .epoch
    var form: TimeForm = .absent
    /// The fields so far, in ascending order, and where their values lie in `values`.
    var entries: [Entry] = []
    /// The values in the order they were added.
    var values: [UInt8] = []
    private(set) var present: UInt128 = 0
    /// Whether an element of a list was too long for its length: no record can hold it.
    private(set) var isOverlong = false
    /// What was sealed, where something was.
    var seal: Seal?
    /// The digest that the record gets, where it is not that of its bytes.
    public var digest: Fingerprint?

    struct Entry {
        let number: UInt8
        let kind: UInt8
        let range: Range<Int>
    }

    /// Begins an event of `type`, written with the current version of its schema.
    public init(_ type: EventType, source: String, id: String) {
        self.init(type, version: type.version, source: source, id: id)
    }

    /// Begins an event of `type`, written with that version of its schema.
    public init(_ type: EventType, version: Int, source: String, id: String) {
        self.init(type, version: version)
        add(.id, text: id)
        add(.source, text: source)
    }

    /// Begins an event whose id and source are added later.
    public init(_ type: EventType) { self.init(type, version: type.version) }

    /// Begins an event whose id and source are added as fields later.
    init(_ type: EventType, version: Int, valueBytes: Int = 192) {
        self.type = type
        self.version = UInt8(version)
        entries.reserveCapacity(16)
        values.reserveCapacity(valueBytes)
    }

    /// Says when it happened, and how that was spelt; by default as the ledger spells times.
    public mutating func happened(at time: Instant, form: TimeForm? = nil) {
        self.time = time
        self.form = form ?? .ledger(time)
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
    public mutating func add(_ field: Field, instant: Instant, form: TimeForm? = nil) {
        let form = form ?? .ledger(instant)
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
            let bytes = text.utf8Span.span
            // A length of 16 bits says no more; the record would not hold it either.
            let whole = bytes.count <= Int(UInt16.max) ? bytes : bytes.extracting(0..<0)
            values.append(littleEndian: UInt16(truncatingIfNeeded: whole.count))
            values.append(whole)
            if whole.count < bytes.count { isOverlong = true }
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
    }

    /// Ends a field whose value was appended to `values` from `start` on; one that is there already
    /// stays as it is, because what an adapter adds twice is two members of its input.
    mutating func close(_ field: Field, _ kind: FieldKind, from start: Int) {
        guard present & field.bit == 0 else {
            values.removeLast(values.count - start)
            return
        }
        present |= field.bit
        var index = entries.count
        while index > 0, entries[index - 1].number > field.rawValue { index -= 1 }
        entries.insert(
            Entry(number: field.rawValue, kind: kind.rawValue, range: start..<values.count),
            at: index)
    }

    /// Begins an event of a type with the fields of another draft, which may be sealed already.
    public init(_ type: EventType, continuing other: DraftBuilder) {
        self = other
        self.type = type
        version = UInt8(type.version)
    }

    /// Adds what callers spell in several ways.
    public mutating func add(_ field: Field, scalar: Scalar?) {
        if let scalar { scalar.add(to: &self, as: field) }
    }

    /// A text that was added, or nil.
    public func text(_ field: Field) -> String? {
        guard let range = range(of: field, .text) else { return nil }
        return values.span.extracting(range).string
    }

    /// Checks what was added against the shape of its type, and lays the record out.
    ///
    /// - Throws: `missing_member`, `wrong_member` or `too_large`.
    public func checked() throws(EventError) -> Draft {
        try type.shape.check(self)
        guard let draft = finish(), fitsSealed(draft) else {
            throw EventError(
                .tooLarge, "The event takes over \(Draft.recordBytesMax) bytes; shorten its text.")
        }
        return draft
    }

    /// Whether a draft in clear fits into a record once it is sealed, whoever it is sealed to: each
    /// personal field has a commitment of 32 bytes, the first a seal of 28, and the head all names.
    func fitsSealed(_ draft: Draft) -> Bool {
        guard seal == nil else { return true }
        let personal = entries.count { FieldTables.personal & 1 << UInt128($0.number) != 0 }
        return draft.recordBytes + 28 + 32 * personal + 16 * NameSlot.allCases.count
            <= Draft.recordBytesMax
    }

    /// Whether a field was added.
    public func has(_ field: Field) -> Bool { present & field.bit != 0 }

    /// Where a field's value lies in `values`, or nil.
    func range(of field: Field, _ kind: FieldKind) -> Range<Int>? {
        guard has(field) else { return nil }
        return entries.first { $0.number == field.rawValue && $0.kind == kind.rawValue }?.range
    }
}
