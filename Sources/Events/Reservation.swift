/// The name of a reservation: the position of its `send.reserved`, and the tag of its ledger.
///
/// In JSON it is a text, `r1041.9f3a2c1b`: the position in decimal and the tag in hexadecimal, so
/// that a reservation of another ledger is told apart.
public struct Reservation: Hashable, Sendable {
    /// The position of `send.reserved`.
    public let position: Position
    /// The low 32 bits of the fingerprint of the ledger's origin name.
    public let tag: UInt32

    /// A reservation at `position` of the ledger with that tag.
    public init(position: Position, tag: UInt32) {
        self.position = position
        self.tag = tag
    }

    /// Reads `r1041.9f3a2c1b`, or nil; a log never has 2^63 positions.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].first == "r", parts[1].utf8.count == 8,
            let position = Position(parts[0].dropFirst()), position <= Position(Int64.max),
            parts[0].utf8.count <= 20,
            parts[0].dropFirst().utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }),
            parts[1].utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let tag = UInt32(parts[1], radix: 16)
        else { return nil }
        self.init(position: position, tag: tag)
    }

    /// `r1041.9f3a2c1b`.
    public var description: String {
        let hex = String(tag, radix: 16)
        return "r\(position)." + String(repeating: "0", count: 8 - hex.utf8.count) + hex
    }
}
