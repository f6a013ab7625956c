import Bytes

/// Writes JSON text: commas and escapes are its business, the order of calls is the caller's.
///
/// ```swift
/// var json = JSONWriter()
/// json.beginObject()
/// json.member("position", 7)
/// json.endObject()          // {"position":7}
/// ```
public struct JSONWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]
    private var needsComma = false

    /// Writes behind `bytes`.
    public init(appendingTo bytes: consuming [UInt8] = []) { self.bytes = bytes }

    /// The text that was written.
    public var text: String { bytes.span.string }

    /// Takes the bytes out.
    public consuming func finish() -> [UInt8] { bytes }

    /// Opens an object.
    public mutating func beginObject() { open(UInt8(ascii: "{")) }

    /// Closes the object.
    public mutating func endObject() { close(UInt8(ascii: "}")) }

    /// Opens an array.
    public mutating func beginArray() { open(UInt8(ascii: "[")) }

    /// Closes the array.
    public mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Writes a member's name; its value comes next.
    public mutating func key(_ name: String) {
        separate()
        bytes.append(quoted: name.utf8Span.span)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    /// Writes a text.
    public mutating func value(_ text: String) { value(utf8: text.utf8Span.span) }

    /// Writes a text from valid UTF-8.
    public mutating func value(utf8 text: Span<UInt8>) {
        separate()
        bytes.append(quoted: text)
    }

    /// Writes a whole number.
    public mutating func value(_ number: some BinaryInteger) {
        separate()
        if let small = Int64(exactly: number) {
            bytes.append(decimal: small)
        } else {
            bytes.append(contentsOf: String(number).utf8)
        }
    }

    /// Writes true or false.
    public mutating func value(_ flag: Bool) {
        separate()
        bytes.append(contentsOf: flag ? [0x74, 0x72, 0x75, 0x65] : [0x66, 0x61, 0x6C, 0x73, 0x65])
    }

    /// Writes a moment in UTC, with three fractional digits or as many as it needs.
    public mutating func value(_ instant: Instant) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        Timestamp.write(instant, into: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes null.
    public mutating func null() {
        separate()
        bytes.append(contentsOf: [0x6E, 0x75, 0x6C, 0x6C])
    }

    /// Writes text that is JSON already.
    public mutating func raw(_ json: Span<UInt8>) {
        separate()
        bytes.append(json)
    }

    /// Writes a member with a text.
    public mutating func member(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    /// Writes a member with a text, or with null.
    public mutating func member(orNull name: String, _ text: String?) {
        key(name)
        if let text { value(text) } else { null() }
    }

    /// Writes a member with a whole number.
    public mutating func member(_ name: String, _ number: some BinaryInteger) {
        key(name)
        value(number)
    }

    /// Writes a member with true or false.
    public mutating func member(_ name: String, _ flag: Bool) {
        key(name)
        value(flag)
    }

    /// Writes a member with a moment.
    public mutating func member(_ name: String, _ instant: Instant) {
        key(name)
        value(instant)
    }

    /// Writes a member with a list of texts.
    public mutating func member(_ name: String, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }

    /// Ends a line, so that another value may follow.
    public mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    /// Writes the name of a member that the ledger knows; its value comes next.
    mutating func key(_ field: Field) {
        separate()
        bytes.append(contentsOf: FieldTables.keys[Int(field.rawValue)])
        needsComma = false
    }

    /// Writes a value byte by byte through `body`.
    mutating func value(by body: (inout [UInt8]) -> Void) {
        separate()
        body(&bytes)
    }

    /// Writes the members of an object that is JSON already, without its braces.
    mutating func members(ofRaw object: Span<UInt8>) {
        guard object.count > 2 else { return }
        separate()
        bytes.append(object.extracting(1..<object.count - 1))
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }
}
