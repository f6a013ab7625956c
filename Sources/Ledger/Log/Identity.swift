import Bytes
import Events
import Storage

/// What a ledger knows of itself: written once, in the log's main table.
public struct LedgerIdentity: Sendable, Equatable {
    /// The version of the format: 0 kept personal fields in clear, 1 seals them.
    public var format: UInt32
    /// The name under which it signs and grants.
    public var origin: String
    /// Whether the clock is driven: see ``LedgerClock``.
    public var isDevelopment: Bool

    /// The format that this version writes.
    public static let currentFormat: UInt32 = 1

    /// The names that it had before, the oldest first; most ledgers have none.
    public var past: [PastName] = []

    /// The low 32 bits of the first name's fingerprint: the tag of its files.
    public var tag: UInt32 { Self.tag(of: firstOrigin) }

    /// The name that it was made with; it stays the same when the ledger goes on under another.
    public var firstOrigin: String { past.first?.origin ?? origin }

    static func tag(of origin: String) -> UInt32 {
        UInt32(truncatingIfNeeded: Fingerprint(of: origin).low)
    }
}

/// The rows of the log's main table.
enum MetaKey: String, CaseIterable {
    case format, origin, development, views, clock, vault, past, restoring, file
    /// What the log knows of the file of keys: see `VaultMark`.
    case keys

    var bytes: [UInt8] { Array(rawValue.utf8) }

    /// All names in the main table: the rows, and the table of records.
    static let known = Set(allCases.map(\.rawValue) + ["log"])
}

/// The clock row: what the next commit compares its own clocks with.
struct ClockRow: Equatable {
    /// The kernel's name for the time since the last start.
    var bootID: Fingerprint
    /// Time since the start, nanoseconds.
    var boot: Int64
    /// The ledger's time at that moment.
    var ledger: Instant
    /// Whether the wall clock has been found to have stepped.
    var hasStepped: Bool
    /// Time since the start at the first commit of this start.
    var firstBoot: Int64
    /// The ledger's time at that commit.
    var firstLedger: Instant

    /// The row of the first commit of a start.
    init(bootID: Fingerprint, boot: Int64, ledger: Instant, hasStepped: Bool = false) {
        self.bootID = bootID
        self.boot = boot
        self.ledger = ledger
        self.hasStepped = hasStepped
        firstBoot = boot
        firstLedger = ledger
    }

    init?(_ bytes: Span<UInt8>) {
        // Earlier versions kept nothing of the first commit.
        guard bytes.count == 56 || bytes.count == 40 else { return nil }
        self.init(
            bootID: Fingerprint(bytes, at: 0), boot: bytes.load(at: 16, as: Int64.self),
            ledger: Instant(nanoseconds: bytes.load(at: 24, as: Int64.self)),
            hasStepped: bytes.load(at: 32, as: UInt64.self) & 1 != 0)
        guard bytes.count == 56 else { return }
        firstBoot = bytes.load(at: 40, as: Int64.self)
        firstLedger = Instant(nanoseconds: bytes.load(at: 48, as: Int64.self))
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(56)
        bytes.append(littleEndian: bootID.low)
        bytes.append(littleEndian: bootID.high)
        bytes.append(littleEndian: boot)
        bytes.append(littleEndian: ledger.nanoseconds)
        bytes.append(littleEndian: UInt64(hasStepped ? 1 : 0))
        bytes.append(littleEndian: firstBoot)
        bytes.append(littleEndian: firstLedger.nanoseconds)
        return bytes
    }
}
