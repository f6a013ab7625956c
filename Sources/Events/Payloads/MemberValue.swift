import Bytes

/// A Swift type that a member of an event may have.
public protocol MemberValue: Sendable {
    /// Reads a value of the record, or answers nil if it is of another kind.
    init?(_ kind: FieldKind, _ bytes: Span<UInt8>)
    /// Adds the value as `field`.
    func add(to builder: inout DraftBuilder, as field: Field)
}

extension String: MemberValue {
    /// Reads a text.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == .text else { return nil }
        self = bytes.string
    }

    /// Adds the text.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, text: self)
    }
}

extension Int64: MemberValue {
    /// Reads an integer.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == .integer, bytes.count == 8 else { return nil }
        self = bytes.load(at: 0, as: Int64.self)
    }

    /// Adds the integer.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, integer: self)
    }
}

extension Bool: MemberValue {
    /// Reads true or false.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == .boolean, bytes.count == 1 else { return nil }
        self = bytes[0] != 0
    }

    /// Adds true or false.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, flag: self)
    }
}

extension Timestamp: MemberValue {
    /// Reads a time and its spelling.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == .time, bytes.count == 11 else { return nil }
        instant = Instant(nanoseconds: bytes.load(at: 0, as: Int64.self))
        form = TimeForm(bits: bytes[10], offset: bytes.load(at: 8, as: Int16.self))
    }

    /// Adds the time.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, instant: instant, form: form)
    }
}

extension Reservation: MemberValue {
    /// Reads a reservation.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == .reservation, bytes.count == 12 else { return nil }
        position = bytes.load(at: 0, as: UInt64.self)
        tag = bytes.load(at: 8, as: UInt32.self)
    }

    /// Adds the reservation.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, reservation: self)
    }
}

extension Array: MemberValue where Element: MemberElement {
    /// Reads a list.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        guard kind == Element.listKind, let list = Element.list(bytes) else { return nil }
        self = list
    }

    /// Adds the list.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        Element.add(self, to: &builder, as: field)
    }
}

/// What a list in an event may hold.
public protocol MemberElement: Sendable {
    /// How a list of these is laid out.
    static var listKind: FieldKind { get }
    /// Reads a list, or answers nil if the bytes are none.
    static func list(_ bytes: Span<UInt8>) -> [Self]?
    /// Adds a list as `field`.
    static func add(_ list: [Self], to builder: inout DraftBuilder, as field: Field)
}

extension String: MemberElement {
    /// Texts, each with its length before it.
    public static var listKind: FieldKind { .texts }

    /// Reads a list of texts.
    public static func list(_ bytes: Span<UInt8>) -> [String]? {
        var texts: [String] = []
        var at = 0
        while at + 2 <= bytes.count {
            let end = at + 2 + Int(bytes.load(at: at, as: UInt16.self))
            guard end <= bytes.count else { return nil }
            texts.append(bytes.extracting(at + 2..<end).string)
            at = end
        }
        return at == bytes.count ? texts : nil
    }

    /// Adds a list of texts.
    public static func add(_ list: [String], to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, texts: list)
    }
}

extension UInt8: MemberElement {
    /// Raw bytes.
    public static var listKind: FieldKind { .bytes }

    /// Copies raw bytes.
    public static func list(_ bytes: Span<UInt8>) -> [UInt8]? { bytes.array }

    /// Adds raw bytes.
    public static func add(_ list: [UInt8], to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, .bytes, list.span)
    }
}

extension Finding: MemberElement {
    /// Findings in their compact form.
    public static var listKind: FieldKind { .findings }

    /// Reads findings.
    public static func list(_ bytes: Span<UInt8>) -> [Finding]? { decode(bytes) }

    /// Adds findings.
    public static func add(_ list: [Finding], to builder: inout DraftBuilder, as field: Field) {
        builder.add(field, .findings, encode(list).span)
    }
}
