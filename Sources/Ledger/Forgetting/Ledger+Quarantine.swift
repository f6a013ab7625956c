import Bytes
public import Events
import Storage
import Synchronization
import Vault

/// Input that was put aside and is too long for its event: a file beside the log, sealed under the
/// key of the event's day.
///
/// ```
/// quarantine/DAY-SHA256      DAY counts from 1970-01-01; the digest is that of the clear bytes
/// ```
extension Ledger {
    private var quarantine: String { folder + "/quarantine" }

    /// The most bytes that are kept beside the log for one day.
    public static let quarantineDayBytesMax = 256 << 20

    /// Keeps the bytes of an `input.quarantined` that names only their digest.
    ///
    /// The event comes first: it has made the key. Repeated after a crash, it adds nothing.
    /// - Parameter dayBytesMax: beyond so many bytes of one day no more are kept: the event names
    ///   their digest and their number all the same.
    /// - Returns: whether they are kept.
    /// - Throws: ``LedgerError`` with `storage`, or `keys` where the day's key is gone.
    @discardableResult
    public func keep(
        _ raw: [UInt8], besidesEventAt position: Position,
        dayBytesMax: Int = quarantineDayBytesMax
    ) throws(LedgerError) -> Bool {
        do {
            let place = try place(of: position)
            guard let path = place.path, !Folder.exists(path) else { return true }
            guard Self.takes(raw.count, path, in: quarantine, dayBytesMax) else { return false }
            guard let owner = try keyring.owner(id: place.holder) else {
                throw LedgerError(.keys, "the key of that day was destroyed", position: position)
            }
            let field = SealedField(
                number: Field.raw.rawValue, kind: FieldKind.bytes.rawValue, range: 0..<raw.count)
            let sealed = try keyring.sealers.lend { tools throws(VaultError) in
                var sealed: [UInt8] = []
                tools.seal(
                    [field], of: raw.span, identity: place.identity, under: owner.key, into: &sealed
                )
                return sealed
            }
            if !Folder.exists(quarantine) { try Folder.create(quarantine) }
            try Descriptor.replace(path, sealed)
            try Folder.sync(quarantine)
            return true
        } catch { throw LedgerError(any: error) }
    }

    /// Whether so many bytes more fit into the day of a file; they are counted if so.
    ///
    /// A day's files are looked at once, and counted from then on: what another process puts there
    /// meanwhile is not seen.
    private static func takes(
        _ count: Int, _ path: String, in folder: String, _ most: Int
    ) -> Bool {
        let day = String(path.dropLast(64))
        return dayBytes.withLock { known in
            let used =
                known[day]
                ?? Folder.names(in: folder).lazy.map { folder + "/" + $0 }
                .filter { $0.hasPrefix(day) }.reduce(0) { $0 + Folder.size(of: $1) }
            known[day] = used
            guard used + count <= most else { return false }
            known[day] = used + count
            return true
        }
    }

    /// How many bytes are kept, by the path of a day's files without their digests.
    private static let dayBytes = Mutex<[String: Int]>([:])

    /// The bytes that were put aside with the event at a position: from the event, or from beside
    /// the log; nil where they were forgotten, or where the event keeps none.
    public func putAside(at position: Position) throws(LedgerError) -> [UInt8]? {
        do {
            let inside = try withOpenEvent(at: position) { event -> [UInt8]? in
                guard event.kind(of: .raw) == .bytes else { return nil }
                return event.range(of: .raw).map { event.bytes.extracting($0).array }
            }
            if let inside { return inside }
            let place = try place(of: position)
            guard let path = place.path, Folder.exists(path),
                let owner = try keyring.owner(id: place.holder)
            else { return nil }
            let sealed = try Descriptor.contents(of: path, byteMax: .max)
            let field = SealedField(
                number: Field.raw.rawValue, kind: FieldKind.bytes.rawValue, range: 0..<sealed.count)
            return try keyring.sealers.lend { tools throws(VaultError) in
                try tools.open([field], of: sealed.span, identity: place.identity, under: owner.key)
            }.first?.text
        } catch { throw LedgerError(any: error) }
    }

    /// Forgets input that was put aside before a day: its keys and its files.
    ///
    /// - Returns: how many files were removed.
    @discardableResult
    public func forgetQuarantine(before time: Instant) async throws(LedgerError) -> Int {
        let day = UInt32(clamping: time.nanoseconds / 86_400_000_000_000)
        _ = try await carryOut(.destroyDays(day))
        var removed = 0
        for name in Folder.names(in: quarantine) {
            guard let first = name.split(separator: "-").first, let named = UInt32(first),
                named < day
            else { continue }
            do { try Folder.remove(quarantine + "/" + name) } catch { throw LedgerError(error) }
            removed += 1
        }
        return removed
    }

    /// Where the bytes of an event lie, and what they are sealed with.
    private struct AsidePlace {
        var path: String?
        var holder = Fingerprint.none
        var identity = Fingerprint.none
    }

    private func place(of position: Position) throws -> AsidePlace {
        let folder = quarantine
        return try withEvent(at: position) { event -> AsidePlace in
            guard let digest = event.text(.hash) else { return AsidePlace() }
            let day = event.effective.nanoseconds / 86_400_000_000_000
            return AsidePlace(
                path: "\(folder)/\(day)-\(digest)", holder: event.holder, identity: event.digest)
        }
    }
}
