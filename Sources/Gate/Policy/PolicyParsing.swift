import Events
import YAML

extension Policy {
    /// Reads a policy that names neither presets nor variables, such as a recorded one.
    ///
    /// - Throws: ``PolicyError`` for the first fault: not YAML, a key that no policy has, or a
    ///   value of the wrong kind or out of range.
    public static func parse(_ text: String) throws(PolicyError) -> Policy {
        try parse(text.utf8Span.span)
    }

    /// Reads a policy from its bytes.
    ///
    /// - Throws: ``PolicyError``, as for text.
    public static func parse(_ bytes: Span<UInt8>) throws(PolicyError) -> Policy {
        try PolicyFile(bytes, source: .none).policy
    }

    /// The YAML of a policy.
    static func tree(of bytes: Span<UInt8>) throws(PolicyError) -> YAMLNode {
        do {
            return try YAMLNode.parse(bytes)
        } catch {
            let message =
                error.code == .empty
                ? "the policy is empty; it needs at least one key, such as rate_limits"
                : "column \(error.column): \(error.message)"
            throw PolicyError(line: error.line, keyPath: "", message: message)
        }
    }
}

/// A policy file with its presets and variables put in.
public struct PolicyFile: Sendable {
    /// What it says.
    public let policy: Policy
    /// The text to be recorded: the file's own, or the policy as YAML where the file names presets
    /// or variables, so that the record says all that holds.
    public let text: String
    /// The line of each key that the file itself holds, and of each scope, as `scopes[1]`.
    let lines: [String: Int]

    /// Reads a policy file from its bytes.
    ///
    /// - Throws: ``PolicyError`` for the first fault: not YAML, a key that no policy has, a value
    ///   of the wrong kind or out of range, an unknown preset, presets that extend each other in a
    ///   circle, or a variable that is not set.
    public init(_ bytes: Span<UInt8>, source: PolicySource) throws(PolicyError) {
        let root = try Policy.tree(of: bytes)
        var reader = PolicyReader(source: source)
        try reader.read(file: root)
        try reader.readScopes()
        policy = reader.policy
        let isOwn = !reader.isExtended && !root.holdsVariable
        text = isOwn ? String(copying: bytes) : policy.render()
        var lines = Dictionary(reader.seen.map { ($0.path, $0.line) }) { first, _ in first }
        for (index, scope) in reader.scopes.enumerated() where lines["scopes"] != nil {
            lines["scopes[\(index + 1)]"] = scope.line
        }
        self.lines = lines
    }
}

extension String {
    /// The text of UTF-8 that was checked before.
    fileprivate init(copying bytes: Span<UInt8>) {
        var copy: [UInt8] = []
        copy.reserveCapacity(bytes.count)
        for index in bytes.indices { copy.append(bytes[index]) }
        self = String(decoding: copy, as: UTF8.self)
    }
}

extension YAMLNode {
    /// Whether a value in it is an environment variable.
    fileprivate var holdsVariable: Bool {
        switch value {
        case .scalar(let text, _): PolicyVariable(text) != nil
        case .sequence(let nodes): nodes.contains(where: \.holdsVariable)
        case .mapping(let pairs): pairs.contains { $0.node.holdsVariable }
        }
    }
}
