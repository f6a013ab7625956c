public import Bytes
public import Events

/// Texts by which others mention a person: names, aliases, the digits of numbers.
public struct Mentions: Sendable {
    private let person: Fingerprint
    private var needles: Set<[UInt8]> = []

    /// No text yet.
    ///
    /// - Parameter person: The person's id: what is sealed under its key is no mention by others.
    public init(of person: Fingerprint) { self.person = person }

    /// Adds a name or an alias; at most 64, none shorter than 4 bytes: they would be found
    /// everywhere.
    public mutating func add(_ name: String) {
        let part = Alias.withCanonical(name.utf8Span.span) { $0.array }
        guard part.count >= 4, needles.count < 64 else { return }
        needles.insert(part.map(Self.folded))
    }

    /// Whether a record is of somebody else, and mentions the person.
    ///
    /// - Throws: ``LedgerError`` with `keys` where the vault cannot be opened.
    public func isOne(_ event: borrowing EventView, _ ledger: Ledger) throws -> Bool {
        guard !event.concerns(person), event.type?.author == .anyone else { return false }
        return try ledger.withOpened(event) { opened in
            Self.searched.contains { field in
                opened.range(of: field).map { are(in: opened.bytes.extracting($0)) } ?? false
            }
        }
    }

    /// Whether a text in UTF-8 holds one of them, whatever the case of its ASCII letters.
    public func are(in text: Span<UInt8>) -> Bool {
        for needle in needles where text.count >= needle.count {
            for start in 0...(text.count - needle.count) {
                var at = 0
                while at < needle.count, Self.folded(text[start + at]) == needle[at] { at += 1 }
                if at == needle.count { return true }
            }
        }
        return false
    }

    private static let searched: [Field] = [
        .text, .name, .detail, .reason, .quoted, .evidence, .reasons, .extras,
    ]

    private static func folded(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
    }
}

extension EventView {
    /// Whether the event is sealed under the person's key, or names the person.
    public func concerns(_ id: Fingerprint) -> Bool {
        id != .none && (person == id || holder == id || chat == id || otherPerson == id)
    }
}
