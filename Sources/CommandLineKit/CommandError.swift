/// A failure that a command reports to its user: exit code, code for programs, sentence for people.
public protocol CommandError: Error {
    /// What the process answers: 1 failed, 64 usage, 75 busy.
    var exitCode: Int32 { get }
    /// A word that programs can compare, such as `busy`.
    var code: String { get }
    /// What went wrong and what to do, one sentence or a few.
    var message: String { get }
}

/// What a process answers.
public enum ExitCode {
    /// Done; for `ask`: send.
    public static let done: Int32 = 0
    /// Failed, or, of what checks, faults were found.
    public static let failed: Int32 = 1
    /// The command line was wrong.
    public static let usage: Int32 = 64
    /// There is no ledger where one was looked for.
    public static let noLedger: Int32 = 66
    /// The gate refused: nothing may be sent.
    public static let refused: Int32 = 77
    /// Busy, or `wait`: the same command may work later.
    public static let busy: Int32 = 75
}

/// Words that are no command of the program: exit code 64.
public struct UsageError: CommandError, Equatable {
    /// The sentence; it names the option or operand at fault.
    public let message: String
    /// The command that was meant, as far as it is known, for the hint after the sentence.
    public var command: String?

    /// A sentence that names the option or operand at fault.
    public init(_ message: String, command: String? = nil) {
        self.message = message
        self.command = command
    }

    /// Always 64.
    public var exitCode: Int32 { ExitCode.usage }
    /// Always `usage`.
    public var code: String { "usage" }
}
