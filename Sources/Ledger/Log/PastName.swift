import Bytes
public import Events
import Storage

/// A name that a ledger had before its log lost its end or was restored.
public struct PastName: Sendable, Equatable {
    /// The name.
    public let origin: String
    /// How many records the log had when the ledger went on under the next name.
    public let end: Position
}

extension LedgerIdentity {
    /// The tags of its reservations, under each of its names.
    public var tags: ReservationTags {
        let names = past.dropFirst().map(\.origin) + (past.isEmpty ? [] : [origin])
        let later = zip(past, names).map {
            ReservationTags.Later(start: $0.end, tag: Self.tag(of: $1))
        }
        return ReservationTags(first: tag, later: later)
    }

    /// The ledger as it goes on under a new name, after so many records.
    ///
    /// The new name is the first one, the number of the name, and 32 random bits: two copies of one
    /// backup must not have the same name.
    func renamed(after count: Position) -> LedgerIdentity {
        var next = self
        next.past.append(PastName(origin: origin, end: count))
        let random = String(UInt32.random(in: 1 << 28 ... .max), radix: 16)
        let ending = "~\(next.past.count + 1)-\(random)"
        let name = firstOrigin.utf8.prefix(Self.originBytesMax - ending.utf8.count)
        next.origin = String(decoding: Array(name), as: UTF8.self) + ending
        return next
    }

    /// The most bytes that a name has.
    static let originBytesMax = 255

    /// The past names as the log's main table holds them: end (8), bytes of the name (1), name.
    var pastBytes: [UInt8] {
        var bytes: [UInt8] = []
        for name in past {
            bytes.append(littleEndian: name.end)
            bytes.append(UInt8(name.origin.utf8.count))
            bytes += name.origin.utf8
        }
        return bytes
    }

    /// Reads what ``pastBytes`` wrote; nil where it does not fit.
    static func past(_ bytes: Span<UInt8>) -> [PastName]? {
        var names: [PastName] = []
        var at = 0
        while at < bytes.count {
            guard at + 9 <= bytes.count, at + 9 + Int(bytes[at + 8]) <= bytes.count else {
                return nil
            }
            let end = at + 9 + Int(bytes[at + 8])
            names.append(
                PastName(
                    origin: bytes.extracting(at + 9..<end).string,
                    end: bytes.load(at: at, as: UInt64.self)))
            at = end
        }
        return names
    }
}
