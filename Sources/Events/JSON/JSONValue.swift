import Bytes

/// A JSON value as a tree, for small requests: objects keep their order, numbers their spelling.
public enum JSONValue: Sendable, Equatable {
    case null
    case flag(Bool)
    /// A number as it is spelt.
    case number(String)
    case text(String)
    case array([JSONValue])
    /// Members in the order given; names are unique.
    case object([Member])

    /// One member of an object.
    public struct Member: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value.
        public let value: JSONValue

        /// A member of that name.
        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// Reads one JSON text to its end.
    ///
    /// - Throws: ``EventError`` with offset and line: `not_json`, `duplicate_key`, `too_deep`.
    public static func parse(_ json: Span<UInt8>, line: Int = 1) throws(EventError) -> JSONValue {
        var reader = JSONReader(json, line: line)
        let value = try read(&reader)
        try reader.finish()
        return value
    }

    /// Reads one JSON text to its end.
    public static func parse(_ json: String) throws(EventError) -> JSONValue {
        try parse(json.utf8Span.span)
    }

    private static func read(_ reader: inout JSONReader) throws(EventError) -> JSONValue {
        switch try reader.peek() {
        case 0x22: return .text(reader.text(try reader.string()))
        case 0x7B:
            try reader.beginObject()
            var members: [Member] = []
            var keys = JSONKeys()
            while let name = try reader.key(isFirst: members.isEmpty) {
                try reader.claim(name, among: &keys)
                members.append(Member(reader.text(name), try read(&reader)))
            }
            return .object(members)
        case 0x5B:
            try reader.beginArray()
            var elements: [JSONValue] = []
            while try reader.element(isFirst: elements.isEmpty) {
                elements.append(try read(&reader))
            }
            return .array(elements)
        case 0x74, 0x66: return .flag(try reader.flag())
        case 0x6E:
            try reader.null()
            return .null
        default: return .number(reader.bytes.extracting(try reader.number().range).string)
        }
    }

    /// The member of that name, or nil; nil too where this is no object.
    public subscript(name: String) -> JSONValue? {
        members.first { $0.name == name }?.value
    }

    /// The members of an object; empty where this is none.
    public var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }

    /// The elements of an array; empty where this is none.
    public var elements: [JSONValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    /// The text, or nil where this is none.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// True or false, or nil where this is neither.
    public var flag: Bool? {
        if case .flag(let flag) = self { flag } else { nil }
    }

    /// The whole number, or nil where this is none of 64 bits.
    public var integer: Int64? {
        if case .number(let spelling) = self { Int64(spelling) } else { nil }
    }

    /// The position, or nil where this is none.
    public var position: Position? {
        if case .number(let spelling) = self { Position(spelling) } else { nil }
    }

    /// The list of texts, or nil where this is none.
    public var texts: [String]? {
        guard case .array(let elements) = self else { return nil }
        let texts = elements.compactMap(\.text)
        return texts.count == elements.count ? texts : nil
    }

    /// Whether this is null.
    public var isNull: Bool { self == .null }

    /// Writes the value as compact text.
    public func write(to json: inout JSONWriter) {
        switch self {
        case .null: json.null()
        case .flag(let flag): json.value(flag)
        case .number(let spelling): json.raw(spelling.utf8Span.span)
        case .text(let text): json.value(text)
        case .array(let elements):
            json.beginArray()
            for element in elements { element.write(to: &json) }
            json.endArray()
        case .object(let members):
            json.beginObject()
            for member in members {
                json.key(member.name)
                member.value.write(to: &json)
            }
            json.endObject()
        }
    }
}
