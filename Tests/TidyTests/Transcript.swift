/// A recorded session of a shell, as it stands in README.
///
/// A fenced block marked `console` holds lines that begin with `$ ` and under each what it prints,
/// to both outputs. A command goes on in the next line after a backslash. In what is printed:
///
/// - `…` inside a line stands for any part of that line that may differ from run to run: a time, a
///   name of a machine;
/// - a line of nothing but `…` stands for any number of lines that were left out.
///
/// A block marked `python` or `yaml` whose first line is a comment with a file's name,
/// `# sender.py`, is that file: the session finds it in its folder.
struct Transcript {
    /// One command and what it is to print.
    struct Step {
        /// The number of the line in the document.
        let line: Int
        var command: String
        var output: [String] = []
    }

    /// All commands of all blocks, in order.
    private(set) var steps: [Step] = []
    /// Files that the blocks hold: name to text.
    private(set) var files: [String: String] = [:]

    /// Reads a Markdown document.
    init(_ document: String) {
        var language: String?
        var block: [Substring] = []
        for (index, line) in document.lines.enumerated() {
            guard line.hasPrefix("```") else {
                if language == "console" { read(line, number: index + 1) }
                block.append(line)
                continue
            }
            if language == "python" || language == "yaml" { keep(block) }
            language = language == nil ? String(line.dropFirst(3)) : nil
            block = []
        }
    }

    private mutating func read(_ line: Substring, number: Int) {
        if let last = steps.last, last.command.hasSuffix("\\"), last.output.isEmpty {
            steps[steps.count - 1].command += "\n" + line
        } else if line.hasPrefix("$ ") {
            steps.append(Step(line: number, command: String(line.dropFirst(2))))
        } else if !steps.isEmpty {
            steps[steps.count - 1].output.append(String(line))
        }
    }

    private mutating func keep(_ block: [Substring]) {
        guard let first = block.first, first.hasPrefix("# "),
            first.hasSuffix(".py") || first.hasSuffix(".yaml")
        else { return }
        files[String(first.dropFirst(2))] = block.joined(separator: "\n") + "\n"
    }

    /// The steps as one script, each output behind a line that begins with `mark`.
    func script(mark: String) -> String {
        // The answer of a command stays what the next one sees as `$?`.
        steps.map { step in
            "code=$?; printf '\\n%s\\n' '\(mark)'; (exit $code)\n\(step.command)\n"
        }.joined()
    }

    /// Whether lines that were printed are those that were expected.
    static func matches(_ expected: ArraySlice<String>, _ actual: ArraySlice<String>) -> Bool {
        guard let first = expected.first else { return actual.isEmpty }
        if first == "…" {
            return (0...actual.count).contains {
                matches(expected.dropFirst(), actual.dropFirst($0))
            }
        }
        guard let line = actual.first, matches(line: first, line) else { return false }
        return matches(expected.dropFirst(), actual.dropFirst())
    }

    private static func matches(line expected: String, _ actual: String) -> Bool {
        let parts = expected.split(separator: "…", omittingEmptySubsequences: false)
        guard let head = parts.first, let tail = parts.last, parts.count > 1 else {
            return expected == actual
        }
        guard actual.hasPrefix(head) else { return false }
        var rest = actual.dropFirst(head.count)
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return rest.count >= tail.count && rest.hasSuffix(tail)
    }
}
