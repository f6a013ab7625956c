/// Where presets and environment variables of a policy are found; the room has neither.
public struct PolicySource: Sendable {
    /// The text of the preset of that name, or nil.
    public var preset: @Sendable (String) -> String?
    /// The value of the environment variable of that name, or nil.
    public var variable: @Sendable (String) -> String?

    /// Looks presets and variables up by calling these.
    public init(
        preset: @escaping @Sendable (String) -> String?,
        variable: @escaping @Sendable (String) -> String?
    ) {
        self.preset = preset
        self.variable = variable
    }

    /// Knows nothing: for recorded policies, which name neither presets nor variables.
    public static let none = PolicySource(preset: { _ in nil }, variable: { _ in nil })
}

/// A number that an environment variable holds: `${NAME}` or `${NAME:-5}`.
struct PolicyVariable {
    /// The variable.
    let name: String
    /// What holds where it is not set or empty.
    let fallback: String?

    /// Takes a text apart, or answers nil if it is a value of its own.
    init?(_ text: String) {
        guard text.hasPrefix("${"), text.hasSuffix("}") else { return nil }
        let inner = text.dropFirst(2).dropLast()
        let end = inner.firstIndex { !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_")) }
        let rest = inner[(end ?? inner.endIndex)...]
        guard !inner.isEmpty, end != inner.startIndex, rest.isEmpty || rest.hasPrefix(":-") else {
            return nil
        }
        name = String(inner[..<(end ?? inner.endIndex)])
        fallback = rest.isEmpty ? nil : String(rest.dropFirst(2))
    }

    /// The value, or nil where there is none.
    func value(_ variable: (String) -> String?) -> String? {
        guard let value = variable(name), !value.isEmpty else { return fallback }
        return value
    }
}
