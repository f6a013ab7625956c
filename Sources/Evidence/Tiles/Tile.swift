/// One file of a log as C2SP tlog-tiles lays it out: up to 256 hashes or records.
public struct Tile: Hashable, Sendable {
    /// What a tile holds.
    public enum Row: Hashable, Sendable {
        /// Hashes of one stored level: the roots of 256^level leaves each. At most 63.
        case hashes(level: Int)
        /// The records themselves.
        case entries
    }

    /// How many levels of the tree one level of tiles covers.
    public static let height = 8
    /// How many hashes or records a full tile holds.
    public static let widthMax = 256

    /// What the tile holds.
    public let row: Row
    /// Its place in its row, from the left.
    public let index: UInt64
    /// How many hashes or records it holds, 1 to 256; under 256 it is the partial right edge.
    public let width: Int

    /// The tile at that place, full unless said otherwise.
    public init(_ row: Row, _ index: UInt64, width: Int = widthMax) {
        precondition((1...Self.widthMax).contains(width), "a tile holds 1 to 256")
        self.row = row
        self.index = index
        self.width = width
    }

    /// The tile that holds number `number` of a row that has `count`; nil if there is none.
    static func holding(_ number: UInt64, of count: UInt64, _ row: Row) -> Tile? {
        guard number < count else { return nil }
        let index = number / UInt64(widthMax)
        let rest = count - index * UInt64(widthMax)
        return Tile(row, index, width: Int(min(rest, UInt64(widthMax))))
    }

    /// Whether it will never change.
    public var isFull: Bool { width == Self.widthMax }

    /// Where the file lies, such as `tile/0/x001/x234/067` or `tile/entries/001.p/44`.
    public var path: String {
        var path = "tile/"
        switch row {
        case .hashes(let level): path += "\(level)"
        case .entries: path += "entries"
        }
        let digits = String(index)
        let padded = String(repeating: "0", count: (3 - digits.utf8.count % 3) % 3) + digits
        var rest = padded[...]
        while rest.utf8.count > 3 {
            path += "/x\(rest.prefix(3))"
            rest = rest.dropFirst(3)
        }
        path += "/\(rest)"
        return isFull ? path : path + ".p/\(width)"
    }

    /// The tile whose file lies at `path`.
    ///
    /// - Throws: `malformed` if that is not exactly a path as ``path`` spells it.
    public init(path: String) throws(EvidenceError) {
        let malformed = EvidenceError(.malformed, "'\(path)' is not the path of a tile.")
        var parts = path.split(separator: "/", omittingEmptySubsequences: false)[...]
        guard parts.count >= 3, parts.removeFirst() == "tile" else { throw malformed }
        let name = parts.removeFirst()
        let row = name == "entries" ? Row.entries : Int(name).map { Row.hashes(level: $0) }
        var width = Self.widthMax
        if parts.count >= 2, parts[parts.endIndex - 2].hasSuffix(".p") {
            guard let number = Int(parts.removeLast()), (1..<Self.widthMax).contains(number) else {
                throw malformed
            }
            width = number
            parts.append(parts.removeLast().dropLast(2))
        }
        let digits = parts.map { $0.hasPrefix("x") ? $0.dropFirst() : $0 }.joined()
        guard let row, let index = UInt64(digits) else { throw malformed }
        if case .hashes(let level) = row, !(0..<64).contains(level) { throw malformed }
        self.init(row, index, width: width)
        guard self.path.utf8.elementsEqual(path.utf8) else { throw malformed }
    }
}
