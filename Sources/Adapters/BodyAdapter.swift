public import Events

/// Reads the bodies of one format: a pure function from a body to elements.
public protocol BodyAdapter: Sendable {
    /// The name of the format in `ledger import FORMAT`, and the first part of its events' sources.
    static var format: String { get }

    /// Whether a value looks like a body of this format.
    ///
    /// A file whose top level maps names to bodies is read as its bodies: this tells them apart.
    static func isBody(_ value: JSONNode) -> Bool

    /// Reads one body: every thing in it becomes one element.
    static func read(_ body: JSONNode, into reading: inout Reading)
}

extension JSONNode {
    /// The moment that a number or text of seconds since 1970 names; nil where it names none.
    public var seconds: Instant? {
        guard let seconds = integer, (0...9_000_000_000).contains(seconds) else { return nil }
        return Instant(nanoseconds: seconds * 1_000_000_000)
    }

    /// The moment that a number or text of milliseconds since 1970 names; nil where it names none.
    public var milliseconds: Instant? {
        guard let count = integer, (0...9_000_000_000_000).contains(count) else { return nil }
        return Instant(nanoseconds: count * 1_000_000)
    }

    /// The moment that an RFC 3339 text names, as it is spelt; nil where it names none.
    public var timestamp: Timestamp? { text.flatMap { try? Timestamp.parse($0) } }
}

extension DraftBuilder {
    /// Keeps the members of an object that have no meaning here, as unknown members of `data`.
    ///
    /// - Parameter known: the names of those that were read.
    public mutating func keep(_ object: JSONNode, except known: [String]) {
        var json: [UInt8] = []
        for (key, value) in object.members where !known.contains(where: key.equals) {
            json.append(json.isEmpty ? 0x7B : 0x2C)
            key.append(to: &json)
            json.append(0x3A)
            value.append(to: &json)
        }
        guard !json.isEmpty else { return }
        json.append(0x7D)
        add(.extras, .json, json.span)
    }
}
