import CommandLineKit
import Crypto
import Events
import Evidence
import Ledger
import Storage

/// `restore`: makes a ledger from a backup.
enum RestoreVerb {
    static let backup = Operand<String>.required("BACKUP", "The folder that 'backup' made")
    static let folder = Operand<String>.required("DIR", "The new ledger's folder")
    static let keys = Option<String?>.text(
        "keys", "DIR", "Take the keys and erasures of the original, from its folder keys/")

    static let command = Command.verb(
        "restore", "Make a ledger from a backup, under a new name",
        details: "The name is the old one with a number and random letters, and the signing key is "
            + "new: the original may live on, and what is restored must not pass for it. Who was "
            + "erased after the backup is erased again, as far as --keys or the backup tells.",
        operands: [backup, folder], options: [keys] + MasterKeyOptions.options + Operator.options,
        examples: [
            .init("ledger restore /mnt/backup/2026-10-01 /var/lib/ledger-2", "after a disk died"),
            .init(
                "ledger restore --keys /old/ledger/keys /mnt/backup/2026-10-01 /var/lib/ledger-2",
                "keys and erasures are newer than the backup"),
        ]
    ) { arguments, out in
        guard arguments(Global.now) == nil else {
            throw UsageError(
                "restore takes no --now: the clock is the backup's", command: "restore")
        }
        let (path, target) = (arguments(backup), arguments(folder))
        var order = Ledger.RestoreOrder(
            by: arguments(Operator.by) ?? LocalHost.user,
            why: arguments(Operator.why) ?? "restored from \(path)")
        order.keys = arguments(keys)
        order.masterKey = try MasterKeyOptions.source(arguments)
        var options = Ledger.Options()
        let rebuilding = RebuildBar(out)
        options.progress = { rebuilding.show($0) }
        var bar: Progress?
        let restored = try await Ledger.restore(path, to: target, order, options: options) {
            done, total in
            if bar == nil, total > 1 << 18 {
                bar = Progress("restore", unit: "events", total: Int(total), out: out)
            }
            bar?.advance(to: Int(done))
        }
        bar?.finish()
        rebuilding.finish()
        tell(restored, target, out)
        return ExitCode.done
    }

    private static func tell(_ restored: Ledger.Restored, _ folder: String, _ out: Output) {
        let (old, next) = (restored.backup, restored.next)
        guard out.isJSON else {
            out.line("restored \(old.count) events of \(old.origin) to \(Terminal.escape(folder))")
            out.line("the ledger goes on as \(next.origin) (position \(next.position))")
            out.line("its checkpoints are verified by \(next.key.text)")
            if restored.erasures > 0 { out.line("its list names \(restored.erasures) erasures") }
            if !old.hasKeys { out.note("the backup holds no keys of persons") }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("ledger", folder)
        json.member("events", old.count)
        json.member("restored_from", old.origin)
        json.member("origin", next.origin)
        json.member("vkey", next.key.text)
        json.member("position", next.position)
        json.member("erasures", restored.erasures)
        json.endObject()
        out.line(json.text)
    }
}
