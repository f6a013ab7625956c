import CommandLineKit
import Events
import Evidence
import Gate
import Ledger
import Storage

/// What a verb did not do, and why: every room's errors as the command line tells them.
struct Failure: CommandError {
    let exitCode: Int32
    let code: String
    let message: String

    /// A failure with a code for programs and a sentence for people.
    init(_ code: String, _ message: String, exitCode: Int32 = ExitCode.failed) {
        self.exitCode = exitCode
        self.code = code
        self.message = message
    }

    /// What it means that a ledger cannot be opened: where there is none, a code of its own.
    init(opening error: any Error) {
        let known = Failure(error)
        let isMissing = (error as? LedgerError)?.code == .notFound
        self.init(
            known.code, known.message,
            exitCode: isMissing ? ExitCode.noLedger : known.exitCode)
    }

    /// What an error of another room means to a user.
    init(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as LedgerError: self.init(error.code.rawValue, error.message)
        case let error as EventError:
            let place = error.line.map { "line \($0): " } ?? ""
            self.init(error.code.name, place + error.message)
        case let error as PolicyError: self.init("invalid_policy", error.description)
        case let error as EvidenceError: self.init(error.code.rawValue, error.message)
        case let error as StorageError: self.init(error.code.rawValue, error.message)
        default: self.init("failed", String(describing: error))
        }
    }

    private init(_ code: String, _ message: String) {
        // Busy is the one failure that goes away by itself.
        let exitCode = code == "busy" ? ExitCode.busy : ExitCode.failed
        self.init(code, message, exitCode: exitCode)
    }

    /// Writes `{"error":{"code","message","line"}}`: a co-process's answer to a bad line.
    static func answer(_ error: any Error, line: Int) -> [UInt8] {
        var json = JSONWriter()
        let failure =
            (error as? EventError).map { Failure($0.code.name, $0.message) } ?? Failure(error)
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.member("code", failure.code)
        json.member("message", failure.message)
        json.member("line", line)
        json.endObject()
        json.endObject()
        return json.finish()
    }
}

extension Command {
    /// A verb: a command whose errors of any room become a ``Failure``.
    static func verb(
        _ name: String, _ summary: String, details: String = "",
        operands: [any OperandKey] = [], options: [any OptionKey] = [],
        examples: [Example] = [], body: @escaping Body
    ) -> Command {
        Command(
            name, summary, details: details, operands: operands, options: options,
            examples: examples
        ) { arguments, out in
            do {
                return try await body(arguments, out)
            } catch let error as any CommandError {
                throw error
            } catch {
                throw Failure(error)
            }
        }
    }
}
