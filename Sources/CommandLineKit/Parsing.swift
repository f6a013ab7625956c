/// A command line that was understood.
enum Request {
    /// Help for a command, for a group of commands, or (nil) for the program.
    case help(String?)
    /// The program's version.
    case version
    /// A command with what it takes.
    case run(Command, Arguments)
    /// No words at all.
    case nothing
}

extension Program {
    /// Understands a command line.
    func parse(
        _ words: [String], environment: [String: String]
    ) throws(UsageError) -> Request {
        var sorted = Words()
        let rest = words[...]
        let start = try sorted.take(rest, known: Global.all, operandsMax: 1)
        if sorted.options["version"] != nil { return .version }
        guard let verb = sorted.operands.first else {
            if let word = sorted.trailing?.first {
                throw UsageError("\u{201C}\(word)\u{201D} follows --, but no command precedes it")
            }
            return sorted.options["help"] != nil ? .help(nil) : .nothing
        }
        let candidates = commands.filter { $0.verb == verb }
        guard !candidates.isEmpty else { throw unknown(verb) }
        // Asked for anywhere, help wins over whatever else is wrong with the words.
        let own = words.prefix { $0 != "--" }
        let wantsHelp = own.contains("--help") || own.contains("-h")
        let command: Command
        do {
            command = try choose(among: candidates, rest.dropFirst(start), sorted)
        } catch {
            if wantsHelp { return .help(verb) }
            throw error
        }
        if wantsHelp { return .help(command.name) }
        do throws(UsageError) {
            try sorted.take(rest.dropFirst(start), known: Global.all + command.options)
            if sorted.options["version"] != nil { return .version }
            return .run(command, try arguments(of: command, sorted, environment))
        } catch {
            throw UsageError(error.message, command: command.name)
        }
    }

    /// Finds the command of two words, or else the one of one word.
    private func choose(
        among candidates: [Command], _ rest: ArraySlice<String>, _ sorted: Words
    ) throws(UsageError) -> Command {
        let single = candidates.first { $0.words.count == 1 }
        let pairs = candidates.filter { $0.words.count == 2 }
        if let single, pairs.isEmpty { return single }
        var ahead = sorted
        let known = Global.all + candidates.flatMap(\.options)
        try ahead.take(rest, known: known, operandsMax: 2)
        let second = ahead.operands.dropFirst().first
        if let pair = pairs.first(where: { $0.words[1] == second }) { return pair }
        if let single { return single }
        let verb = candidates[0].verb
        let names = pairs.map { $0.words[1] }
        guard let second else {
            throw UsageError(
                "\(verb) needs a second word: \(names.joined(separator: ", "))", command: verb)
        }
        throw UsageError(
            "\u{201C}\(verb) \(second)\u{201D} is no command"
                + Spelling.hint(for: second, among: names, prefix: "\(verb) "),
            command: verb)
    }

    func unknown(_ verb: String) -> UsageError {
        UsageError(
            "\u{201C}\(verb)\u{201D} is no command"
                + Spelling.hint(for: verb, among: commands.map(\.verb)))
    }

    /// Gives each operand its words and each missing option its stand-in.
    private func arguments(
        of command: Command, _ sorted: Words, _ environment: [String: String]
    ) throws(UsageError) -> Arguments {
        var options: [String: [String]] = [:]
        for option in Global.all + command.options {
            options[option.name] = try values(of: option, sorted, environment)
        }
        var words = sorted.operands.dropFirst(command.words.count)
        var trailing = sorted.trailing
        if let after = trailing, !command.operands.contains(where: { $0.kind == .trailing }) {
            words += after
            trailing = nil
        }
        var operands: [String: [String]] = [:]
        for operand in command.operands {
            switch operand.kind {
            case .required, .optional:
                operands[operand.name] = Array(words.prefix(1))
                if words.isEmpty, operand.kind == .required {
                    throw UsageError(
                        "\(command.name) needs \(operand.name): \(operand.summary)")
                }
                words = words.dropFirst()
            case .rest:
                operands[operand.name] = Array(words)
                words = []
            case .trailing:
                guard let after = trailing, !after.isEmpty else {
                    throw UsageError(
                        "\(command.name) needs -- and then \(operand.name): \(operand.summary)")
                }
                operands[operand.name] = after
            }
        }
        if let extra = words.first {
            throw UsageError("\(command.name) does not take \u{201C}\(extra)\u{201D}")
        }
        return Arguments(
            command: command.name, environment: environment, options: options, operands: operands)
    }

    private func values(
        of option: OptionDeclaration, _ sorted: Words, _ environment: [String: String]
    ) throws(UsageError) -> [String] {
        if let values = sorted.options[option.name] { return values }
        guard let variable = option.environment, let value = environment[variable], !value.isEmpty
        else { return [] }
        guard option.accepts(value) else {
            throw UsageError(
                "\(variable) takes \(option.expects); \u{201C}\(value)\u{201D} is none")
        }
        return [value]
    }
}
