import Bytes

/// A member that callers spell in several ways: a provider's code as `131056` or as `"131056"`.
public enum Scalar: MemberValue, Hashable, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral
{
    case text(String)
    case integer(Int64)
    /// Any other JSON, as compact text.
    case json(String)

    /// A text.
    public init(stringLiteral text: String) { self = .text(text) }

    /// A whole number.
    public init(integerLiteral number: Int64) { self = .integer(number) }

    /// The text, the number in decimal, or the JSON.
    public var description: String {
        switch self {
        case .text(let text), .json(let text): text
        case .integer(let number): String(number)
        }
    }

    /// Reads a text, a number or JSON.
    public init?(_ kind: FieldKind, _ bytes: Span<UInt8>) {
        switch kind {
        case .text: self = .text(bytes.string)
        case .integer where bytes.count == 8: self = .integer(bytes.load(at: 0, as: Int64.self))
        case .json: self = .json(bytes.string)
        default: return nil
        }
    }

    /// Adds the value in the way it is spelt.
    public func add(to builder: inout DraftBuilder, as field: Field) {
        switch self {
        case .text(let text): builder.add(field, text: text)
        case .integer(let number): builder.add(field, integer: number)
        case .json(let json): builder.add(field, .json, json.utf8Span.span)
        }
    }
}

extension EventView {
    /// A member that may be spelt in several ways, or nil.
    public func scalar(_ field: Field) -> Scalar? {
        guard let kind = kind(of: field), let range = range(of: field) else { return nil }
        return Scalar(kind, bytes.extracting(range))
    }
}
