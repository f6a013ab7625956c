import Bytes
import Events
import Views

/// The row that says what a checkpoint holds; it changes in the same commit as the rows.
struct CheckpointHeader: Equatable {
    /// The number of events that the rows hold.
    var count: Position = 0
    /// The tag of the ledger that the rows belong to.
    var tag: UInt32
    /// The checksum of the record before `count`: a log that was replaced is noticed.
    var lastChecksum: UInt64 = 0
    /// The versions of all projections, as one number.
    var versions: UInt64 = Self.currentVersions
    /// The sorted runs, of each family the oldest and largest first.
    var runs: [Run] = []

    /// A sorted run of a checkpoint.
    struct Run: Equatable {
        var family: IDFamily
        /// The file's number: `NUMBER.run`.
        var number: UInt64
        var entries: UInt64
        /// The checksum of the file's header, which covers its content.
        var checksum: UInt64 = 0
    }

    /// The versions of this program's projections.
    static let currentVersions: UInt64 = {
        // The layout of the checkpoint itself comes first, then how names are spelt.
        var bytes: [UInt8] = [3, Alias.version]
        for projection in Fold.projections {
            bytes += Array(projection.name.utf8) + [UInt8(projection.version)]
        }
        return bytes.span.checksum
    }()

    init(tag: UInt32) { self.tag = tag }

    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= 40,
            bytes.extracting(0..<bytes.count - 8).checksum
                == bytes.load(at: bytes.count - 8, as: UInt64.self)
        else { return nil }
        count = bytes.load(at: 0, as: UInt64.self)
        tag = bytes.load(at: 8, as: UInt32.self)
        lastChecksum = bytes.load(at: 16, as: UInt64.self)
        versions = bytes.load(at: 24, as: UInt64.self)
        var at = 32
        while at + 32 + 8 <= bytes.count {
            guard let family = IDFamily(rawValue: bytes[at]) else { return nil }
            runs.append(
                Run(
                    family: family, number: bytes.load(at: at + 8, as: UInt64.self),
                    entries: bytes.load(at: at + 16, as: UInt64.self),
                    checksum: bytes.load(at: at + 24, as: UInt64.self)))
            at += 32
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: tag)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: lastChecksum)
        bytes.append(littleEndian: versions)
        for run in runs {
            bytes.append(run.family.rawValue)
            bytes.append(contentsOf: [0, 0, 0, 0, 0, 0, 0])
            bytes.append(littleEndian: run.number)
            bytes.append(littleEndian: run.entries)
            bytes.append(littleEndian: run.checksum)
        }
        bytes.append(littleEndian: bytes.span.checksum)
        return bytes
    }
}
