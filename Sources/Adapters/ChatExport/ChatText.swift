/// The parts of a line of an exported chat behind its date and time.
enum ChatText {
    /// The most scalars of an author's name.
    private static let authorMax = 100

    /// The author and what follows, or nil for a line that the system wrote.
    ///
    /// The author ends at the first colon before white space or the line's end. A quotation mark
    /// before it is that of a group's name in a line of the system.
    static func parted(_ rest: String) -> (author: Substring, body: Substring)? {
        let scalars = rest.unicodeScalars
        var at = scalars.startIndex
        var count = 0
        while at < scalars.endIndex, count <= authorMax {
            let scalar = scalars[at]
            let next = scalars.index(after: at)
            switch scalar {
            case "\n", "\"", "\u{201C}", "\u{201D}", "\u{201E}", "\u{AB}": return nil
            case ":":
                let isEnd = next == scalars.endIndex
                if isEnd || scalars[next] == " " || scalars[next] == "\n" {
                    let author = rest[..<at]
                    guard !trimmed(author).isEmpty else { return nil }
                    let start = isEnd || scalars[next] == "\n" ? next : scalars.index(after: next)
                    return (author, rest[start...])
                }
            default: break
            }
            at = next
            count += 1
        }
        return nil
    }

    /// A name with single spaces, and without marks of direction at its ends.
    static func spaced(_ name: Substring) -> String {
        var spaced = String.UnicodeScalarView()
        var isGap = false
        for scalar in name.unicodeScalars where !isMark(scalar) {
            if scalar.properties.isWhitespace {
                isGap = true
                continue
            }
            if isGap, !spaced.isEmpty { spaced.append(" ") }
            isGap = false
            spaced.append(scalar)
        }
        return String(spaced)
    }

    /// Without marks of direction and white space at both ends.
    static func trimmed(_ text: Substring) -> Substring {
        var scalars = text.unicodeScalars
        while let first = scalars.first, isMark(first) || first.properties.isWhitespace {
            scalars.removeFirst()
        }
        while let last = scalars.last, isMark(last) || last.properties.isWhitespace {
            scalars.removeLast()
        }
        return Substring(scalars)
    }

    /// The number that a name spells in full, as `+` and its digits; nil where it is none.
    static func number(_ name: String) -> String? {
        var digits = ""
        for (index, scalar) in name.unicodeScalars.enumerated() {
            switch scalar {
            case "+" where index == 0: digits = "+"
            case "0"..."9": digits.unicodeScalars.append(scalar)
            case " ", "-", "(", ")", ".", "\u{A0}", "\u{2011}": continue
            default: return nil
            }
        }
        return digits.hasPrefix("+") && (8...16).contains(digits.utf8.count) ? digits : nil
    }

    static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF: true
        default: false
        }
    }
}
