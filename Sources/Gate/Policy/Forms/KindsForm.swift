import YAML

/// `critical.kinds`: words and phrases by the name of a kind.
struct KindsForm: ItemsForm {
    var isMap: Bool { true }
    var takes: String { "kinds with their words, such as payment: [pay, \"credit*\"]" }

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var kinds: [Policy.CriticalKind] = []
        for pair in try reader.map(node, takes) {
            let inner = reader.member(pair.key, line: pair.line)
            guard (1...64).contains(pair.key.count) else {
                throw inner.fault("is no name of a kind: a name has 1 to 64 characters")
            }
            let patterns = try inner.texts(pair.node, 1...100)
            if patterns.isEmpty { throw inner.fault("names no word") }
            for pattern in patterns {
                try Self.check(pattern, inner)
            }
            kinds.append(Policy.CriticalKind(pair.key, patterns))
        }
        policy.critical.kinds = kinds
    }

    /// A pattern without a letter or digit would be found in no text, and one that begins with a
    /// star in none that is meant.
    private static func check(_ pattern: String, _ reader: ValueReader) throws(PolicyError) {
        guard pattern.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw reader.fault("names \(pattern), which holds no letter and no digit")
        }
        guard !pattern.dropLast().contains("*") else {
            throw reader.fault(
                "names \(pattern); a * stands for the rest of a word, at the end only")
        }
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        policy.critical.kinds.map { ($0.name, ItemWriter.list($0.patterns)) }
    }

    var schema: SchemaTree {
        .map(of: .object([("type", "array"), ("minItems", 1), ("items", .text(1...100))]))
    }
}
