import Bytes
import Patterns

/// The policy's patterns of work items' names, ready to be looked for in texts.
public struct SubjectPatterns: Sendable {
    private let patterns: [Pattern]

    /// The most names that are taken out of one text.
    public static let namesMax = 32

    /// Compiles the patterns of a policy, which were checked when it was read.
    ///
    /// A name is a whole word: DR18549510 does not name DR1854951.
    public init(_ policy: Policy) {
        patterns = policy.subjects.patterns.compactMap { try? Pattern($0, isWord: true) }
    }

    /// The names in a text in their order, each once, in capital letters; at most ``namesMax``.
    public func names(in text: String) -> [String] {
        let bytes = Array(text.utf8)
        return names(in: bytes.span)
    }

    /// The names in valid UTF-8.
    public func names(in text: Span<UInt8>) -> [String] {
        var found: [(place: Int, name: String)] = []
        for pattern in patterns {
            for range in pattern.matches(in: text, limit: 2 * Self.namesMax) {
                let name = text.extracting(range).string.uppercased()
                found.append((range.lowerBound, name))
            }
        }
        if found.isEmpty { return [] }
        if patterns.count > 1 { found.sort { $0.place < $1.place } }
        var names: [String] = []
        for (_, name) in found where !names.contains(name) && names.count < Self.namesMax {
            names.append(name)
        }
        return names
    }
}
