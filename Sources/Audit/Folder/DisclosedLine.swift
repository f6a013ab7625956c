import Bytes
import Events
import Vault

/// An event as a line of `events.ndjson`: a CloudEvent and, where sealed fields are disclosed, what
/// shows that they are those of the record.
///
/// The attribute `disclosed` is the last member of the line. For each sealed field it holds, with
/// commas between, the name, a colon, and in base64 the salt (16 bytes) and the value as it was
/// before it was sealed. The SHA-256 of these bytes is the commitment that the field's value in the
/// record begins with: `base64 -d | sha256sum` shows it.
enum DisclosedLine {
    private static let opening = Array(",\"disclosed\":\"".utf8)
    private static let closing = Array("\"}".utf8)

    /// Appends the line of an event, without its end.
    ///
    /// - Parameters:
    ///   - event: the record, opened with the disclosures where there are any.
    ///   - disclosures: of all sealed fields, in ascending order; empty discloses nothing.
    static func write(
        _ event: borrowing EventView, _ disclosures: [Disclosure], into line: inout [UInt8]
    ) {
        CloudEvent.write(event, into: &line)
        guard !disclosures.isEmpty else { return }
        line.removeLast()
        line += opening
        for (index, disclosure) in disclosures.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            line += name(disclosure.field).utf8
            line.append(UInt8(ascii: ":"))
            let bytes = disclosure.salt + disclosure.text
            Base64.write(bytes.span, into: &line)
        }
        line += closing
    }

    /// What a line discloses; empty where it discloses nothing, nil where it is written wrongly.
    static func disclosures(in line: Span<UInt8>) -> [Disclosure]? {
        guard line.count > closing.count + opening.count,
            line.extracting((line.count - closing.count)...).equals(closing.span)
        else { return [] }
        let end = line.count - closing.count
        var start = end
        while start > 0, line[start - 1] != UInt8(ascii: "\"") { start -= 1 }
        guard start >= opening.count,
            line.extracting(start - opening.count..<start).equals(opening.span)
        else { return [] }
        var disclosures: [Disclosure] = []
        var at = start
        while at < end {
            var colon = at
            while colon < end, line[colon] != UInt8(ascii: ":") { colon += 1 }
            var comma = colon
            while comma < end, line[comma] != UInt8(ascii: ",") { comma += 1 }
            guard colon < comma, let number = number(of: line.extracting(at..<colon)),
                let bytes = Base64.decode(line.extracting(colon + 1..<comma)),
                bytes.count >= Disclosure.saltByteCount
            else { return nil }
            disclosures.append(
                Disclosure(
                    field: number, salt: Array(bytes[..<Disclosure.saltByteCount]),
                    text: Array(bytes[Disclosure.saltByteCount...])))
            at = comma + 1
        }
        return disclosures
    }

    /// Whether the disclosures are of all sealed fields of the record, and open their commitments.
    static func fit(_ disclosures: [Disclosure], _ event: borrowing EventView) -> Bool {
        let fields = event.sealedFields
        guard fields.count == disclosures.count else { return false }
        for (field, disclosure) in zip(fields, disclosures) {
            let value = event.bytes.extracting(field.range)
            guard disclosure.field == field.number, disclosure.matches(value) else { return false }
        }
        return true
    }

    private static func name(_ number: UInt8) -> String {
        Field(rawValue: number)?.name ?? String(number)
    }

    private static let numbers: [String: UInt8] = {
        var numbers: [String: UInt8] = [:]
        for field in Field.allCases { numbers[field.name] = field.rawValue }
        return numbers
    }()

    private static func number(of name: Span<UInt8>) -> UInt8? {
        let text = name.string
        return numbers[text] ?? UInt8(text)
    }
}
