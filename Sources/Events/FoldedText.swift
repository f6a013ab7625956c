import Bytes

/// A text in the form in which texts of several formats are compared.
///
/// The same message reads differently in a webhook, in a bridge's store and in a chat export. These
/// differences are folded away:
///
/// | what | becomes |
/// |---|---|
/// | upper case | lower case, by Unicode's mapping of each scalar |
/// | white space, line ends, ASCII signs and Unicode punctuation | one space between words |
/// | what is not shown: bidi marks, joiners, variation selectors, soft hyphens | nothing |
/// | a mention, `@27820000001` or `@` and a name between isolates | nothing |
/// | an edited mark at the end, attachment lines (see ``ExportMark``) | nothing |
///
/// A text of signs alone keeps them: `?` and `!` are two texts. Composed and decomposed letters
/// are not made equal: no format is known to change them.
public enum FoldedText {
    /// The folded text in UTF-8; empty for a text of white space and marks alone.
    public static func bytes(of text: String) -> [UInt8] {
        let utf8 = text.utf8Span.span
        var isASCII = true
        var hasMarks = false
        for index in utf8.indices {
            let byte = utf8[index]
            if byte >= 0x80 { isASCII = false }
            // "<", "(", ")", "@", and what ends in "omitted".
            if byte == 0x3C || byte == 0x28 || byte == 0x29 || byte == 0x40 { hasMarks = true }
        }
        if isASCII && !hasMarks && !ends(utf8, with: "omitted") { return ascii(utf8) }
        return scalars(ExportMark.removed(from: text))
    }

    private static func ascii(_ text: Span<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.count)
        var isGap = false
        for index in text.indices {
            var byte = text[index]
            if byte &- 0x41 < 26 { byte |= 0x20 }
            guard byte &- 0x61 < 26 || byte &- 0x30 < 10 else {
                isGap = true
                continue
            }
            if isGap, !folded.isEmpty { folded.append(0x20) }
            isGap = false
            folded.append(byte)
        }
        guard folded.isEmpty else { return folded }
        for index in text.indices where text[index] > 0x20 { folded.append(text[index]) }
        return folded
    }

    private static func scalars(_ text: String) -> [UInt8] {
        var folded: [UInt8] = []
        folded.reserveCapacity(text.utf8.count)
        var isGap = false
        let all = Array(text.unicodeScalars)
        var at = 0
        while at < all.count {
            if let end = mention(in: all, at: at) {
                at = end
                isGap = true
                continue
            }
            let scalar = all[at]
            at += 1
            if scalar.properties.isDefaultIgnorableCodePoint { continue }
            if isSign(scalar) {
                isGap = true
                continue
            }
            if isGap, !folded.isEmpty { folded.append(0x20) }
            isGap = false
            folded.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
        }
        guard folded.isEmpty else { return folded }
        for scalar in all where !scalar.properties.isDefaultIgnorableCodePoint {
            if scalar.properties.isWhitespace || scalar.value < 0x20 { continue }
            folded.append(contentsOf: String(scalar).utf8)
        }
        return folded
    }

    /// Whether a scalar only parts words.
    private static func isSign(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII {
            let byte = UInt8(truncatingIfNeeded: scalar.value)
            return !((byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10)
        }
        switch scalar.properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation, .spaceSeparator,
            .lineSeparator, .paragraphSeparator, .control:
            return true
        default: return false
        }
    }

    /// Where a mention that begins at `start` ends; nil where none begins there.
    ///
    /// Live formats spell it with the number, exports with the name between U+2068 and U+2069.
    private static func mention(in all: [Unicode.Scalar], at start: Int) -> Int? {
        guard all[start] == "@", start + 1 < all.count else { return nil }
        if all[start + 1] == "\u{2068}" {
            var at = start + 2
            while at < all.count, at - start <= 100 {
                if all[at] == "\u{2069}" { return at + 1 }
                at += 1
            }
            return nil
        }
        var at = start + 1
        while at < all.count, ("0"..."9").contains(all[at]) { at += 1 }
        return at - start > 6 ? at : nil
    }

    private static func ends(_ text: Span<UInt8>, with word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard text.count >= count else { return false }
        return word.description.utf8.elementsEqual(
            text.extracting(text.count - count..<text.count).array)
    }
}
