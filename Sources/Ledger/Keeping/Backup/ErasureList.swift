import Bytes
public import Events
import Storage

/// One person who was erased: a backup that is older than that must forget them, too.
public struct Erasure: Hashable, Sendable {
    /// Where `person.erased` stood in the log that it was recorded in.
    public let position: Position
    /// The keyed hash of an alias, as the vault's slots hold it.
    public let hash: [UInt8]

    /// An alias that was erased.
    public init(position: Position, hash: [UInt8]) {
        self.position = position
        self.hash = hash
    }
}

/// The list `keys/erasures`: a line for each erased alias, `position hash`, the hash in
/// hexadecimal.
///
/// It holds no key and no name. It is appended to by whoever erases, kept when the ledger goes on
/// under a new name, and copied into every backup, with or without keys.
public struct ErasureList: Sendable, Equatable {
    /// The erasures, in the order of the file.
    public private(set) var erasures: [Erasure] = []

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

    /// The file's content.
    public var text: String {
        erasures.map { "\($0.position) \($0.hash.span.hex)\n" }.joined()
    }

    private static func erasure(_ line: [UInt8], _ path: String) throws -> Erasure {
        let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Position(String(decoding: parts[0], as: UTF8.self)),
            !parts[1].isEmpty, let hash = bytes(hex: Array(parts[1]))
        else {
            let text = String(decoding: line.prefix(80), as: UTF8.self)
            throw LedgerError(.damaged, "\(path) holds a line that is no erasure: \(text)")
        }
        return Erasure(position: position, hash: hash)
    }

    private static func bytes(hex: [UInt8]) -> [UInt8]? {
        guard hex.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: hex.count, by: 2) {
            let pair = String(decoding: hex[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16), pair.utf8.first != UInt8(ascii: "+") else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
