import CommandLineKit
import Crypto
import Events
import Ledger
import Storage

/// `backup`: copies a ledger while it is used.
enum BackupVerb {
    static let folder = Operand<String>.required(
        "DIR", "A new folder, best on another disk; it may lie on a network file system")
    static let withoutKeys = Option<Bool>.flag(
        "without-keys", "Leave the keys of persons out: what they seal cannot be read from the copy"
    )

    static let command = Command.verb(
        "backup", "Copy the log, what was signed, and the keys of persons",
        details: "Nobody has to stop meanwhile. The copy is read again and its root compared with "
            + "the ledger's. Views and the signing key are never copied. The backup is recorded as an "
            + "event; 'ledger restore' makes a ledger of it.",
        operands: [folder], options: [withoutKeys] + Operator.options,
        examples: [
            .init("ledger backup /mnt/backup/2026-10-01", "every night, say"),
            .init("ledger backup --without-keys /mnt/offsite/2026-10-01", "for other hands"),
        ]
    ) { arguments, out in
        let path = arguments(folder)
        try refuseDamage(arguments)
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        try refuseInside(path, ledger)
        // A ledger that cannot sign, or must not be written, is worth a backup all the more.
        do { _ = try CheckpointVerb.sign(ledger, out) } catch {
            out.note("not signed: \(Terminal.escape(Failure(error).message))")
        }
        let total = Int(try ledger.count())
        let bar =
            total > 1 << 18
            ? Progress("backup", unit: "records read", total: 2 * total, out: out) : nil
        let manifest = try ledger.backUp(to: path, hasKeys: !arguments(withoutKeys)) { done, _ in
            bar?.advance(to: Int(done))
        }
        bar?.finish()
        let position = try await record(manifest, arguments, ledger, out)
        tell(manifest, position, path, out)
        return ExitCode.done
    }

    /// A copy of a damaged log is none; the pages are looked at where a thread may wait.
    private static func refuseDamage(_ arguments: Arguments) throws {
        try Ledger.refuseDamagedPages(in: LedgerInUse.folder(arguments))
    }

    /// Who erases a person counts on what lies in the ledger's folder.
    private static func refuseInside(_ path: String, _ ledger: Ledger) throws {
        let parent = Folder.canonical(Folder.parent(of: path)) + "/"
        guard parent.hasPrefix(Folder.canonical(ledger.folder) + "/") else { return }
        throw Failure("invalid", "\(path) lies in the ledger's own folder; name one elsewhere")
    }

    /// Records that a backup was made; nil where nothing may be written.
    private static func record(
        _ manifest: BackupManifest, _ arguments: Arguments, _ ledger: Ledger, _ out: Output
    ) async throws -> Position? {
        if let refusal = ledger.standing() {
            out.note("not recorded: \(Terminal.escape(refusal.message))")
            return nil
        }
        var event = ExportMade()
        event.format = "backup"
        event.count = Int64(manifest.count)
        event.first = manifest.count > 0 ? 0 : nil
        event.last = manifest.count > 0 ? Int64(manifest.count) - 1 : nil
        event.hash = manifest.root.hex
        event.by = arguments(Operator.by) ?? LocalHost.user
        event.why = arguments(Operator.why)
        event.user = LocalHost.user
        event.login = LocalHost.login
        let draft = try event.draft(source: Ledger.ownSource, id: Operator.id("backup"))
        let now = try TimeWord.now(arguments)
        return try await ledger.append([draft], now: now, as: .house)[0].position
    }

    private static func tell(
        _ manifest: BackupManifest, _ position: Position?, _ path: String, _ out: Output
    ) {
        guard out.isJSON else {
            let keys = manifest.hasKeys ? "with" : "without"
            let place = position.map { " (position \($0))" } ?? ""
            out.line(
                "backed up \(manifest.count) events to \(Terminal.escape(path)), \(keys) the keys of "
                    + "persons\(place)")
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("path", path)
        json.member("origin", manifest.origin)
        json.member("count", manifest.count)
        json.member("root", manifest.root.base64)
        json.member("made", manifest.made)
        json.member("keys", manifest.hasKeys)
        json.key("position")
        if let position { json.value(position) } else { json.null() }
        json.endObject()
        out.line(json.text)
    }
}
