import YAML

/// The members of one item of a list or map, each with its line.
struct ItemMembers {
    let reader: ValueReader
    let pairs: [YAMLNode.Pair]

    /// The member of that name with its reader, or nil.
    subscript(name: String) -> (node: YAMLNode, reader: ValueReader)? {
        guard let pair = pairs.first(where: { $0.key == name }) else { return nil }
        return (pair.node, reader.member(name, line: pair.line))
    }

    /// The member of that name with its reader.
    ///
    /// - Throws: the sentence that it is missing.
    func required(_ name: String) throws(PolicyError) -> (node: YAMLNode, reader: ValueReader) {
        guard let found = self[name] else { throw reader.fault("lacks \(name)") }
        return found
    }
}

extension ValueReader {
    /// How many items a list or a map may hold.
    static let itemsMax = 1_000

    /// The elements of a list.
    func list(_ node: YAMLNode, _ takes: String) throws(PolicyError) -> [YAMLNode] {
        guard !node.isNull else {
            throw fault("has no value; it takes \(takes). Leave it out to turn it off")
        }
        guard case .sequence(let items) = node.value else {
            throw fault("takes \(takes), not \(node.kindName)")
        }
        guard items.count <= Self.itemsMax else {
            throw fault("holds \(items.count) items; at most \(Self.itemsMax) are taken")
        }
        return items
    }

    /// The pairs of a map.
    func map(_ node: YAMLNode, _ takes: String) throws(PolicyError) -> [YAMLNode.Pair] {
        guard !node.isNull else {
            throw fault("has no value; it takes \(takes). Leave it out to turn it off")
        }
        guard case .mapping(let pairs) = node.value else {
            throw fault("takes \(takes), not \(node.kindName)")
        }
        guard pairs.count <= Self.itemsMax else {
            throw fault("holds \(pairs.count) items; at most \(Self.itemsMax) are taken")
        }
        return pairs
    }

    /// The members of one item, all of them known.
    func members(_ node: YAMLNode, known: [String]) throws(PolicyError) -> ItemMembers {
        let takes = "an item of \(known.joined(separator: ", "))"
        let pairs = try map(node, takes)
        for pair in pairs where !known.contains(pair.key) {
            throw member(pair.key, line: pair.line).fault(
                "is no key of a policy" + PolicyKey.near(pair.key, among: known))
        }
        return ItemMembers(reader: self, pairs: pairs)
    }

    /// A whole number of a member.
    func whole(_ node: YAMLNode, _ form: NumberForm) throws(PolicyError) -> Int {
        Int(try number(node, form, form.takes) / 1_000)
    }

    /// A time of the day as minutes since midnight; 24:00 is 00:00 of the next day.
    func timeOfDay(_ node: YAMLNode) throws(PolicyError) -> Int {
        let takes = "a time of the day such as \"23:00\""
        let (text, _) = try scalar(node, takes)
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.isDigits }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
            hour < 24 || (hour == 24 && minute == 0)
        else { throw fault("takes \(takes), not \(text)") }
        return hour % 24 * 60 + minute
    }
}

extension StringProtocol {
    /// Whether it holds the digits 0 to 9 and nothing else.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= $0 }
    }
}
