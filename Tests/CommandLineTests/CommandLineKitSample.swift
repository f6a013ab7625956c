import CommandLineKit

/// A small program with one of everything, and what it printed.
struct Sample {
    static let from = Option<Int?>.value(
        "from", "T", expects: "a number of hours such as 2h", "Where to begin"
    ) { text in text.hasSuffix("h") ? Int(text.dropLast()) : nil }
    static let limit = Option.integer("limit", "N", in: 1...100, default: 10, "At most N")
    static let after = Option.integer("after", "N", in: 0...9, "Only after N")
    static let type = Option.repeated("type", "TYPE", "Only this type")
    static let reverse = Option.flag("reverse", "Last first")
    static let reply = Option.text("reply", "HOW", choices: ["chat", "direct"], "Where to")
    static let role = Option.text("role", "ROLE", environment: "LEDGER_ROLE", "Who runs")
    static let file = Operand.optional("FILE", "What to read, - for standard input")
    static let policy = Operand.required("POLICY", "The policy file")
    static let words = Operand.rest("WORD", "Words")
    static let child = Operand.trailing("CMD", "The program to run")

    struct Busy: CommandError {
        let exitCode = ExitCode.busy
        let code = "busy"
        let message = "process 42 holds the \u{1B}[31mlock"
    }
    struct Broken: Error {}

    static let program = Program(
        name: "ledger", version: "1.2.3", summary: "A ledger of messages",
        commands: [
            Command(
                "events", "Print events", details: "Oldest first.", operands: [file],
                options: [from, limit, after, type, reverse, reply],
                examples: [Command.Example("ledger events --from 2h", "the last two hours")]
            ) { arguments, out in
                out.line(
                    "file=\(arguments(file) ?? "none") from=\(arguments(from) ?? -1) "
                        + "limit=\(arguments(limit)) after=\(arguments(after) ?? -1) "
                        + "type=\(arguments(type)) reverse=\(arguments(reverse)) "
                        + "reply=\(arguments(reply) ?? "none") ledger=\(arguments(Global.ledger) ?? "none") "
                        + "now=\(arguments(Global.now) ?? "none") json=\(arguments(Global.json))")
                out.note("a note")
                return 0
            },
            Command("policy show", "Print the policy") { _, out in
                out.line("shown")
                return 0
            },
            Command("policy apply", "Apply a policy", operands: [policy]) { arguments, out in
                out.line("applied \(arguments(policy))")
                return 0
            },
            Command("instances", "List instances") { _, out in
                out.line("listed")
                return 0
            },
            Command("instances stop", "Stop a role", operands: [policy]) { arguments, out in
                out.line("stopped \(arguments(policy))")
                return 0
            },
            Command("run", "Run a program", operands: [child], options: [role]) { arguments, out in
                out.line("\(arguments(role) ?? "none") \(arguments(child))")
                return 7
            },
            Command("echo", "Print words", operands: [words]) { arguments, out in
                out.line("\(arguments(words))")
                return 0
            },
            Command("busy", "Fail busily") { _, _ in throw Busy() },
            Command("break", "Fail oddly") { _, _ in throw Broken() },
        ])

    var code: Int32
    var results: String
    var messages: String

    /// Runs one command line; words are split at spaces.
    init(_ line: String, environment: [String: String] = [:]) async {
        let out = Output(results: Sink(), messages: Sink())
        let words = line.split(separator: " ").map(String.init)
        code = await Self.program.run(words, environment: environment, out: out)
        results = out.results.text
        messages = out.messages.text
    }
}
