import Bytes

/// A JSON text that was read once: its values by their places, for input of elsewhere.
///
/// Nothing is copied but the list of places: 16 bytes a value. Texts are made when asked for.
///
/// ```swift
/// let body = try JSONDocument(bytes).root
/// let id = body["entry"]?.elements.first?["id"]?.text
/// ```
public final class JSONDocument: Sendable {
    /// The text.
    public let bytes: [UInt8]
    fileprivate let nodes: [Node]

    fileprivate struct Node: BitwiseCopyable, Sendable {
        var kind: JSONNode.Kind
        /// Whether a string is spelt with escapes.
        var isEscaped = false
        /// Where the value begins, and where it ends; of a string without its quotes.
        var start: UInt32
        var end: UInt32
        /// The node behind this value and all within it.
        var next: UInt32
    }

    /// Reads one JSON text to its end.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, at most 1 GiB.
    ///   - line: the number of its first line, for errors.
    /// - Throws: `not_json`, `duplicate_key`, `too_deep` with offset and line.
    public init(_ bytes: [UInt8], line: Int = 1) throws(EventError) {
        self.bytes = bytes
        guard bytes.count <= 1 << 30 else {
            throw EventError(.tooLarge, "A JSON text has at most 1 GiB.", line: line)
        }
        var nodes: [Node] = []
        nodes.reserveCapacity(bytes.count / 12 + 4)
        var reader = JSONReader(bytes.span, line: line)
        try Self.read(&reader, into: &nodes)
        try reader.finish()
        self.nodes = nodes
    }

    /// The whole value.
    public var root: JSONNode { JSONNode(document: self, index: 0) }

    private static func read(
        _ reader: inout JSONReader, into nodes: inout [Node]
    ) throws(EventError) {
        let first = try reader.peek()
        let place = nodes.count
        let start = UInt32(truncatingIfNeeded: reader.at)
        nodes.append(Node(kind: .null, start: start, end: start, next: 0))
        switch first {
        case 0x22:
            let string = try reader.string()
            nodes[place] = node(string)
        case 0x7B:
            nodes[place].kind = .object
            try readObject(&reader, into: &nodes)
        case 0x5B:
            nodes[place].kind = .array
            try reader.beginArray()
            var isFirst = true
            while try reader.element(isFirst: isFirst) {
                isFirst = false
                try read(&reader, into: &nodes)
            }
        case 0x74, 0x66: nodes[place].kind = try reader.flag() ? .yes : .no
        case 0x6E: try reader.null()
        default:
            _ = try reader.number()
            nodes[place].kind = .number
        }
        if first != 0x22 { nodes[place].end = UInt32(truncatingIfNeeded: reader.at) }
        nodes[place].next = UInt32(truncatingIfNeeded: nodes.count)
    }

    private static func readObject(
        _ reader: inout JSONReader, into nodes: inout [Node]
    ) throws(EventError) {
        try reader.beginObject()
        var keys = JSONKeys()
        var count = 0
        let first = nodes.count
        while let name = try reader.key(isFirst: count == 0) {
            // Few plain names are compared where they lie; more are put into a set.
            if count == fewKeys { try claim(from: first, in: nodes, reader, among: &keys) }
            if count >= fewKeys {
                try reader.claim(name, among: &keys)
            } else if has(name, from: first, in: nodes, reader) {
                throw reader.duplicate(name)
            }
            count += 1
            var key = node(name)
            key.next = UInt32(truncatingIfNeeded: nodes.count + 1)
            nodes.append(key)
            try read(&reader, into: &nodes)
        }
    }

    /// How many names of one object are compared with each other.
    private static let fewKeys = 16

    /// Whether an object whose first name is the node `first` has a name already.
    private static func has(
        _ name: JSONString, from first: Int, in nodes: [Node], _ reader: borrowing JSONReader
    ) -> Bool {
        var at = first
        while at < nodes.count {
            let key = nodes[at]
            let range = Int(key.start)..<Int(key.end)
            if name.isEscaped || key.isEscaped {
                let other = reader.utf8(JSONString(range: range, isEscaped: key.isEscaped))
                let own = reader.utf8(name)
                if own.span.equals(other.span) { return true }
            } else if range.count == name.range.count,
                reader.bytes.extracting(range).equals(reader.bytes.extracting(name.range))
            {
                return true
            }
            at = Int(nodes[at &+ 1].next)
        }
        return false
    }

    /// Puts the names of an object into a set.
    private static func claim(
        from first: Int, in nodes: [Node], _ reader: borrowing JSONReader,
        among keys: inout JSONKeys
    ) throws(EventError) {
        var at = first
        while at < nodes.count {
            let key = nodes[at]
            try reader.claim(
                JSONString(range: Int(key.start)..<Int(key.end), isEscaped: key.isEscaped),
                among: &keys)
            at = Int(nodes[at &+ 1].next)
        }
    }

    private static func node(_ string: JSONString) -> Node {
        Node(
            kind: .text, isEscaped: string.isEscaped,
            start: UInt32(truncatingIfNeeded: string.range.lowerBound),
            end: UInt32(truncatingIfNeeded: string.range.upperBound), next: 0)
    }
}

/// One value of a ``JSONDocument``.
public struct JSONNode: Sendable {
    /// What a value is.
    public enum Kind: UInt8, Sendable, BitwiseCopyable {
        case null, no, yes, number, text, array, object
    }

    let document: JSONDocument
    let index: Int

    private var node: JSONDocument.Node { document.nodes[index] }

    /// What it is.
    public var kind: Kind { node.kind }

    /// Where it lies in the document's bytes; a text without its quotes.
    public var range: Range<Int> { Int(node.start)..<Int(node.end) }

    /// The member of that name, or nil; nil too where this is no object, or the member is null.
    public subscript(name: String) -> JSONNode? {
        guard let at = document.member(name, of: index) else { return nil }
        return document.nodes[at].kind == .null ? nil : JSONNode(document: document, index: at)
    }

    /// The members of an object in their order; empty where this is none.
    public var members: Members { Members(self) }

    /// The elements of an array; empty where this is none.
    public var elements: Elements { Elements(self) }

    /// The text, its escapes resolved; nil where this is none.
    public var text: String? {
        guard node.kind == .text else { return nil }
        let all = document.bytes
        if !node.isEscaped { return all.span.extracting(range).string }
        let text = utf8
        return text.span.string
    }

    /// The bytes of a text, its escapes resolved, or of any other value as it is spelt.
    public var utf8: [UInt8] {
        var text: [UInt8] = []
        appendText(to: &text)
        return text
    }

    /// Appends the bytes of a text, its escapes resolved, or of any other value as it is spelt.
    public func appendText(to text: inout [UInt8]) {
        let all = document.bytes
        guard node.isEscaped else { return text.append(all.span.extracting(range)) }
        let reader = JSONReader(all.span)
        reader.append(JSONString(range: range, isEscaped: true), to: &text)
    }

    /// The text, or a number or flag as it is spelt; nil for null, arrays and objects.
    public var scalar: String? {
        switch node.kind {
        case .text: text
        case .number, .yes, .no: spelling
        default: nil
        }
    }

    private var spelling: String {
        let all = document.bytes
        return all.span.extracting(range).string
    }

    /// A whole number, or a text that spells one; nil else.
    public var integer: Int64? {
        guard node.kind == .number || node.kind == .text else { return nil }
        let all = document.bytes
        let span = all.span.extracting(range)
        var value: Int64 = 0
        var at = 0
        let isNegative = span.count > 1 && span[0] == 0x2D
        if isNegative { at = 1 }
        guard at < span.count, span.count - at <= 18 else { return nil }
        while at < span.count {
            guard span[at] &- 0x30 < 10 else { return nil }
            value = 10 * value + Int64(span[at] & 15)
            at += 1
        }
        return isNegative ? -value : value
    }

    /// True or false; nil where this is neither.
    public var flag: Bool? {
        switch node.kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// Whether it is this very text.
    public func equals(_ text: String) -> Bool {
        node.kind == .text && document.isText(index, text)
    }

    /// Whether both are the same text, whatever escapes they are spelt with.
    public func equals(_ other: JSONNode) -> Bool {
        guard node.kind == .text, other.node.kind == .text else { return false }
        return withText { own in other.withText { own.equals($0) } }
    }

    /// Whether this is a text of at least one byte.
    public var isFilledText: Bool { node.kind == .text && node.end > node.start }

    /// A number that most texts have alone: of the length and the first bytes.
    public var tag: UInt64 { withText { $0.tag } }

    /// The ``tag`` of a text.
    public static func tag(of text: String) -> UInt64 { text.utf8Span.span.tag }

    /// Lends the bytes of a text, its escapes resolved.
    func withText<Value>(_ body: (Span<UInt8>) -> Value) -> Value {
        let all = document.bytes
        guard node.isEscaped else { return body(all.span.extracting(range)) }
        let text = utf8
        return body(text.span)
    }

    /// Appends the value as compact JSON: without white space, numbers as they are spelt.
    public func append(to json: inout [UInt8]) {
        let all = document.bytes
        let span = all.span
        switch node.kind {
        case .text:
            if node.isEscaped {
                let text = utf8
                json.append(quoted: text.span)
            } else {
                json.append(span.extracting(range.lowerBound - 1..<range.upperBound + 1))
            }
        case .object:
            json.append(0x7B)
            var isFirst = true
            for member in members {
                if !isFirst { json.append(0x2C) }
                isFirst = false
                member.key.append(to: &json)
                json.append(0x3A)
                member.value.append(to: &json)
            }
            json.append(0x7D)
        case .array:
            json.append(0x5B)
            var isFirst = true
            for element in elements {
                if !isFirst { json.append(0x2C) }
                isFirst = false
                element.append(to: &json)
            }
            json.append(0x5D)
        default: json.append(span.extracting(range))
        }
    }

    /// The value as compact JSON.
    public var json: String {
        var json: [UInt8] = []
        append(to: &json)
        let text = json
        return text.span.string
    }

    /// The members of an object: names and values.
    public struct Members: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var at: Int
        private let end: Int

        init(_ node: JSONNode) {
            document = node.document
            at = node.index + 1
            end = node.kind == .object ? Int(node.node.next) : 0
        }

        /// The next member.
        public mutating func next() -> (key: JSONNode, value: JSONNode)? {
            guard at < end else { return nil }
            defer { at = Int(document.nodes[at + 1].next) }
            return (
                JSONNode(document: document, index: at),
                JSONNode(document: document, index: at + 1)
            )
        }
    }

    /// The elements of an array.
    public struct Elements: Sequence, IteratorProtocol {
        private let document: JSONDocument
        private var at: Int
        private let end: Int

        init(_ node: JSONNode) {
            document = node.document
            at = node.index + 1
            end = node.kind == .array ? Int(node.node.next) : 0
        }

        /// The next element.
        public mutating func next() -> JSONNode? {
            guard at < end else { return nil }
            defer { at = Int(document.nodes[at].next) }
            return JSONNode(document: document, index: at)
        }

        /// Whether there is none.
        public var isEmpty: Bool { at >= end }

        /// The first element, or nil.
        public var first: JSONNode? {
            isEmpty ? nil : JSONNode(document: document, index: at)
        }
    }
}

extension Span where Element == UInt8 {
    fileprivate var tag: UInt64 {
        guard count < 8 else { return load(at: 0, as: UInt64.self) ^ UInt64(count) << 56 }
        var word = UInt64(count) << 56
        for index in indices { word ^= UInt64(self[index]) << (8 * UInt64(index)) }
        return word
    }
}

extension JSONDocument {
    /// The place of a member's value; nil where there is none of that name.
    fileprivate func member(_ name: String, of object: Int) -> Int? {
        let nodes = nodes
        let all = bytes
        let text = name.utf8Span
        guard nodes[object].kind == .object else { return nil }
        let end = Int(nodes[object].next)
        var at = object &+ 1
        while at < end {
            let key = nodes[at]
            if key.isEscaped {
                if JSONNode(document: self, index: at).text == name { return at &+ 1 }
            } else if Int(key.end &- key.start) == text.count,
                all.span.extracting(Int(key.start)..<Int(key.end)).equals(text.span)
            {
                return at &+ 1
            }
            at = Int(nodes[at &+ 1].next)
        }
        return nil
    }

    /// Whether the text of a node is `name`.
    fileprivate func isText(_ index: Int, _ name: String) -> Bool {
        let node = nodes[index]
        let text = name.utf8Span
        guard !node.isEscaped else {
            return JSONNode(document: self, index: index).text == name
        }
        guard text.count == Int(node.end - node.start) else { return false }
        let all = bytes
        return all.span.extracting(Int(node.start)..<Int(node.end)).equals(text.span)
    }
}
