import Bytes
import Crypto
import Events
public import Evidence
public import Ledger
import Storage

/// Verifies an exported folder with nothing but what lies in it.
///
/// Nothing stands for anything else: the digests are compared, and every hash, record, line and
/// proof is checked by itself besides.
public struct ExportCheck: ~Copyable {
    /// What was found.
    public struct Report: Sendable {
        /// The log that it is an export of; nil where the checkpoint does not verify.
        public internal(set) var checkpoint: Checkpoint?
        /// The key that all signatures were checked with.
        public internal(set) var key: VerifierKey?
        /// Records that lie in the folder, all checked.
        public internal(set) var records: UInt64 = 0
        /// Events that are told as lines.
        public internal(set) var events: UInt64 = 0
        /// Proofs of single records.
        public internal(set) var proofs = 0
        /// How many records there were when the earlier checkpoint was signed.
        public internal(set) var grownFrom: UInt64?
        /// Whether REPORT.md and REPORT.html were made anew and compared; another version of the
        /// ledger writes others.
        public internal(set) var isReportCompared = false
        /// What is wrong, at most 100; none means that the export is whole.
        public internal(set) var faults: [Ledger.Fault] = []
    }

    let folder: ExportFolder
    var report = Report()
    var faults = Faults()
    var contents = Contents()
    var review = Review()

    private init(folder: ExportFolder) { self.folder = folder }

    /// Verifies the folder at `path`.
    ///
    /// - Parameters:
    ///   - expected: The key that the reader has from elsewhere; nil takes the folder's own.
    ///   - progress: Called with the number of records done, and their total.
    /// - Throws: `StorageError` where the folder cannot be read at all.
    public static func run(
        _ path: String, key expected: VerifierKey? = nil,
        progress: (UInt64, UInt64) -> Void = { _, _ in }
    ) throws -> Report {
        var check = ExportCheck(folder: ExportFolder(path: path))
        guard Folder.isFolder(path) else {
            throw LedgerError(.notFound, "\(path) is no folder with an export")
        }
        guard !Folder.exists(check.folder.file(ExportFolder.unfinished)) else {
            throw LedgerError(
                .damaged, "the export in \(path) was cut short; export into it once more")
        }
        guard check.survey() else {
            check.report.faults = check.faults.list
            return check.report
        }
        check.checkSignatures(expected)
        if let checkpoint = check.report.checkpoint, let key = check.report.key {
            let manifest = check.manifest()
            try check.checkAll(checkpoint, manifest?.range, progress)
            check.compare(manifest, checkpoint)
            check.checkProofs(checkpoint, key)
            check.checkGrowth(checkpoint, key)
        }
        check.report.events = check.contents.events
        check.report.faults = check.faults.list
        return check.report
    }

    /// Hashes on one thread, records and lines on another: each takes about half of the time.
    private mutating func checkAll(
        _ checkpoint: Checkpoint, _ range: ExportRange?, _ progress: (UInt64, UInt64) -> Void
    ) throws {
        let tree = TreeCheck(
            folder: folder, checkpoint: checkpoint, isWhole: range?.isWhole ?? true)
        let hashing = Aside {
            var tree = tree
            tree.run()
            return tree.faults
        }
        var found = Faults()
        // Without the lines there is nothing to compare; that they are missing is said already.
        if Folder.exists(folder.file(ExportFolder.events)) {
            var records = try RecordCheck(folder, size: checkpoint.size, range)
            try records.run(progress)
            contents = records.contents
            review = records.review
            report.records = records.records
            found = records.faults
        }
        faults.add(hashing.wait())
        faults.add(found)
    }

    /// Notes what is wrong, unless there is enough.
    mutating func fault(_ message: String, at position: UInt64? = nil) {
        faults.add(message, at: position)
    }

    /// The content of a file; nil, and a fault, where it cannot be read.
    mutating func bytes(_ name: String, byteMax: Int = 1 << 26) -> [UInt8]? {
        faults.bytes(name, in: folder, byteMax: byteMax)
    }

    private mutating func checkSignatures(_ expected: VerifierKey?) {
        guard let text = bytes("vkey", byteMax: 1 << 16) else { return }
        guard text.last == 0x0A,
            let key = try? VerifierKey(text: String(decoding: text.dropLast(), as: UTF8.self))
        else {
            fault("vkey is not a verifier key")
            return
        }
        if let expected, expected != key {
            fault("the export is signed by the key \(key.text), not by \(expected.text)")
        }
        report.key = expected ?? key
        guard let key = report.key, let note = bytes("checkpoint", byteMax: Note.bytesMax) else {
            return
        }
        do {
            report.checkpoint = try Checkpoint(note: note.span, by: key)
        } catch {
            fault("checkpoint: \(error.message)")
            return
        }
        checkNote(key)
    }

    /// The note that signs the list of digests.
    private mutating func checkNote(_ key: VerifierKey) {
        guard let bytes = bytes(ExportFolder.note, byteMax: Note.bytesMax) else { return }
        do {
            let note = try Note(parsing: bytes.span)
            try note.verify(by: [key])
            // One key signs; what else stands there says nothing and could hide a change.
            if note.signatures.count != 1 || note.serialised.utf8.elementsEqual(bytes) == false {
                fault("\(ExportFolder.note) holds more than one signature")
            }
            if (try? folder.statement(origin: key.name)) != note.text {
                fault("\(ExportFolder.sums) is not the list that was signed")
            }
        } catch {
            fault("\(ExportFolder.note): \(error.message)")
        }
    }
}
