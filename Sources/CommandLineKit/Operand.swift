/// What the parser and help know of an operand, whatever its type.
public struct OperandDeclaration: Sendable {
    /// How many words an operand takes.
    public enum Kind: Sendable {
        /// Exactly one.
        case required
        /// One or none.
        case optional
        /// All that are left, perhaps none.
        case rest
        /// All words after `--`, at least one: another program's command line.
        case trailing
    }

    /// What stands for it in help, such as `FILE`.
    public let name: String
    /// How many words it takes.
    public let kind: Kind
    /// What it is, for help.
    public let summary: String

    /// The operand in a usage line.
    var usage: String {
        switch kind {
        case .required: name
        case .optional: "[\(name)]"
        case .rest: "[\(name)...]"
        case .trailing: "-- \(name)..."
        }
    }
}

/// An operand of any type: what a table of operands holds.
public protocol OperandKey: Sendable {
    /// What is known of it without its type.
    var declaration: OperandDeclaration { get }
}

/// A typed key: declares words without dashes, and asks ``Arguments`` for them.
public struct Operand<Value: Sendable>: OperandKey {
    /// What is known of it without its type.
    public let declaration: OperandDeclaration
    /// Turns the words into the typed value.
    let decode: @Sendable ([String]) -> Value
}

extension Operand where Value == String {
    /// One word that must be there.
    public static func required(_ name: String, _ summary: String) -> Operand {
        Operand(
            declaration: OperandDeclaration(name: name, kind: .required, summary: summary),
            decode: { $0[0] })
    }
}

extension Operand where Value == String? {
    /// One word, nil if missing.
    public static func optional(_ name: String, _ summary: String) -> Operand {
        Operand(
            declaration: OperandDeclaration(name: name, kind: .optional, summary: summary),
            decode: { $0.first })
    }
}

extension Operand where Value == [String] {
    /// All words that are left, perhaps none.
    public static func rest(_ name: String, _ summary: String) -> Operand {
        Operand(
            declaration: OperandDeclaration(name: name, kind: .rest, summary: summary),
            decode: { $0 })
    }

    /// All words after `--`, at least one; they are not read as options.
    public static func trailing(_ name: String, _ summary: String) -> Operand {
        Operand(
            declaration: OperandDeclaration(name: name, kind: .trailing, summary: summary),
            decode: { $0 })
    }
}
