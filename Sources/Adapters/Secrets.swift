import Bytes
import Events

/// Takes named secrets out of a JSON text: API keys, tokens, and wherever else their values stand.
///
/// It works on bytes, so that a text that was cut off or is otherwise no JSON is redacted too.
struct Secrets: Sendable {
    /// What stands in the place of a secret.
    static let mark = Array("[redacted]".utf8)
    /// Shorter values are not looked for elsewhere: they could be words.
    static let valueBytesMin = 6
    /// Shorter values are looked for between other signs only: they could be part of a number.
    static let longBytesMin = 16
    /// So many values are looked for elsewhere; a body of ours holds one or two.
    static let valuesMax = 64

    /// The names in lower case, without `_` and `-`.
    private let names: [[UInt8]]

    /// Secrets that are members of these names, whatever their case, with or without `_` and `-`.
    init(_ names: [String]) { self.names = names.map { Self.folded(Array($0.utf8).span) } }

    /// The text without the secrets, or nil where it holds none.
    func redacted(_ text: [UInt8]) -> [UInt8]? {
        var places: [Range<Int>] = []
        find(in: text.span, &places)
        guard !places.isEmpty else { return nil }
        var values: [[UInt8]] = []
        for place in places { note(text, place, in: &values) }
        var clean = Self.replaced(places, in: text)
        // The longest first: one secret may begin with another.
        values.sort { $0.count > $1.count }
        for value in values { clean = Self.removing(value, from: clean) }
        return clean
    }

    // MARK: - Where secrets stand

    private func find(in text: Span<UInt8>, _ places: inout [Range<Int>]) {
        var at = 0
        while at < text.count {
            guard text[at] == 0x22 else {
                at += 1
                continue
            }
            let end = Self.endOfText(text, from: at + 1)
            let colon = Self.skip(text, from: end + 1)
            guard colon < text.count, text[colon] == 0x3A,
                isSecret(text.extracting(at + 1..<min(end, text.count)))
            else {
                at = end + 1
                continue
            }
            let start = Self.skip(text, from: colon + 1)
            let close = Self.endOfValue(text, from: start)
            if start < close { places.append(start..<close) }
            at = max(close, colon + 1)
        }
    }

    private func isSecret(_ name: Span<UInt8>) -> Bool {
        guard name.count <= 64 else { return false }
        var folded = Self.folded(name)
        if folded.contains(0x5C) {
            let quoted = [0x22] + name.array + [0x22]
            guard let text = try? JSONDocument(quoted).root.text else { return false }
            folded = Self.folded(Array(text.utf8).span)
        }
        return names.contains(folded)
    }

    private static func folded(_ name: Span<UInt8>) -> [UInt8] {
        var folded: [UInt8] = []
        for index in name.indices {
            let byte = name[index]
            if byte == 0x5F || byte == 0x2D { continue }
            folded.append(byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte)
        }
        return folded
    }

    /// Where the quote that ends a text stands, or the end.
    private static func endOfText(_ text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while at < text.count, text[at] != 0x22 { at += text[at] == 0x5C ? 2 : 1 }
        return min(at, text.count)
    }

    private static func skip(_ text: Span<UInt8>, from start: Int) -> Int {
        var at = start
        while at < text.count, text[at] <= 0x20 { at += 1 }
        return at
    }

    /// Behind a value, whole or cut off.
    private static func endOfValue(_ text: Span<UInt8>, from start: Int) -> Int {
        guard start < text.count else { return start }
        var at = start
        var depth = 0
        repeat {
            switch text[at] {
            case 0x22: at = endOfText(text, from: at + 1)
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D:
                if depth == 0 { return at }
                depth -= 1
            case 0x2C where depth == 0: return at
            default: break
            }
            at = min(at + 1, text.count)
            if depth == 0, at < text.count, text[at] <= 0x20 { return at }
            if depth == 0, text[at - 1] == 0x22 || text[at - 1] == 0x7D || text[at - 1] == 0x5D {
                return at
            }
        } while at < text.count
        return at
    }

    // MARK: - Values

    /// Notes the texts in a secret value, as they are spelt and as they are meant.
    private func note(_ text: [UInt8], _ place: Range<Int>, in values: inout [[UInt8]]) {
        let span = text.span
        var at = place.lowerBound
        while at < place.upperBound {
            guard span[at] == 0x22 else {
                at += 1
                continue
            }
            let end = min(Self.endOfText(span, from: at + 1), place.upperBound)
            let spelt = span.extracting(at + 1..<max(end, at + 1)).array
            add(spelt, to: &values)
            if spelt.contains(0x5C),
                let meant = try? JSONDocument([0x22] + spelt + [0x22]).root.utf8
            {
                add(meant, to: &values)
            }
            at = end + 1
        }
        if span[place.lowerBound] != 0x22, span[place.lowerBound] != 0x7B,
            span[place.lowerBound] != 0x5B
        {
            add(span.extracting(place).array, to: &values)
        }
    }

    private func add(_ value: [UInt8], to values: inout [[UInt8]]) {
        guard value.count >= Self.valueBytesMin, values.count < Self.valuesMax,
            value != Self.mark, !values.contains(value)
        else { return }
        values.append(value)
    }

    private static func replaced(_ places: [Range<Int>], in text: [UInt8]) -> [UInt8] {
        var clean: [UInt8] = []
        clean.reserveCapacity(text.count)
        var from = 0
        for place in places {
            clean.append(contentsOf: text[from..<place.lowerBound])
            clean.append(0x22)
            clean.append(contentsOf: mark)
            clean.append(0x22)
            from = place.upperBound
        }
        clean.append(contentsOf: text[from...])
        return clean
    }

    /// Whether neither a letter nor a digit stands on either side.
    private static func stands(_ text: Span<UInt8>, _ place: Range<Int>) -> Bool {
        func isWord(_ at: Int) -> Bool {
            guard at >= 0, at < text.count else { return false }
            let byte = text[at]
            return byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 || byte >= 0x80
        }
        return !isWord(place.lowerBound - 1) && !isWord(place.upperBound)
    }

    /// The text with a value replaced wherever it stands.
    private static func removing(_ value: [UInt8], from text: [UInt8]) -> [UInt8] {
        var places: [Int] = []
        let (span, first) = (text.span, value[0])
        var at = 0
        while at + value.count <= span.count {
            guard span[at] == first,
                span.extracting(at..<at + value.count).equals(value.span),
                value.count >= longBytesMin || stands(span, at..<at + value.count)
            else {
                at += 1
                continue
            }
            places.append(at)
            at += value.count
        }
        guard !places.isEmpty else { return text }
        var clean: [UInt8] = []
        clean.reserveCapacity(text.count)
        var from = 0
        for place in places {
            clean.append(contentsOf: text[from..<place])
            clean.append(contentsOf: mark)
            from = place + value.count
        }
        clean.append(contentsOf: text[from...])
        return clean
    }
}
