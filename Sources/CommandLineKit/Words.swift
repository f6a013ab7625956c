/// Words of a command line, sorted into options, operands and what follows `--`.
struct Words {
    /// Values by option name, in the order given; a flag has one empty value per mention.
    var options: [String: [String]] = [:]
    /// Words without dashes; `-` is one.
    var operands: [String] = []
    /// The words after `--`, or nil without one.
    var trailing: [String]?

    /// Sorts `words`, knowing `known`; stops after `operandsMax` operands.
    ///
    /// Answers how many words it has taken.
    @discardableResult
    mutating func take(
        _ words: ArraySlice<String>, known: [OptionDeclaration], operandsMax: Int = .max
    ) throws(UsageError) -> Int {
        var rest = words
        while let word = rest.first {
            if word == "--" {
                trailing = Array(rest.dropFirst())
                return words.count
            }
            if word.hasPrefix("--") {
                rest.removeFirst()
                try takeLong(word, &rest, known)
            } else if word.hasPrefix("-"), word != "-" {
                rest.removeFirst()
                try takeShort(word, &rest, known)
            } else {
                operands.append(word)
                rest.removeFirst()
                if operands.count == operandsMax { break }
            }
        }
        return words.count - rest.count
    }

    private mutating func takeLong(
        _ word: String, _ rest: inout ArraySlice<String>, _ known: [OptionDeclaration]
    ) throws(UsageError) {
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let option = known.first(where: { $0.name == name }) else {
            throw UsageError(
                "--\(name) is no option here"
                    + Spelling.hint(for: name, among: known.map(\.name), prefix: "--"))
        }
        try take(option, parts.count > 1 ? String(parts[1]) : nil, &rest)
    }

    private mutating func takeShort(
        _ word: String, _ rest: inout ArraySlice<String>, _ known: [OptionDeclaration]
    ) throws(UsageError) {
        guard word.count == 2, let option = known.first(where: { $0.short == word.last }) else {
            throw UsageError("\(word) is no option here; long names begin with two dashes")
        }
        try take(option, nil, &rest)
    }

    private mutating func take(
        _ option: OptionDeclaration, _ attached: String?, _ rest: inout ArraySlice<String>
    ) throws(UsageError) {
        guard option.placeholder != nil else {
            guard attached == nil else { throw UsageError("\(option.flag) takes no value") }
            options[option.name, default: []].append("")
            return
        }
        var value = attached
        if value == nil, let next = rest.first, !next.hasPrefix("--") {
            value = next
            rest.removeFirst()
        }
        guard let value else {
            throw UsageError("\(option.flag) takes \(option.expects); nothing follows it")
        }
        guard option.accepts(value) else {
            throw UsageError(
                "\(option.flag) takes \(option.expects); \u{201C}\(value)\u{201D} is none"
                    + Spelling.hint(for: value, among: option.choices))
        }
        if options[option.name] != nil, !option.isRepeated {
            throw UsageError("\(option.flag) was given twice; it takes one value")
        }
        options[option.name, default: []].append(value)
    }
}
