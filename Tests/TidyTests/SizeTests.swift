import Testing

/// The lengths of functions, found by counting braces in blanked code.
///
/// A function begins at the word `func` or `init`, its body at the first brace outside of
/// parentheses, and it ends at the brace that closes the body. A requirement of a protocol has no
/// body: the next declaration or closing brace comes first.
enum FunctionLength {
    /// The functions of a file: the number of their first line, and how many lines they have.
    static func all(in code: String) -> [(first: Int, lines: Int)] {
        var found: [(Int, Int)] = []
        let lines = code.lines
        for (index, line) in lines.enumerated() where declares(line) {
            if let end = end(of: lines, from: index) { found.append((index + 1, end - index + 1)) }
        }
        return found
    }

    private static func declares(_ line: Substring) -> Bool {
        let words = line.words
        if words.contains("func") { return true }
        // `self.init(…)` and `.init(…)` are calls.
        guard let word = words.firstIndex(of: "init"), !line.contains(".init") else { return false }
        return words[..<word].allSatisfy(modifiers.contains)
    }

    private static let modifiers: Set<Substring> = [
        "public", "package", "internal", "fileprivate", "private", "convenience", "required",
        "override", "inlinable",
    ]

    private static func end(of lines: [Substring], from first: Int) -> Int? {
        var parentheses = 0
        var braces = 0
        for index in first..<lines.count {
            if index > first, braces == 0, parentheses == 0, declares(lines[index]) { return nil }
            for letter in lines[index] {
                switch letter {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{" where parentheses == 0 || braces > 0: braces += 1
                case "}" where parentheses == 0 || braces > 0:
                    braces -= 1
                    if braces < 0 { return nil }
                    if braces == 0 { return index }
                default: break
                }
            }
        }
        return nil
    }
}

@Suite struct `The size of things` {
    static let linesMax = 400
    static let columnsMax = 100
    static let functionLinesMax = 70

    @Test func `no Swift file has over 400 lines`() {
        for file in Checkout.swift {
            #expect(file.text.lines.count - 1 <= Self.linesMax, "\(file.path)")
        }
    }

    /// A text that cannot be broken, and what closes it, may reach beyond.
    @Test func `no line has over 100 columns`() {
        for file in Checkout.swift {
            for (index, (line, code)) in zip(file.text.lines, file.code.lines).enumerated() {
                guard line.utf8.count > Self.columnsMax, line.count > Self.columnsMax else {
                    continue
                }
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                let beyond = code.utf8.dropFirst(Self.columnsMax)
                let isCode = String(decoding: Array(beyond), as: UTF8.self).words.contains { _ in
                    true
                }
                #expect(!isComment && !isCode, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test func `no function has over 70 lines`() {
        var count = 0
        for file in Checkout.swift {
            for function in FunctionLength.all(in: file.code) {
                count += 1
                #expect(
                    function.lines <= Self.functionLinesMax, "\(file.path):\(function.first)")
            }
        }
        #expect(count > 500, "the counting finds functions")
    }
}
