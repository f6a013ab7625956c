import Bytes
import Storage

/// What tells the file of a log from a copy of it: the row `file` of the log's main table.
struct LogFile: Equatable {
    /// The file's number on its file system.
    let number: UInt64
    /// When the file was made, nanoseconds since 1970; 0 where the file system does not say.
    let born: Int64

    /// The file at `path`; nil where it cannot be looked at.
    init?(path: String) {
        guard let birth = Folder.birth(of: path) else { return nil }
        (number, born) = birth
    }

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 16 else { return nil }
        number = bytes.load(at: 0, as: UInt64.self)
        born = bytes.load(at: 8, as: Int64.self)
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: number)
        bytes.append(littleEndian: born)
        return bytes
    }

    /// Whether it may be the same file; a moment that nobody knows decides nothing.
    func mayBe(_ other: LogFile) -> Bool {
        number == other.number && (born == other.born || born == 0 || other.born == 0)
    }
}
