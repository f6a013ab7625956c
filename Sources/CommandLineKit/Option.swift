/// What the parser, help and completion know of an option, whatever its type.
public struct OptionDeclaration: Sendable {
    /// The name without dashes.
    public let name: String
    /// A letter for the short form, or nil.
    public var short: Character?
    /// What stands for the value in help, such as `DIR`; nil for a flag.
    public var placeholder: String?
    /// What a value is, to end the sentence "--limit takes …".
    public var expects: String
    /// What the option does, for help.
    public var summary: String
    /// The only values allowed, or empty.
    public var choices: [String] = []
    /// Whether it may be given more than once.
    public var isRepeated = false
    /// The environment variable that stands in for a missing option.
    public var environment: String?
    /// The value when it is missing, as help shows it.
    public var standard: String?
    /// Whether one value, as written, is acceptable.
    let accepts: @Sendable (String) -> Bool

    /// The long form, as written on a command line.
    public var flag: String { "--\(name)" }
}

/// An option of any type: what a table of options holds.
public protocol OptionKey: Sendable {
    /// What is known of it without its type.
    var declaration: OptionDeclaration { get }
}

/// A typed key: declares an option, and asks ``Arguments`` for its value.
public struct Option<Value: Sendable>: OptionKey {
    /// What is known of it without its type.
    public let declaration: OptionDeclaration
    /// Turns the values as written (none if the option is missing) into the typed one.
    let decode: @Sendable ([String]) -> Value
}

extension Option where Value == Bool {
    /// An option without a value: true if given.
    public static func flag(
        _ name: String, short: Character? = nil, _ summary: String
    ) -> Option {
        Option(
            declaration: OptionDeclaration(
                name: name, short: short, expects: "no value", summary: summary,
                accepts: { _ in true }),
            decode: { !$0.isEmpty })
    }
}

extension Option where Value == String? {
    /// A text, nil if missing; `choices`, if not empty, are the only values allowed.
    public static func text(
        _ name: String, _ placeholder: String, short: Character? = nil, choices: [String] = [],
        environment: String? = nil, _ summary: String
    ) -> Option {
        var declaration = OptionDeclaration.text(name, placeholder, choices, environment, summary)
        declaration.short = short
        return Option(declaration: declaration, decode: { $0.last })
    }
}

extension Option where Value == String {
    /// A text with a default; `choices`, if not empty, are the only values allowed.
    public static func text(
        _ name: String, _ placeholder: String, default standard: String, choices: [String] = [],
        environment: String? = nil, _ summary: String
    ) -> Option {
        var declaration = OptionDeclaration.text(name, placeholder, choices, environment, summary)
        declaration.standard = standard
        return Option(declaration: declaration, decode: { $0.last ?? standard })
    }
}

extension Option where Value == [String] {
    /// A text that may be given several times, in the order given.
    public static func repeated(
        _ name: String, _ placeholder: String, choices: [String] = [], _ summary: String
    ) -> Option {
        var declaration = OptionDeclaration.text(name, placeholder, choices, nil, summary)
        declaration.isRepeated = true
        return Option(declaration: declaration, decode: { $0 })
    }
}

extension Option where Value == Int? {
    /// A whole number within `range`, nil if missing.
    public static func integer(
        _ name: String, _ placeholder: String, in range: ClosedRange<Int>, _ summary: String
    ) -> Option {
        Option(
            declaration: .integer(name, placeholder, range, summary),
            decode: { $0.last.flatMap(Int.init) })
    }
}

extension Option where Value == Int {
    /// A whole number within `range`, with a default.
    public static func integer(
        _ name: String, _ placeholder: String, in range: ClosedRange<Int>, default standard: Int,
        _ summary: String
    ) -> Option {
        var declaration = OptionDeclaration.integer(name, placeholder, range, summary)
        declaration.standard = String(standard)
        return Option(declaration: declaration, decode: { $0.last.flatMap(Int.init) ?? standard })
    }
}

extension Option {
    /// A value of a type of your own, nil if missing.
    ///
    /// `expects` ends the sentence "--from takes …"; `parse` answers nil for what it does not take.
    public static func value<Wrapped: Sendable>(
        _ name: String, _ placeholder: String, expects: String, _ summary: String,
        parse: @escaping @Sendable (String) -> Wrapped?
    ) -> Option where Value == Wrapped? {
        Option(
            declaration: OptionDeclaration(
                name: name, placeholder: placeholder, expects: expects, summary: summary,
                accepts: { parse($0) != nil }),
            decode: { $0.last.flatMap(parse) })
    }
}

extension OptionDeclaration {
    fileprivate static func text(
        _ name: String, _ placeholder: String, _ choices: [String], _ environment: String?,
        _ summary: String
    ) -> OptionDeclaration {
        OptionDeclaration(
            name: name, placeholder: placeholder,
            expects: choices.isEmpty ? placeholder : "one of \(choices.joined(separator: ", "))",
            summary: summary, choices: choices, environment: environment,
            accepts: { choices.isEmpty || choices.contains($0) })
    }

    fileprivate static func integer(
        _ name: String, _ placeholder: String, _ range: ClosedRange<Int>, _ summary: String
    ) -> OptionDeclaration {
        OptionDeclaration(
            name: name, placeholder: placeholder,
            expects: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            summary: summary,
            accepts: { text in Int(text).map(range.contains) ?? false })
    }
}
