import Events
import YAML

extension Policy {
    /// Reads a policy file.
    ///
    /// - Throws: ``PolicyError`` for the first fault: not YAML, a key that no policy has, or a
    ///   value of the wrong kind or out of range.
    public static func parse(_ text: String) throws(PolicyError) -> Policy {
        try parse(text.utf8Span.span)
    }

    /// Reads a policy file from its bytes.
    ///
    /// - Throws: ``PolicyError``, as for text.
    public static func parse(_ bytes: Span<UInt8>) throws(PolicyError) -> Policy {
        let root: YAMLNode
        do {
            root = try YAMLNode.parse(bytes)
        } catch {
            let message =
                error.code == .empty
                ? "the policy is empty; it needs at least one key, such as rate_limits"
                : "column \(error.column): \(error.message)"
            throw PolicyError(line: error.line, keyPath: "", message: message)
        }
        var policy = Policy()
        try policy.read(root, at: [])
        return policy
    }

    /// Reads the mapping under `names`, a section or the file as a whole.
    private mutating func read(_ node: YAMLNode, at names: [String]) throws(PolicyError) {
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
        for pair in pairs {
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
        func refuse(_ message: String) -> PolicyError {
            PolicyError(line: line, keyPath: key.path, message: "\(key.path) \(message)")
        }
        guard !node.isNull else {
            throw refuse("has no value; it takes \(key.takes). Leave it out to turn it off")
        }
        guard case .scalar(let text, let style) = node.value else {
            throw refuse("takes \(key.takes), not \(node.kindName)")
        }
        if case .text(let range, let place) = key.kind {
            if style == .plain, let other = node.otherMeaning {
                throw refuse("takes text, not \(other); put \(text) in quotes")
            }
            guard range.contains(text.count) else {
                throw refuse("takes \(key.takes); this has \(text.count)")
            }
            self[keyPath: place] = text
            return
        }
        guard style == .plain else {
            throw refuse("takes \(key.takes), not text in quotes")
        }
        let number: Int64
        switch PolicyNumber.read(text, decimals: key.decimals) {
        case .success(let value): number = value
        case .failure(let reason): throw refuse("takes \(key.takes), \(reason.rawValue)")
        }
        guard store(number, for: key) else {
            throw refuse("takes \(key.takes), not \(text)")
        }
    }

    /// Stores a number in thousandths, or answers false if it is out of the key's range.
    private mutating func store(_ thousandths: Int64, for key: PolicyKey) -> Bool {
        func inside(_ range: ClosedRange<Int64>) -> Bool {
            thousandths >= range.lowerBound * 1_000 && thousandths <= range.upperBound * 1_000
        }
        switch key.kind {
        case .count(let range, let place):
            guard inside(range) else { return false }
            self[keyPath: place] = Int(thousandths / 1_000)
        case .seconds(let range, _, let place):
            guard inside(range) else { return false }
            self[keyPath: place] = .milliseconds(thousandths)
        case .secondsOrDefault(let range, _, let place):
            guard inside(range) else { return false }
            self[keyPath: place] = .milliseconds(thousandths)
        case .text:
            preconditionFailure("text is stored where it is read")
        }
        return true
    }
}

extension YAMLNode {
    /// What the node is, for a sentence.
    fileprivate var kindName: String {
        switch value {
        case .scalar where isNull: "empty"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a section with keys of its own"
        }
    }

    /// What a plain scalar means in YAML if that is not text.
    fileprivate var otherMeaning: String? {
        guard case .scalar(let text, .plain) = value else { return nil }
        if ["true", "false"].contains(text.lowercased()) { return "a truth value" }
        return Double(text) == nil ? nil : "a number"
    }
}
