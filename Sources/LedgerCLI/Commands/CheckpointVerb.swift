import CommandLineKit
import Crypto
import Events
import Evidence
import Ledger
import Storage

/// `checkpoint`: signs how many records the log has and what the root of their tree is.
enum CheckpointVerb {
    static let to = Option<String?>.text(
        "to", "DIR", "Write it to DIR/checkpoint too, such as on a disk that others own")
    static let follow = Option<Bool>.flag(
        "follow", "Go on signing while the log grows, until interrupted")
    static let every = Option<Int?>.integer(
        "every", "N", in: 1...1 << 40, "With --follow: after N events at the latest (65536)")
    static let seconds = Option<Int?>.integer(
        "seconds", "T", in: 1...31_536_000, "With --follow: after T seconds at the latest (600)")

    static let command = Command.verb(
        "checkpoint", "Sign the log as it is, and print the signed checkpoint",
        details: "Nothing new is signed if the log has not grown since. With --follow it is signed "
            + "again and again, and once more at the end; one such process keeps a ledger signed, "
            + "for 'ask', 'append' and 'report' never open the signing key. The exit code is 1 if the "
            + "log no longer begins with what was signed.",
        options: [to, follow, every, seconds],
        examples: [
            .init("ledger checkpoint", "a note that anybody can verify"),
            .init("ledger checkpoint --to /mnt/auditor", "publish it, after every day say"),
            .init("ledger checkpoint --follow --to /mnt/auditor", "as a service"),
        ]
    ) { arguments, out in
        let folder = arguments(to)
        if let folder, !Folder.isFolder(folder) {
            throw Failure("not_found", "there is no folder \(folder)")
        }
        guard arguments(follow) else {
            guard arguments(every) == nil, arguments(seconds) == nil else {
                throw UsageError("--every and --seconds belong to --follow", command: "checkpoint")
            }
            return try Ledger.reading(arguments, out) { ledger in
                let (signed, isNew) = try sign(ledger, out)
                try publish(signed, to: folder)
                if out.isJSON {
                    out.line(json(signed, isNew: isNew))
                } else {
                    out.results.write(signed.note.serialised)
                }
                return ExitCode.done
            }
        }
        var rhythm = Ledger.SigningRhythm()
        if let events = arguments(every) { rhythm.events = Position(events) }
        if let time = arguments(seconds) { rhythm.seconds = Int64(time) }
        return try Ledger.reading(arguments, out) { ledger in
            try CheckpointService(ledger: ledger, rhythm: rhythm, folder: folder, out: out).run()
            return ExitCode.done
        }
    }

    /// Signs; a log that takes long to hash shows a bar.
    static func sign(
        _ ledger: Ledger, _ out: Output
    ) throws -> (signed: SignedCheckpoint, isNew: Bool) {
        let total = try ledger.count()
        let bar =
            total > 1 << 20 ? Progress("hash", unit: "events", total: Int(total), out: out) : nil
        defer { bar?.finish() }
        return try ledger.signCheckpoint { done, _ in bar?.advance(to: Int(done)) }
    }

    /// The most events that a verb hashes on its way out; more are left to `checkpoint`.
    private static let byTheWayMax: Position = 1 << 20

    /// Signs at the end of a verb of the operator, if it is time to; the verb's answer stands.
    static func signByTheWay(_ ledger: Ledger, _ out: Output) {
        out.flush()
        do {
            guard try ledger.unsigned().events <= byTheWayMax else { return }
            _ = try ledger.signIfDue()
        } catch {
            out.note("not signed: \(Terminal.escape(Failure(error).message))")
        }
    }

    static func publish(_ signed: SignedCheckpoint, to folder: String?) throws {
        guard let folder else { return }
        try Descriptor.replace(folder + "/checkpoint", Array(signed.note.serialised.utf8))
    }

    static func json(_ signed: SignedCheckpoint, isNew: Bool) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("origin", signed.checkpoint.origin)
        json.member("size", signed.checkpoint.size)
        json.member("root", signed.checkpoint.root.base64)
        json.member("new", isNew)
        json.member("note", signed.note.serialised)
        json.endObject()
        return json.text
    }
}
