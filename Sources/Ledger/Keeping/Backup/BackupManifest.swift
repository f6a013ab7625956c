import Bytes
public import Crypto
public import Events
import Evidence
import Storage

/// `backup.json`: what a backup holds.
public struct BackupManifest: Sendable, Equatable {
    /// The name of the ledger that it was taken of.
    public var origin: String
    /// The number of records.
    public var count: Position
    /// The root of their tree.
    public var root: Digest
    /// When it was taken, by the machine's clock.
    public var made: Instant
    /// The time of the ledger's clock: nothing restored from it is recorded earlier.
    public var clock: Instant
    /// Whether the keys of persons are in it.
    public var hasKeys: Bool
    /// The rows of the log's main table that belong to the ledger wherever it lies.
    var rows: [String: [UInt8]]

    static let version = 1

    var text: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("ledger_backup", Self.version)
        json.member("origin", origin)
        json.member("count", count)
        json.member("root", root.base64)
        json.member("made", made)
        json.member("clock", clock.nanoseconds)
        json.member("keys", hasKeys)
        json.key("rows")
        json.beginObject()
        for (name, bytes) in rows.sorted(by: { $0.key < $1.key }) {
            json.member(name, Base64.text(bytes.span))
        }
        json.endObject()
        json.endObject()
        return json.text + "\n"
    }

    init(
        origin: String, count: Position, root: Digest, made: Instant, clock: Instant,
        hasKeys: Bool, rows: [String: [UInt8]]
    ) {
        self.origin = origin
        self.count = count
        self.root = root
        self.made = made
        self.clock = clock
        self.hasKeys = hasKeys
        self.rows = rows
    }

    /// Reads ``text``.
    ///
    /// - Throws: ``LedgerError`` with `newer` for a later version, `damaged` for anything else.
    init(parsing bytes: Span<UInt8>, path: String) throws(LedgerError) {
        let json = try? JSONValue.parse(bytes)
        if let version = json?["ledger_backup"]?.integer, version > Self.version {
            throw LedgerError(
                .newer, "\(path) is of version \(version), newer than this ledger; use a newer one")
        }
        guard let json, let origin = json["origin"]?.text, let count = json["count"]?.position,
            let root = json["root"]?.text.flatMap({ Digest(base64: Array($0.utf8).span) }),
            let made = json["made"]?.text.flatMap({ try? Timestamp.parse($0).instant }),
            let clock = json["clock"]?.integer, let hasKeys = json["keys"]?.flag
        else { throw LedgerError(.damaged, "\(path) is not what a backup says of itself") }
        var rows: [String: [UInt8]] = [:]
        for member in json["rows"]?.members ?? [] {
            rows[member.name] = member.value.text.flatMap { Base64.decode(Array($0.utf8).span) }
        }
        self.init(
            origin: origin, count: count, root: root, made: made,
            clock: Instant(nanoseconds: clock), hasKeys: hasKeys, rows: rows)
    }
}
