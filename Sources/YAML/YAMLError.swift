/// Why a text is no document that this room accepts, and where.
public struct YAMLError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which rule the text broke.
    public enum Code: String, Sendable {
        /// Not YAML.
        case syntax
        /// Not UTF-8, or a control character.
        case encoding
        /// Nothing but white space and comments.
        case empty
        /// A key stands twice in one mapping.
        case duplicateKey = "duplicate_key"
        /// A key is a list or a mapping.
        case key
        /// More than one document.
        case documents
        /// An anchor or an alias.
        case alias
        /// An explicit tag.
        case tag
        /// Nested too deeply.
        case depth
        /// Too long.
        case size
        /// libyaml had no memory left.
        case memory
    }

    /// Which rule the text broke.
    public let code: Code
    /// What is wrong, without its place.
    public let message: String
    /// Line of the fault, from 1.
    public let line: Int
    /// Column of the fault in characters, from 1.
    public let column: Int

    /// Place and fault in one line.
    public var description: String { "line \(line), column \(column): \(message)" }
}
