/// Text that comes from elsewhere, made harmless for a terminal and measured in its columns.
public enum Terminal {
    /// Replaces what could steer a terminal by visible escapes such as `\x1B` and `\u{202E}`.
    ///
    /// These are the control characters (C0, DEL, C1), line and paragraph separators, and the
    /// marks that turn the direction of writing. The answer is one line.
    public static func escape(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isHarmful) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            guard isHarmful(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                if scalar.value > 0xFF {
                    result += "\\u{\(digits)}"
                } else {
                    result += "\\x" + (digits.count < 2 ? "0" : "") + digits
                }
            }
        }
        return result
    }

    /// JSON text with the same characters written as JSON's own escapes: `\u009B`.
    ///
    /// It says the same to whoever reads it. Line feeds stay: they stand between members.
    public static func escaped(json text: String) -> String {
        func isHidden(_ scalar: Unicode.Scalar) -> Bool { isHarmful(scalar) && scalar != "\n" }
        guard text.unicodeScalars.contains(where: isHidden) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            guard isHidden(scalar) else {
                result.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16, uppercase: true)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return result
    }

    /// How many columns a terminal gives the text: wide characters and emoji take two.
    public static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// The text cut to at most `columns`, ending in `…` if something was cut.
    public static func fit(_ text: String, columns: Int) -> String {
        guard width(of: text) > columns else { return text }
        var result = ""
        var used = 0
        for character in text {
            let next = width(of: character)
            if used + next > columns - 1 { break }
            result.append(character)
            used += next
        }
        return columns > 0 ? result + "…" : ""
    }

    private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func width(of character: Character) -> Int {
        let scalars = character.unicodeScalars
        if scalars.contains(where: { isWide($0.value) || $0.value == 0xFE0F }) { return 2 }
        switch scalars.first?.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: return 1
        }
    }

    /// East Asian Width W and F of Unicode 15, by blocks; emoji among them.
    private static func isWide(_ value: UInt32) -> Bool {
        switch value {
        case 0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x2E80...0x303E, 0x3041...0x4DBF,
            0x4E00...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
