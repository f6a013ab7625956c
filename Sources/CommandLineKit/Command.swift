/// One verb: its words, what it takes, and what it does.
public struct Command: Sendable {
    /// What a verb does; the answer is the process's exit code.
    public typealias Body = @Sendable (Arguments, Output) async throws -> Int32

    /// One command line with what it does, for help.
    public struct Example: Sendable {
        /// The command line.
        public let line: String
        /// What it does.
        public let meaning: String

        /// A command line with what it does.
        public init(_ line: String, _ meaning: String) {
            self.line = line
            self.meaning = meaning
        }
    }

    /// One word, or two with a space: `append`, `policy show`.
    public let name: String
    /// What it does, for lists: one line without a full stop.
    public let summary: String
    /// What more there is to say, for its own help.
    public let details: String
    /// What it takes without dashes, in order.
    public let operands: [OperandDeclaration]
    /// What it takes with dashes, beside the options of the program.
    public let options: [OptionDeclaration]
    /// Command lines to start from.
    public let examples: [Example]
    let body: Body

    /// Declares a verb.
    public init(
        _ name: String, _ summary: String, details: String = "",
        operands: [any OperandKey] = [], options: [any OptionKey] = [], examples: [Example] = [],
        body: @escaping Body
    ) {
        self.name = name
        self.summary = summary
        self.details = details
        self.operands = operands.map(\.declaration)
        self.options = options.map(\.declaration)
        self.examples = examples
        self.body = body
    }

    /// The name's first word.
    var verb: String { words[0] }
    var words: [String] { name.split(separator: " ").map(String.init) }

    /// The usage line without the program's name.
    var usage: String {
        let hasOptions = options.isEmpty ? [] : ["[OPTIONS]"]
        return ([name] + hasOptions + operands.map(\.usage)).joined(separator: " ")
    }
}

/// What a command was called with, by the keys that it declared.
public struct Arguments: Sendable {
    /// The command's name.
    public let command: String
    /// The process's environment.
    public let environment: [String: String]
    let options: [String: [String]]
    let operands: [String: [String]]

    /// The value of an option that the command or the program declares.
    public func callAsFunction<Value>(_ option: Option<Value>) -> Value {
        guard let values = options[option.declaration.name] else {
            preconditionFailure("\(command) does not declare \(option.declaration.flag)")
        }
        return option.decode(values)
    }

    /// Whether an option was given, by the command line or the environment.
    public func has(_ option: any OptionKey) -> Bool {
        options[option.declaration.name]?.isEmpty == false
    }

    /// The value of an operand that the command declares.
    public func callAsFunction<Value>(_ operand: Operand<Value>) -> Value {
        guard let words = operands[operand.declaration.name] else {
            preconditionFailure("\(command) does not declare \(operand.declaration.name)")
        }
        return operand.decode(words)
    }
}
