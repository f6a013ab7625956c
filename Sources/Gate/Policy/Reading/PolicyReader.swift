import Events
import YAML

/// Reads the keys of a policy, and remembers which it read and where they stood.
struct PolicyReader {
    /// What was read so far.
    var policy = Policy()
    /// The keys that were read, in the order of the file, each with its line.
    private(set) var seen: [(path: String, line: Int)] = []
    /// The scopes, to be read once everything else is.
    private(set) var scopes: [YAMLNode] = []
    /// Whether a preset was put in.
    private(set) var isExtended = false
    /// Where presets and variables are found.
    let source: PolicySource
    /// The presets that are being read, the outermost first.
    var chain: [String] = []
    /// Whether a scope is read, in which some keys have no place.
    var isScope = false

    init(source: PolicySource, chain: [String] = []) {
        self.source = source
        self.chain = chain
    }

    /// Reads the file as a whole: the preset first, then its own keys.
    mutating func read(file root: YAMLNode) throws(PolicyError) {
        if case .mapping(let pairs) = root.value,
            let pair = pairs.first(where: { $0.key == "extends" })
        {
            try extend(pair)
        }
        try read(root, at: [])
    }

    /// Reads the mapping under `names`, a section or the file as a whole.
    mutating func read(
        _ node: YAMLNode, at names: [String], passing passed: [String] = []
    ) throws(PolicyError) {
        let path = names.joined(separator: ".")
        let title = names.isEmpty ? "the policy" : path
        guard case .mapping(let pairs) = node.value else {
            throw PolicyError(
                line: node.line, keyPath: path,
                message: "\(title) must hold keys and values, one a line; it is \(node.kindName)")
        }
        if pairs.isEmpty {
            throw PolicyError(line: node.line, keyPath: path, message: "\(title) holds no key")
        }
        for pair in pairs where !passed.contains(pair.key) {
            // Names are compared, not paths: a key may hold a point of its own.
            let inner = names + [pair.key]
            let path = inner.joined(separator: ".")
            if let key = PolicyKey.all.first(where: { $0.names == inner }) {
                try set(key, to: pair.node, line: pair.line)
            } else if PolicyKey.all.contains(where: { $0.names.starts(with: inner) }) {
                if pair.node.isNull {
                    throw PolicyError(
                        line: pair.line, keyPath: path,
                        message: "\(path) holds no key; leave it out, or indent its keys below it")
                }
                try read(pair.node, at: inner)
            } else {
                throw PolicyError(
                    line: pair.line, keyPath: path,
                    message: (path.isEmpty ? "\"\"" : path) + " is no key of a policy"
                        + PolicyKey.hint(for: inner))
            }
        }
    }

    private mutating func set(
        _ key: PolicyKey, to node: YAMLNode, line: Int
    ) throws(PolicyError) {
        let reader = ValueReader(path: key.path, line: line, source: source)
        seen.append((key.path, line))
        switch key.kind {
        case .base:
            if isScope { throw reader.fault("has no place in a scope") }
        case .scopes:
            if isScope { throw reader.fault("has no place in a scope") }
            scopes = try reader.list(node, key.takes)
        default:
            if isScope, !key.differsByScope { throw reader.fault("has no place in a scope") }
            try policy.read(key, node, reader)
        }
    }

    /// Begins with the preset that the file names.
    private mutating func extend(_ pair: YAMLNode.Pair) throws(PolicyError) {
        let reader = ValueReader(path: "extends", line: pair.line, source: source)
        let name = try reader.text(pair.node, 1...100)
        let inner = chain + [name]
        if chain.contains(name) {
            throw reader.fault("runs in a circle: \(inner.joined(separator: " extends "))")
        }
        guard let text = source.preset(name) else {
            throw reader.fault("names \(name), which is no preset; see 'ledger policy presets'")
        }
        var preset = PolicyReader(source: source, chain: inner)
        do {
            try preset.read(file: Policy.tree(of: text.utf8Span.span))
        } catch {
            // A circle names all that it runs through already.
            if error.keyPath == "extends" { throw reader.fault(error.tail) }
            throw reader.fault("names \(name), whose \(error.description)")
        }
        policy = preset.policy
        policy.name = nil
        scopes = preset.scopes
        isExtended = true
    }
}

extension PolicyError {
    /// The sentence without its key.
    fileprivate var tail: String { String(message.dropFirst(keyPath.count + 1)) }
}
