import Bytes

extension Note {
    /// Reads a note; its signatures are not checked yet.
    ///
    /// - Throws: `malformed` if it is not UTF-8, has no empty line, or a line below it is no
    ///   signature; `tooLarge` beyond ``bytesMax`` or ``signaturesMax``.
    public init(parsing bytes: Span<UInt8>) throws(EvidenceError) {
        guard bytes.count <= Self.bytesMax else {
            throw EvidenceError(
                .tooLarge,
                "A note of \(bytes.count) bytes is too long: the most is \(Self.bytesMax).")
        }
        let bytes = bytes.array
        guard let end = Self.lastEmptyLine(bytes) else {
            throw EvidenceError(
                .malformed, "This is not a signed note: no empty line before its signatures.")
        }
        guard let text = String(validating: bytes[...end], as: UTF8.self) else {
            throw EvidenceError(.malformed, "This is not a signed note: its text is not UTF-8.")
        }
        let below = bytes[(end + 2)...]
        guard below.last == 0x0A else {
            throw EvidenceError(
                .malformed, "This is not a signed note: its last line is not a whole signature.")
        }
        let lines = below.dropLast().split(separator: 0x0A, omittingEmptySubsequences: false)
        guard lines.count <= Self.signaturesMax else {
            throw EvidenceError(
                .tooLarge,
                "A note with \(lines.count) signatures: the most is \(Self.signaturesMax).")
        }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Signature(line: line)) }
        try self.init(text: text, signatures: signatures)
    }

    /// Where the text ends: at the line feed before the last empty line.
    private static func lastEmptyLine(_ bytes: [UInt8]) -> Int? {
        var at = bytes.count - 2
        while at >= 0 {
            if bytes[at] == 0x0A, bytes[at + 1] == 0x0A { return at }
            at -= 1
        }
        return nil
    }
}

extension Note.Signature {
    /// Reads `— name base64`.
    fileprivate init(line: ArraySlice<UInt8>) throws(EvidenceError) {
        let malformed = EvidenceError(
            .malformed, "A line of this note's signatures is not '\u{2014} name base64'.")
        let parts = line.split(separator: 0x20, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].elementsEqual("\u{2014}".utf8),
            let name = String(validating: parts[1], as: UTF8.self),
            let bytes = Base64.decode(Array(parts[2]).span), bytes.count >= 5
        else { throw malformed }
        try KeyName.check(name)
        let id = bytes.span.load(at: 0, as: UInt32.self).byteSwapped
        self.init(name: name, id: id, bytes: Array(bytes.dropFirst(4)))
    }
}
