import Patterns
import Events
import YAML

/// Reads the value of one key, and says what is wrong with it by the key's name.
struct ValueReader {
    /// The key, such as `quiet.times[2].from`.
    let path: String
    /// The line of the key.
    let line: Int
    /// Where presets and variables are found.
    let source: PolicySource

    /// A reader of a member of the value.
    func member(_ name: String, line: Int) -> ValueReader {
        ValueReader(path: "\(path).\(name)", line: line, source: source)
    }

    /// A reader of an element of the value, from 1.
    func element(_ number: Int, line: Int) -> ValueReader {
        ValueReader(path: "\(path)[\(number)]", line: line, source: source)
    }

    /// The error whose sentence begins with the key.
    func fault(_ message: String) -> PolicyError {
        PolicyError(line: line, keyPath: path, message: "\(path) \(message)")
    }

    /// The text of a scalar and whether it stood without quotes.
    func scalar(
        _ node: YAMLNode, _ takes: String
    ) throws(PolicyError) -> (text: String, isPlain: Bool) {
        guard !node.isNull else {
            throw fault("has no value; it takes \(takes). Leave it out to turn it off")
        }
        guard case .scalar(let text, let style) = node.value else {
            throw fault("takes \(takes), not \(node.kindName)")
        }
        return (text, style == .plain)
    }

    /// A number in thousandths of its unit.
    func number(
        _ node: YAMLNode, _ form: NumberForm, _ takes: String
    ) throws(PolicyError) -> Int64 {
        var (text, isPlain) = try scalar(node, takes)
        var whence = ""
        if let variable = PolicyVariable(text) {
            guard let value = variable.value(source.variable) else {
                throw fault(
                    "names the variable \(variable.name), which is not set; it may name a number "
                        + "for that case as ${\(variable.name):-5}")
            }
            text = value
            isPlain = true
            whence = " (\(variable.name) is \(value.prefix(32)))"
        }
        guard isPlain else { throw fault("takes \(takes), not text in quotes") }
        switch PolicyNumber.read(text, decimals: form.decimals) {
        case .failure(let reason):
            let hint = PolicyNumber.hint(for: text, form)
            throw fault("takes \(takes), \(reason.rawValue)\(whence)\(hint)")
        case .success(let number):
            guard number >= form.range.lowerBound * 1_000, number <= form.range.upperBound * 1_000
            else { throw fault("takes \(takes), not \(text)\(whence)") }
            return number
        }
    }

    /// The shortest and the longest time.
    func spread(
        _ node: YAMLNode, _ form: NumberForm, _ takes: String
    ) throws(PolicyError) -> Policy.Pacing.Spread {
        guard case .sequence(let ends) = node.value, ends.count == 2 else {
            let given =
                if case .sequence(let ends) = node.value { "a list of \(ends.count)" } else {
                    node.kindName
                }
            throw fault("takes \(takes), not \(given)")
        }
        let least = try number(ends[0], form, takes)
        let most = try number(ends[1], form, takes)
        guard least <= most else {
            throw fault("takes \(takes): the shorter time first")
        }
        return Policy.Pacing.Spread(.milliseconds(least), .milliseconds(most))
    }

    /// `true` or `false`.
    func flag(_ node: YAMLNode) throws(PolicyError) -> Bool {
        let (text, isPlain) = try scalar(node, "true or false")
        guard isPlain, text == "true" || text == "false" else {
            throw fault("takes true or false, not \(isPlain ? "" : "the text ")\(text)")
        }
        return text == "true"
    }

    /// One of several words.
    func word(_ node: YAMLNode, of words: [String]) throws(PolicyError) -> String {
        let takes = words.joined(separator: " or ")
        let (text, _) = try scalar(node, takes)
        guard words.contains(text) else {
            throw fault("takes \(takes), not \(text)\(PolicyKey.near(text, among: words))")
        }
        return text
    }

    /// Text; a number or a truth value must stand in quotes to be meant as text.
    func text(_ node: YAMLNode, _ range: ClosedRange<Int>) throws(PolicyError) -> String {
        let takes = PolicyKey.text(range)
        let (text, isPlain) = try scalar(node, takes)
        if isPlain, let other = node.otherMeaning {
            throw fault("takes text, not \(other); put \(text) in quotes")
        }
        guard range.contains(text.count) else {
            throw fault("takes \(takes); this has \(text.count)")
        }
        // One character as people count them may have any number of bytes.
        guard text.utf8.count <= 4 * range.upperBound else {
            throw fault(
                "takes \(takes), of at most \(4 * range.upperBound) bytes; this has "
                    + "\(text.utf8.count)")
        }
        return text
    }

    /// A list of texts, none of them twice.
    func texts(_ node: YAMLNode, _ range: ClosedRange<Int>) throws(PolicyError) -> [String] {
        var texts: [String] = []
        for (index, item) in try list(node, PolicyKey.texts(range)).enumerated() {
            let text = try element(index + 1, line: item.line).text(item, range)
            guard !texts.contains(text) else { throw fault("names \(text) twice") }
            texts.append(text)
        }
        return texts
    }

    /// A list of regular expressions, none of them twice.
    func patterns(_ node: YAMLNode) throws(PolicyError) -> [String] {
        let texts = try texts(node, 1...Pattern.charactersMax)
        for text in texts {
            do {
                _ = try Pattern(text, isWord: true)
            } catch {
                throw fault(
                    "holds \u{201C}\(text)\u{201D}, which is no regular expression: "
                        + "\(error.message), at byte \(error.offset)")
            }
        }
        return texts
    }
}

extension YAMLNode {
    /// What the node is, for a sentence.
    var kindName: String {
        switch value {
        case .scalar where isNull: "empty"
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a section with keys of its own"
        }
    }

    /// What a plain scalar means in YAML if that is not text.
    var otherMeaning: String? {
        guard case .scalar(let text, .plain) = value else { return nil }
        if ["true", "false"].contains(text.lowercased()) { return "a truth value" }
        return Double(text) == nil ? nil : "a number"
    }
}
