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

    /// The bytes of a body as they may be kept, without secrets of ours; by default as they are.
    ///
    /// For input that is put aside before it is read, because it is cut off or no JSON. What is
    /// read says so itself: see ``Element/body``.
    static func redacted(_ bytes: [UInt8]) -> [UInt8]
}

extension BodyAdapter {
    /// The bytes as they are.
    public static func redacted(_ bytes: [UInt8]) -> [UInt8] { bytes }
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

extension JSONNode {
    /// The moment that a value names as bridges spell it; nil where it names none.
    ///
    /// Seconds since 1970 as number, text or `{"low": …, "high": 0}`; numbers of twelve digits and
    /// more are milliseconds; or RFC 3339.
    var moment: Timestamp? {
        let number = kind == .object ? self["low"]?.integer : integer
        guard let number else { return timestamp }
        guard (0...9_000_000_000_000).contains(number) else { return nil }
        let unit: Int64 = number < 100_000_000_000 ? 1_000_000_000 : 1_000_000
        let (count, overflow) = number.multipliedReportingOverflow(by: unit)
        let instant = Instant(nanoseconds: count)
        return overflow || instant > .latest ? nil : Timestamp(instant)
    }
}

/// Which members of an object were read: all of them, or of a member that is an object some of its.
public struct ReadMembers: Sendable, ExpressibleByDictionaryLiteral {
    private let names: [(name: String, inner: ReadMembers?)]
    /// The tag of each name: most keys are told apart by it.
    private let tags: [UInt64]

    /// The names with what was read of each; ``all`` of most.
    public init(dictionaryLiteral elements: (String, ReadMembers)...) {
        self.init(elements.map { ($0.0, $0.1.names.isEmpty ? nil : $0.1) })
    }

    private init(_ names: [(name: String, inner: ReadMembers?)]) {
        self.names = names
        tags = names.map { JSONNode.tag(of: $0.name) }
    }

    /// All of a member.
    public static let all: ReadMembers = [:]

    /// These members and others, which replace those of the same name.
    public func merging(_ others: ReadMembers) -> ReadMembers {
        ReadMembers(
            names.filter { own in !others.names.contains { $0.name == own.name } } + others.names)
    }

    /// What was read of a member; nil in nil where it was not, nil where all of it was.
    fileprivate func find(_ key: JSONNode) -> ReadMembers?? {
        let tag = key.tag
        for index in tags.indices where tags[index] == tag && key.equals(names[index].name) {
            return .some(names[index].inner)
        }
        return nil
    }
}

extension DraftBuilder {
    /// Keeps the members of an object that have no meaning here, as unknown members of `data`.
    ///
    /// One that has the name of a member with a meaning is kept under that name with `_` behind it.
    /// - Parameter known: the names of those that were read.
    public mutating func keep(_ object: JSONNode, except known: [String]) {
        keep(object) { key in known.contains(where: key.equals) ? .some(nil) : nil }
    }

    /// Keeps the members of an object that were not read, and of those that were read in part the
    /// rest.
    public mutating func keep(_ object: JSONNode, except read: ReadMembers) {
        keep(object, except: read.find)
    }

    private mutating func keep(
        _ object: JSONNode, except find: (JSONNode) -> ReadMembers??
    ) {
        var json: [UInt8] = []
        for (key, value) in object.members {
            let start = json.count
            if let read = find(key) {
                guard let inner = read, value.kind == .object else { continue }
                json.begin(key, of: object)
                if !json.append(value, except: inner) { json.removeLast(json.count - start) }
            } else {
                json.begin(key, of: object)
                value.append(to: &json)
            }
        }
        guard !json.isEmpty else { return }
        json.append(0x7D)
        add(.extras, .json, json.span)
    }
}

extension [UInt8] {
    /// Appends what is left of an object; false where nothing is.
    fileprivate mutating func append(_ object: JSONNode, except read: ReadMembers) -> Bool {
        let start = count
        for (key, value) in object.members {
            let before = count
            if let part = read.find(key) {
                guard let inner = part, value.kind == .object else { continue }
                begin(key, isFirst: before == start)
                if !append(value, except: inner) { removeLast(count - before) }
            } else {
                begin(key, isFirst: before == start)
                value.append(to: &self)
            }
        }
        guard count > start else { return false }
        append(0x7D)
        return true
    }

    private mutating func begin(_ key: JSONNode, isFirst: Bool) {
        append(isFirst ? 0x7B : 0x2C)
        key.append(to: &self)
        append(0x3A)
    }

    /// Begins a member of `data`, whose name must not be one that means something.
    fileprivate mutating func begin(_ key: JSONNode, of object: JSONNode) {
        guard Field.isMember(key) else { return begin(key, isFirst: isEmpty) }
        var free = key.text ?? ""
        repeat { free += "_" } while object.members.contains { $0.key.equals(free) }
        append(isEmpty ? 0x7B : 0x2C)
        append(0x22)
        append(contentsOf: free.utf8)
        append(contentsOf: [0x22, 0x3A])
    }
}
