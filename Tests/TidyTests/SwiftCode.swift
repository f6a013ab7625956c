/// Blanks what is not code in a Swift file.
///
/// Comments, text literals and raw identifiers become spaces; newlines and the code of
/// interpolations stay, so that lines keep their numbers and braces can be counted. It knows nested
/// comments, `#` delimiters and texts of several lines; regular expression literals it does not
/// know, and nothing here uses them.
struct SwiftCode {
    private enum Mode {
        /// Code; inside an interpolation, with the number of parentheses that are open.
        case code(open: Int)
        case text(hashes: Int, isLong: Bool)
    }

    private let source: [UInt8]
    private var result: [UInt8] = []
    private var at = 0
    private var modes: [Mode] = [.code(open: 0)]

    /// The file's text with all but code blanked.
    static func blanked(_ text: String) -> String {
        var code = SwiftCode(source: Array(text.utf8))
        while code.at < code.source.count { code.step() }
        return String(decoding: code.result, as: UTF8.self)
    }

    private init(source: [UInt8]) {
        self.source = source
        result.reserveCapacity(source.count)
    }

    private mutating func step() {
        switch modes[modes.count - 1] {
        case .code(let open): stepCode(open)
        case .text(let hashes, let isLong): stepText(hashes, isLong)
        }
    }

    private mutating func stepCode(_ open: Int) {
        if begins("//") {
            while at < source.count, source[at] != UInt8(ascii: "\n") { blank(1) }
        } else if begins("/*") {
            blankComment()
        } else if source[at] == UInt8(ascii: "`") {
            blank(1)
            while at < source.count, source[at] != UInt8(ascii: "`") { blank(1) }
            blank(1)
        } else if let hashes = hashesBeforeQuote() {
            blank(hashes)
            let isLong = begins("\"\"\"")
            blank(isLong ? 3 : 1)
            modes.append(.text(hashes: hashes, isLong: isLong))
        } else if modes.count > 1, source[at] == UInt8(ascii: "("), open > 0 {
            modes[modes.count - 1] = .code(open: open + 1)
            keep()
        } else if modes.count > 1, source[at] == UInt8(ascii: ")"), open > 0 {
            modes[modes.count - 1] = .code(open: open - 1)
            if open == 1 { modes.removeLast() }
            keep()
        } else {
            keep()
        }
    }

    private mutating func stepText(_ hashes: Int, _ isLong: Bool) {
        let sharp = String(repeating: "#", count: hashes)
        if begins("\\" + sharp + "(") {
            blank(1 + hashes)
            keep()
            modes.append(.code(open: 1))
        } else if begins("\\" + sharp) {
            blank(2 + hashes)
        } else if begins((isLong ? "\"\"\"" : "\"") + sharp) {
            blank((isLong ? 3 : 1) + hashes)
            modes.removeLast()
        } else {
            blank(1)
        }
    }

    private mutating func blankComment() {
        var depth = 0
        repeat {
            if begins("/*") {
                depth += 1
                blank(2)
            } else if begins("*/") {
                depth -= 1
                blank(2)
            } else {
                blank(1)
            }
        } while depth > 0 && at < source.count
    }

    /// The number of `#` before a quote, or nil where no text begins.
    private func hashesBeforeQuote() -> Int? {
        var end = at
        while end < source.count, source[end] == UInt8(ascii: "#") { end += 1 }
        return end < source.count && source[end] == UInt8(ascii: "\"") ? end - at : nil
    }

    private func begins(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        return at + bytes.count <= source.count
            && source[at..<at + bytes.count].elementsEqual(bytes)
    }

    private mutating func keep() {
        result.append(source[at])
        at += 1
    }

    private mutating func blank(_ count: Int) {
        for byte in source[at..<min(at + count, source.count)] {
            result.append(byte == UInt8(ascii: "\n") ? byte : UInt8(ascii: " "))
        }
        at = min(at + count, source.count)
    }
}
