public import Bytes
public import Events

/// A row of the table `messages` of a bridge's store, with the columns that have a meaning here.
public struct BridgeRow: Sendable, Equatable {
    /// A value of the column `timestamp`, whatever its type.
    public enum Time: Sendable, Equatable {
        /// NULL, or a blob.
        case none
        /// A text.
        case text(String)
        /// A whole number.
        case integer(Int64)
        /// A number with a fraction.
        case real(Double)
    }

    /// SQLite's number of the row: another one once the row was replaced.
    public var rowid: Int64
    /// The provider's id of the message.
    public var id: String?
    /// The column `chat_jid`.
    public var chat: String?
    /// Who wrote it: the user part alone, the whole JID, or a LID.
    public var sender: String?
    /// The text, or the caption of media.
    public var content: String?
    /// When it was sent.
    public var timestamp = Time.none
    /// Whether we wrote it.
    public var isFromMe = false
    /// The kind of media, or nil.
    public var mediaType: String?
    /// The name of the file that came with it.
    public var filename: String?

    /// A row of that number, with nothing in it.
    public init(rowid: Int64) { self.rowid = rowid }

    /// The key of the table, as one name: a row that is replaced keeps it.
    public var key: Fingerprint {
        Fingerprint(of: chat ?? "").paired(with: Fingerprint(of: id ?? ""))
    }

    /// What of the row may be edited.
    public var digest: Fingerprint { Fingerprint(of: content ?? "") }

    /// The row as JSON: what is kept of one that cannot be read.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("rowid", rowid)
        for (name, value) in [("id", id), ("chat_jid", chat), ("sender", sender)] {
            if let value { json.member(name, value) }
        }
        if let content { json.member("content", content) }
        switch timestamp {
        case .none: break
        case .text(let text): json.member("timestamp", text)
        case .integer(let number): json.member("timestamp", number)
        case .real(let number): json.member("timestamp", "\(number)")
        }
        json.member("is_from_me", isFromMe)
        for (name, value) in [("media_type", mediaType), ("filename", filename)] {
            if let value { json.member(name, value) }
        }
        json.endObject()
        return Array(json.text.utf8)
    }
}

extension BridgeRow.Time {
    /// The moment; nil for a value that names none.
    ///
    /// Texts are `2025-10-01 16:51:02+02:00` and its variants: `T` in the place of the space, a
    /// fraction, `Z`, `+0200`, `+02`, a name of the zone behind it (Go's own spelling), and without
    /// any zone UTC, as the bridge's driver reads it. Numbers, in texts too, are seconds since
    /// 1970, or milli-, micro- or nanoseconds where as seconds they would lie beyond the year 5138.
    public var moment: Timestamp? {
        switch self {
        case .none: nil
        case .text(let text): Self.moment(text)
        case .integer(let number): Self.moment(number)
        case .real(let number):
            number.isFinite && abs(number) < 1e11
                ? Self.timestamp(Int64((number * 1e6).rounded()), 1_000) : nil
        }
    }

    private static func timestamp(_ count: Int64, _ unit: Int64) -> Timestamp? {
        let (nanoseconds, overflows) = count.multipliedReportingOverflow(by: unit)
        let instant = Instant(nanoseconds: nanoseconds)
        guard !overflows, nanoseconds > 0, instant < .latest else { return nil }
        return Timestamp(instant)
    }

    private static func moment(_ number: Int64) -> Timestamp? {
        switch number {
        case 1..<100_000_000_000: timestamp(number, 1_000_000_000)
        case 100_000_000_000..<100_000_000_000_000: timestamp(number, 1_000_000)
        case 100_000_000_000_000..<100_000_000_000_000_000: timestamp(number, 1_000)
        default: timestamp(number, 1)
        }
    }

    private static func moment(_ text: String) -> Timestamp? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 19, bytes[4] == 0x2D else {
            if let number = Int64(text) { return moment(number) }
            return Double(text).flatMap { Self.real($0).moment }
        }
        var spelt = Array(bytes[..<19])
        guard spelt[10] == 0x20 || spelt[10] | 0x20 == 0x74 else { return nil }
        spelt[10] = 0x54
        var at = 19
        if at < bytes.count, bytes[at] == 0x2E || bytes[at] == 0x2C {
            var digits = 0
            at += 1
            while at < bytes.count, isDigit(bytes[at]) {
                if digits == 0 { spelt.append(0x2E) }
                if digits < 9 { spelt.append(bytes[at]) }
                digits += 1
                at += 1
            }
            guard digits > 0 else { return nil }
        }
        guard let zone = zone(bytes[at...]) else { return nil }
        spelt += zone
        return try? Timestamp.parse(spelt.span)
    }

    /// A zone as RFC 3339 spells it; nil for what is none.
    private static func zone(_ rest: ArraySlice<UInt8>) -> [UInt8]? {
        let parts = rest.split(separator: 0x20)
        guard let first = parts.first else { return [0x5A] }
        // Behind an offset Go writes the name of the zone, and what its clock read.
        if first.first == 0x5A || first.elementsEqual("UTC".utf8) {
            return first.count == 1 || first.count == 3 ? [0x5A] : nil
        }
        guard let sign = first.first, sign == 0x2B || sign == 0x2D else { return nil }
        let digits = first.dropFirst().filter { $0 != 0x3A }
        guard digits.count == 2 || digits.count == 4, digits.allSatisfy(isDigit) else { return nil }
        let minutes = digits.count == 4 ? Array(digits[2...]) : [0x30, 0x30]
        return [sign] + digits[..<2] + [0x3A] + minutes
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
