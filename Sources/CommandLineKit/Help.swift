/// What `help` prints, made from the table.
extension Program {
    /// Help for the program: every command with its summary.
    func help(_ sink: Sink, _ out: Output) -> String {
        func title(_ text: String) -> String { out.styled(text, .bold, on: sink) }
        return """
            \(name): \(summary)

            \(title("Usage:")) \(name) COMMAND [OPTIONS]

            \(title("Commands:"))
            \(Self.list(commands.map { ($0.name, $0.summary) }))
            \(title("Options of every command:"))
            \(Self.list(Global.all.map { (Self.spelling($0), Self.meaning($0)) }))
            \(name) help COMMAND explains one command.

            """
    }

    /// Help for the commands that share a first word.
    func help(forGroup group: [Command], _ out: Output) -> String {
        let title = out.styled("Commands:", .bold, on: out.results)
        return "\(title)\n" + Self.list(group.map { ($0.name, $0.summary) })
    }

    /// Help for one command: usage, examples, what it takes.
    func help(for command: Command, _ out: Output) -> String {
        func title(_ text: String) -> String { out.styled(text, .bold, on: out.results) }
        var text = "\(command.summary)\n\n\(title("Usage:")) \(name) \(command.usage)\n"
        if !command.details.isEmpty { text += "\n\(command.details)\n" }
        if !command.examples.isEmpty {
            text += "\n\(title("Examples:"))\n"
            text += Self.list(command.examples.map { ($0.line, $0.meaning) })
        }
        if !command.operands.isEmpty {
            text += "\n\(title("Operands:"))\n"
            text += Self.list(command.operands.map { ($0.name, $0.summary) })
        }
        if !command.options.isEmpty {
            text += "\n\(title("Options:"))\n"
            text += Self.list(command.options.map { (Self.spelling($0), Self.meaning($0)) })
        }
        text += "\n\(title("Options of every command:"))\n"
        return text + Self.list(Global.all.map { (Self.spelling($0), Self.meaning($0)) })
    }

    /// The commands as a Markdown table, for a README.
    public func markdown() -> String {
        var text = "| command | what it does |\n| --- | --- |\n"
        for command in commands {
            // A bar would end the cell, even in code.
            let usage = command.usage.split(separator: "|", omittingEmptySubsequences: false)
                .joined(separator: "\\|")
            text += "| `\(name) \(usage)` | \(command.summary) |\n"
        }
        return text
    }

    /// The option as it is typed.
    private static func spelling(_ option: OptionDeclaration) -> String {
        let short = option.short.map { "-\($0), " } ?? ""
        return short + option.flag + (option.placeholder.map { " \($0)" } ?? "")
    }

    /// What the option does, with its values, its stand-ins and its default.
    private static func meaning(_ option: OptionDeclaration) -> String {
        var notes: [String] = []
        if !option.choices.isEmpty { notes.append(option.choices.joined(separator: ", ")) }
        if option.isRepeated { notes.append("may be repeated") }
        if let variable = option.environment { notes.append("or \(variable)") }
        if let standard = option.standard { notes.append("default \(standard)") }
        return option.summary + (notes.isEmpty ? "" : " (\(notes.joined(separator: "; ")))")
    }

    /// Two columns; a first cell too long for its column stands on a line of its own.
    private static func list(_ rows: [(String, String)]) -> String {
        let columnMax = 34
        let widths = rows.map { Terminal.width(of: $0.0) }
        let column = widths.filter { $0 <= columnMax }.max() ?? 0
        var text = ""
        for ((left, right), width) in zip(rows, widths) {
            let isLong = width > columnMax
            let gap =
                isLong
                ? "\n" + String(repeating: " ", count: column + 4)
                : String(repeating: " ", count: column - width + 2)
            text += "  \(left)\(gap)\(right)\n"
        }
        return text
    }
}
