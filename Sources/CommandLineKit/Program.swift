/// A program of commands: one table from which everything a user sees is made.
public struct Program: Sendable {
    /// The program's name, as it is typed.
    public let name: String
    /// The program's version.
    public let version: String
    /// What the program is for, in one line.
    public let summary: String
    private let given: [Command]

    /// A program of `commands`, to which it adds `help` and `completion`; names must differ.
    public init(name: String, version: String, summary: String, commands: [Command]) {
        self.name = name
        self.version = version
        self.summary = summary
        given = commands
        let names = self.commands.map(\.name)
        precondition(Set(names).count == names.count, "two commands have one name")
        for command in self.commands {
            let flags = (Global.all + command.options).map(\.flag)
            precondition(Set(flags).count == flags.count, "\(command.name): one option twice")
        }
    }

    /// All commands, in the order of help; `help` and `completion` are the last.
    public var commands: [Command] { given + [helpCommand, completionCommand] }

    private var helpCommand: Command {
        let topic = Operand.rest("COMMAND", "The command to explain")
        return Command("help", "Print help for all commands or for one", operands: [topic]) {
            arguments, out in
            let words = arguments(topic)
            try printHelp(words.isEmpty ? nil : words.joined(separator: " "), out)
            return ExitCode.done
        }
    }

    private var completionCommand: Command {
        let shell = Operand.required("SHELL", "The shell to complete in: bash")
        return Command(
            "completion", "Print a script that completes commands in a shell", operands: [shell],
            examples: [
                Command.Example("source <(\(name) completion bash)", "complete in this shell")
            ]
        ) { arguments, out in
            guard arguments(shell) == "bash" else {
                throw UsageError(
                    "completion takes bash; \u{201C}\(arguments(shell))\u{201D} is none",
                    command: "completion")
            }
            out.results.write(bashCompletion())
            return ExitCode.done
        }
    }

    /// Runs one command line, without the program's own name; answers the exit code.
    ///
    /// Results go to `out.results`, messages and errors to `out.messages`; with `--json` an error
    /// is an object on `out.results`. Both are flushed.
    public func run(
        _ words: [String], environment: [String: String], out: Output
    ) async -> Int32 {
        var out = out
        let own = words.prefix { $0 != "--" }
        out.isJSON = own.contains(Global.json.declaration.flag)
        if own.contains(Global.noColor.declaration.flag) { out.allowsColor = false }
        var code: Int32
        do {
            code = try await perform(parse(words, environment: environment), &out)
        } catch {
            code = report(error, out)
        }
        out.flush()
        if out.results.failure != 0 {
            // Whoever closed the pipe has read enough; any other loss must be told.
            if !out.results.isClosed { out.complain("\(name): \(out.results.failureSentence)") }
            out.flush()
            code = max(code, ExitCode.failed)
        }
        return code
    }

    private func perform(_ request: Request, _ out: inout Output) async throws -> Int32 {
        switch request {
        case .nothing:
            out.messages.write(help(out.messages, out))
            return ExitCode.usage
        case .version:
            out.line("\(name) \(version)")
        case .help(let topic):
            try printHelp(topic, out)
        case .run(let command, let arguments):
            out.isQuiet = arguments(Global.quiet)
            return try await command.body(arguments, out)
        }
        return ExitCode.done
    }

    private func printHelp(_ topic: String?, _ out: Output) throws(UsageError) {
        guard let topic else {
            out.results.write(help(out.results, out))
            return
        }
        if let command = commands.first(where: { $0.name == topic }) {
            out.results.write(help(for: command, out))
        }
        let group = commands.filter { $0.verb == topic && $0.name != topic }
        if !group.isEmpty {
            out.results.write(help(forGroup: group, out))
        } else if !commands.contains(where: { $0.name == topic }) {
            throw unknown(topic)
        }
    }

    /// Tells an error as the caller asked for it; answers its exit code.
    private func report(_ error: any Error, _ out: Output) -> Int32 {
        let known = error as? any CommandError
        let message = known?.message ?? String(describing: error)
        if out.isJSON {
            let code = known?.code ?? "failed"
            out.line(
                "{\"error\":{\"code\":\(JSONText.quoted(code)),"
                    + "\"message\":\(JSONText.quoted(message))}}")
        } else {
            let title = out.styled("\(name):", .red, on: out.messages)
            out.complain("\(title) \(Terminal.escape(message))")
            if let usage = error as? UsageError {
                let topic = usage.command.map { " \($0)" } ?? ""
                out.complain("Try: \(name) help\(topic)")
            }
        }
        return known?.exitCode ?? ExitCode.failed
    }
}
