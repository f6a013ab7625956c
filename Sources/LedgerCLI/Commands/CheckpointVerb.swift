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

    static let command = Command.verb(
        "checkpoint", "Sign the log as it is, and print the signed checkpoint",
        details: "Nothing new is signed if the log has not grown since. The exit code is 1 if the "
            + "log no longer begins with what was signed.",
        options: [to],
        examples: [
            .init("ledger checkpoint", "a note that anybody can verify"),
            .init("ledger checkpoint --to /mnt/auditor", "publish it, after every day say"),
        ]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let (signed, isNew) = try sign(ledger, out)
            if let folder = arguments(to) {
                guard Folder.isFolder(folder) else {
                    throw Failure("not_found", "there is no folder \(folder)")
                }
                try Descriptor.replace(
                    folder + "/checkpoint", Array(signed.note.serialised.utf8))
            }
            guard out.isJSON else {
                out.results.write(signed.note.serialised)
                return ExitCode.done
            }
            var json = JSONWriter()
            json.beginObject()
            json.member("origin", signed.checkpoint.origin)
            json.member("size", signed.checkpoint.size)
            json.member("root", signed.checkpoint.root.base64)
            json.member("new", isNew)
            json.member("note", signed.note.serialised)
            json.endObject()
            out.line(json.text)
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
}
