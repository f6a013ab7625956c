import Adapters
import Bytes

/// The newest rows that were read from a bridge's store: by them replaced rows are known again.
///
/// `INSERT OR REPLACE` gives a row a new number and keeps its key; an `UPDATE` keeps both. A vacuum
/// numbers all rows anew.
struct BridgeWindow {
    /// So many rows are known by heart and read again at each change.
    static let rowMax = 1_000

    private struct Known {
        let rowid: Int64
        let key: Fingerprint
        var digest: Fingerprint
    }

    /// By ascending row numbers.
    private var rows: [Known] = []
    private var byKey: [Fingerprint: Fingerprint] = [:]

    /// The number of the row before the first one that is known.
    var start: Int64 { (rows.first?.rowid ?? 1) - 1 }

    /// What a row of a higher number is: new, known with the same content, or edited.
    enum News { case new, same, edited }

    /// Enters a row with a higher number than all that are known.
    mutating func enter(_ row: BridgeRow) -> News {
        let (key, digest) = (row.key, row.digest)
        let before = byKey.updateValue(digest, forKey: key)
        rows.append(Known(rowid: row.rowid, key: key, digest: digest))
        if rows.count > 2 * Self.rowMax {
            for known in rows[..<Self.rowMax] where byKey[known.key] == known.digest {
                byKey[known.key] = nil
            }
            rows.removeFirst(Self.rowMax)
            for known in rows { byKey[known.key] = known.digest }
        }
        guard let before else { return .new }
        return before == digest ? .same : .edited
    }

    /// Compares the known rows with what the store holds now under their numbers.
    ///
    /// - Returns: the rows that were edited; nil where the rows were numbered anew.
    mutating func compare(_ now: [BridgeRow]) -> [BridgeRow]? {
        var edited: [BridgeRow] = []
        var at = 0
        for row in now {
            while at < rows.count, rows[at].rowid < row.rowid { at += 1 }
            // A row where none was: its number was free again.
            guard at < rows.count, rows[at].rowid == row.rowid, rows[at].key == row.key else {
                return nil
            }
            let digest = row.digest
            guard rows[at].digest != digest else { continue }
            rows[at].digest = digest
            byKey[row.key] = digest
            edited.append(row)
        }
        return edited
    }

    /// Forgets the numbers, not the contents: the rows are read from the first one again.
    mutating func renumber() {
        rows.removeAll()
        if byKey.count > 8 * Self.rowMax { byKey.removeAll() }
    }

    /// Whether a row of that number is known.
    func knows(_ rowid: Int64) -> Bool { rows.contains { $0.rowid == rowid } }
}
