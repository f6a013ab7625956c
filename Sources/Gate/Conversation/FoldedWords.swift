import Bytes

/// Folds what a person wrote, so that it can be compared with words: lower case, no accents on
/// Latin letters, one space where white space, punctuation and symbols stood, none at the ends.
///
/// Full-width forms become what they are the wide form of; invisible format characters and
/// combining marks are dropped. The tables are those below and the toolchain's lower case: what
/// was read is recorded, and nothing that was decided is read again.
public enum FoldedWords {
    /// The most letters, digits and spaces of a text that can be read as a word with a tail.
    public static let charactersMax = 64

    /// Appends the folded text to `folded`, or nothing.
    ///
    /// - Parameters:
    ///   - text: UTF-8.
    ///   - folded: what it is appended to; a text of no letter and no digit appends nothing.
    /// - Returns: false for a text that is too long to be a word with a tail; `folded` is left as
    ///   it was.
    public static func append(_ text: Span<UInt8>, to folded: inout [UInt8]) -> Bool {
        let start = folded.count
        var count = 0
        var isApart = false
        var at = 0
        while at < text.count {
            let byte = text[at]
            let letter: Unicode.Scalar
            if byte < 0x80 {
                at += 1
                switch byte {
                case 0x61...0x7A, 0x30...0x39: letter = Unicode.Scalar(byte)
                case 0x41...0x5A: letter = Unicode.Scalar(byte | 0x20)
                // An apostrophe parts no words.
                case 0x27: continue
                default:
                    isApart = true
                    continue
                }
            } else {
                let scalar = decode(text, &at)
                switch fold(scalar) {
                case .letter(let folded): letter = folded
                case .nothing: continue
                case .space:
                    isApart = true
                    continue
                }
            }
            if isApart, folded.count > start {
                folded.append(0x20)
                count += 1
            }
            isApart = false
            count += 1
            guard count <= charactersMax else {
                folded.removeSubrange(start...)
                return false
            }
            if letter.isASCII {
                folded.append(UInt8(letter.value))
            } else {
                for byte in UTF8.encode(letter) ?? UTF8.encodedReplacementCharacter {
                    folded.append(byte)
                }
            }
        }
        return true
    }

    /// The folded text; nil for one that is too long.
    public static func fold(_ text: String) -> [UInt8]? {
        var folded: [UInt8] = []
        return append(text.utf8Span.span, to: &folded) ? folded : nil
    }

    private enum Folded {
        case letter(Unicode.Scalar)
        case space
        case nothing
    }

    private static func fold(_ scalar: Unicode.Scalar) -> Folded {
        var scalar = scalar
        // Full-width forms, from ！ to ～.
        if (0xFF01...0xFF5E).contains(scalar.value) {
            scalar = Unicode.Scalar(UInt8(scalar.value - 0xFEE0))
        }
        if (0xC0...0x17F).contains(scalar.value) {
            scalar = Unicode.Scalar(latin[Int(scalar.value - 0xC0)])
        }
        if scalar.isASCII {
            switch scalar.value {
            case 0x61...0x7A, 0x30...0x39: return .letter(scalar)
            case 0x41...0x5A: return .letter(Unicode.Scalar(UInt8(scalar.value) | 0x20))
            case 0x27: return .nothing
            default: return .space
            }
        }
        // ’ is an apostrophe.
        if scalar.value == 0x2019 { return .nothing }
        switch scalar.properties.generalCategory {
        case .format, .nonspacingMark, .enclosingMark, .control: return .nothing
        case .uppercaseLetter, .titlecaseLetter:
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            return .letter(lower.first ?? scalar)
        case .lowercaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber,
            .otherNumber, .spacingMark:
            return .letter(scalar)
        default: return .space
        }
    }

    /// The Latin letters from À to ſ without accents; × and ÷ are punctuation.
    private static let latin: [UInt8] = Array(
        ("AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty"
            + "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL"
            + "lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs").utf8)

    /// The scalar at `at`, which moves behind it; U+FFFD for bytes that are no UTF-8.
    private static func decode(_ text: Span<UInt8>, _ at: inout Int) -> Unicode.Scalar {
        let lead = text[at]
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
        guard length > 1, at + length <= text.count else {
            at += 1
            return "\u{FFFD}"
        }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for next in 1..<length { value = value << 6 | UInt32(text[at + next] & 0x3F) }
        at += length
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
