import Bytes
import Glibc

/// The two pages at the head of an LMDB file, each of which names one of its last two commits.
///
/// LMDB opens the one with the higher number and has no checksum: a bit that changed in a number
/// makes an older commit the newest, and what came after it is gone without a word. The numbers of
/// two commits in a row tell.
///
/// Source: `MDB_meta` in LMDB's mdb.c, data version 1.
public enum CommitPages {
    /// Where the page size lies in the first page: in the unused part of the first database.
    private static let pageSize = 40
    /// Where the number of the commit lies in its page.
    private static let number = 144
    /// How often they are read before they count as wrong: another process may commit meanwhile.
    private static let attempts = 100

    /// Whether the pages are those of two commits in a row, or of none yet.
    ///
    /// - Parameter path: the data file of an environment that LMDB has opened.
    /// - Throws: ``StorageError`` where it cannot be read.
    public static func follow(path: String) throws(StorageError) -> Bool {
        for attempt in 0..<attempts {
            if attempt > 0 { usleep(500) }
            if try areSuccessive(path) { return true }
        }
        return false
    }

    private static func areSuccessive(_ path: String) throws(StorageError) -> Bool {
        var reader = try FileReader(path: path)
        let head = try reader.read(number + 8)
        guard head.count == number + 8 else { return false }
        let size = Int(head.span.load(at: pageSize, as: UInt32.self))
        guard (512...65_536).contains(size) else { return false }
        let rest = try reader.read(size)
        guard rest.count == size else { return false }
        let first = head.span.load(at: number, as: UInt64.self)
        let second = rest.span.load(at: size - 8, as: UInt64.self)
        // The number says which of the two pages it is written to.
        let isInPlace = first & 1 == 0 && (second & 1 == 1 || second == 0)
        return isInPlace && (first > second ? first - second : second - first) <= 1
    }
}
