/// YAML documents as trees whose nodes know their line and column.
///
/// # Basics
/// ``YAMLNode/parse(_:)-(Span<UInt8>)`` turns one document into a ``YAMLNode``. Scalars stay text:
/// what a `2` means is for the reader of the tree to say, and ``YAMLNode/Style`` tells it whether
/// the text stood in quotes.
///
/// # Caveats
/// This is YAML for settings, not for data: anchors, aliases and tags are refused (a few hundred
/// bytes of aliases can stand for gigabytes), and so are repeated keys, a second document, more
/// than ``YAMLNode/depthMax`` levels and more than ``YAMLNode/bytesMax`` bytes.

/// One value of a YAML document, and where it begins.
public struct YAMLNode: Sendable, Equatable {
    /// How deeply sequences and mappings may nest.
    public static let depthMax = 32
    /// How long a document may be: 1 MiB.
    public static let bytesMax = 1 << 20

    /// How a scalar was written.
    public enum Style: Sendable, Equatable {
        /// Without quotes: may stand for a number, a truth value or null.
        case plain
        /// In quotes, or as a block of text: always text.
        case text
    }

    /// What the node holds.
    public enum Value: Sendable, Equatable {
        /// A text, a number, a truth value or null, as it was written.
        case scalar(String, Style)
        /// A list.
        case sequence([YAMLNode])
        /// Keys and values, in the order of the document; no key stands twice.
        case mapping([Pair])
    }

    /// One key of a mapping with its value.
    public struct Pair: Sendable, Equatable {
        /// The key's text.
        public let key: String
        /// Line of the key, from 1.
        public let line: Int
        /// Column of the key in characters, from 1.
        public let column: Int
        /// What the key stands for.
        public let node: YAMLNode
    }

    /// What the node holds.
    public let value: Value
    /// Line where the node begins, from 1.
    public let line: Int
    /// Column where the node begins, in characters, from 1.
    public let column: Int

    /// Whether the node is YAML's null: nothing, `~` or `null` without quotes.
    public var isNull: Bool {
        guard case .scalar(let text, .plain) = value else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The value of a key, or nil if the node is no mapping or lacks the key.
    public subscript(key: String) -> YAMLNode? {
        guard case .mapping(let pairs) = value else { return nil }
        return pairs.first { $0.key == key }?.node
    }
}
