public import Bytes
public import Events
import Storage

/// An alias that leads nowhere any more: a backup that is older must forget its person, too.
public struct ErasedAlias: Hashable, Sendable {
    /// Where `person.erased` stood in the log that it was recorded in.
    public let position: Position
    /// The keyed hash of the alias, as the vault's slots hold it.
    public let alias: Fingerprint
    /// The withdrawals that are remembered, a bit for each category.
    public let optOut: UInt8
    /// Whether consent was asked for.
    public let isAsked: Bool

    /// An alias that was erased.
    public init(position: Position, alias: Fingerprint, optOut: UInt8 = 0, isAsked: Bool = false) {
        self.position = position
        self.alias = alias
        self.optOut = optOut
        self.isAsked = isAsked
    }
}

/// The list `keys/erasures`: a line for each erased alias, `position hash withdrawn asked`: the
/// hash in hexadecimal digits, the withdrawals as a number of bits, 1 where consent was asked for.
///
/// It holds no key and no name. It is appended to by whoever erases, kept when the ledger goes on
/// under a new name, and copied into every backup, with or without keys.
public struct ErasureList: Sendable, Equatable {
    /// The erasures, in the order of the file.
    public private(set) var erasures: [ErasedAlias] = []

    /// A list of none.
    public init() {}

    /// Reads a list; a file that is missing is one of none.
    ///
    /// - Throws: ``LedgerError`` with `damaged` for a line that is none; `storage`.
    public init(file path: String) throws(LedgerError) {
        guard Folder.exists(path) else { return }
        do {
            var reader = try FileReader(path: path)
            while let line = try reader.line() { erasures.append(try Self.erasure(line, path)) }
        } catch { throw LedgerError(any: error) }
    }

    /// Takes in those of another list that this one has not.
    public mutating func merge(_ other: ErasureList) {
        var known = Set(erasures)
        for erasure in other.erasures where known.insert(erasure).inserted {
            erasures.append(erasure)
        }
    }

    /// Takes in more; of an alias that is there already, the newest counts.
    mutating func add(_ newer: [ErasedAlias]) {
        let aliases = Set(newer.map(\.alias))
        erasures.removeAll { aliases.contains($0.alias) }
        erasures += newer
    }

    /// The file's content.
    public var text: String {
        erasures.map {
            "\($0.position) \($0.alias.hex) \($0.optOut) \($0.isAsked ? 1 : 0)\n"
        }.joined()
    }

    private static func erasure(_ line: [UInt8], _ path: String) throws -> ErasedAlias {
        let text = String(decoding: line, as: UTF8.self)
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 4, let position = Position(parts[0]),
            let alias = Fingerprint(hex: parts[1]), let optOut = UInt8(parts[2]),
            parts[3] == "0" || parts[3] == "1"
        else {
            throw LedgerError(
                .damaged, "\(path) holds a line that is no erasure: \(text.prefix(80))")
        }
        return ErasedAlias(
            position: position, alias: alias, optOut: optOut, isAsked: parts[3] == "1")
    }
}
