import Bytes
import Crypto
import Documents
public import Events
public import Evidence
public import Ledger
import Storage

/// Writes the folder that an auditor takes away.
public struct AuditExport {
    /// What is to be exported, and for whom.
    public struct Order: Sendable {
        /// The events that are told.
        public var range = ExportRange()
        /// The records that get a proof of their own.
        public var proofs: [Position] = []
        /// The work item whose records in the range all get a proof of their own.
        public var subject: String?
        /// An alias of the person whose records in the range all get a proof of their own.
        public var person: String?
        /// Whether sealed fields stay sealed.
        public var isRedacted = false
        /// The folder of an earlier export, to prove that nothing was removed since.
        public var since: String?
        /// Who asked for it.
        public var by: String
        /// The reason given.
        public var why: String?
        /// The user of the operating system.
        public var user: String

        /// An order for all events.
        public init(by: String, why: String? = nil, user: String) {
            self.by = by
            self.why = why
            self.user = user
        }
    }

    /// What was written.
    public struct Result: Sendable {
        /// The checkpoint that it leads to.
        public let checkpoint: Checkpoint
        /// How many events it tells.
        public let events: UInt64
        /// The first and the last of them.
        public let positions: ClosedRange<Position>?
        /// The SHA-256 of its list of digests, in hexadecimal.
        public let hash: String
    }

    let ledger: Ledger
    let folder: ExportFolder
    let order: Order
    let note: Note
    let checkpoint: Checkpoint
    var state: ExportState
    var contents = Contents()
    var review = Review()
    var builder = TileBuilder()
    /// The least time between two notes of how far the export has come, in nanoseconds.
    var pause: Int64 = 250_000_000

    /// Exports the records that a checkpoint signs into `path`.
    ///
    /// - Parameter progress: Called with the number of records done.
    /// - Throws: ``LedgerError`` with `exists` where the folder holds something else, `notFound`
    ///   for a position beyond the end, `forked` where the records do not lead to the signed root;
    ///   `EvidenceError` where the earlier export does not verify.
    public static func write(
        _ ledger: Ledger, _ signed: SignedCheckpoint, to path: String, _ order: Order,
        progress: (Position) -> Void = { _ in }
    ) throws -> Result {
        try write(ledger, signed, to: path, order, pause: 250_000_000, progress: progress)
    }

    static func write(
        _ ledger: Ledger, _ signed: SignedCheckpoint, to path: String, _ order: Order, pause: Int64,
        progress: (Position) throws -> Void
    ) throws -> Result {
        try refuseBeyond(order, signed.checkpoint)
        guard let key = try ledger.verifierKey() else {
            throw LedgerError(.notFound, "the ledger has no key")
        }
        let old = try order.since.map { try oldCheckpoint(in: $0, key) }
        let folder = ExportFolder(path: path)
        let state = try folder.begin(
            ExportState(
                origin: ledger.identity.origin, order, since: old?.bytes,
                note: signed.note.serialised))
        var export = AuditExport(
            ledger: ledger, folder: folder, order: order, note: signed.note,
            checkpoint: signed.checkpoint, state: state, pause: pause)
        if state.note != signed.note.serialised {
            let note = Array(state.note.utf8)
            let begun = try Checkpoint(note: note.span, by: key)
            try refuseBeyond(order, begun)
            export = AuditExport(
                ledger: ledger, folder: folder, order: order, note: try Note(parsing: note.span),
                checkpoint: begun, state: state, pause: pause)
        }
        try export.writeRecords(progress)
        try export.writeProofs(old, key)
        return try export.close(key)
    }

    private static func refuseBeyond(_ order: Order, _ checkpoint: Checkpoint) throws {
        guard let beyond = order.proofs.first(where: { $0 >= checkpoint.size }) else { return }
        throw LedgerError(
            .notFound, "there is no event at position \(beyond) to prove", position: beyond)
    }

    /// The records that get a proof: those that were named, and those of the subject or person.
    func provedPositions() throws -> Set<Position> {
        var positions = Set(order.proofs)
        guard order.subject != nil || order.person != nil else { return positions }
        let filter = EventFilter(person: order.person, subject: order.subject)
        try ledger.forEachEvent(to: checkpoint.size, where: filter) { event in
            if order.range.contains(event) { positions.insert(event.position) }
            return true
        }
        return positions
    }

    private static func oldCheckpoint(
        in path: String, _ key: VerifierKey
    ) throws -> (bytes: [UInt8], checkpoint: Checkpoint) {
        let bytes = try Descriptor.contents(
            of: ExportFolder(path: path).file("checkpoint"), byteMax: Note.bytesMax)
        return (bytes, try Checkpoint(note: bytes.span, by: key))
    }

    /// Proofs are made from the tiles as they were written, and verified before they are kept.
    private func writeProofs(
        _ old: (bytes: [UInt8], checkpoint: Checkpoint)?, _ key: VerifierKey
    ) throws {
        let size = checkpoint.size
        var hashes = folder.hashes(size: size)
        for position in try provedPositions().sorted() {
            let proof = RecordProof(
                try InclusionProof(index: position, size: size, from: &hashes),
                checkpoint: note)
            try ledger.withEvent(at: position) { event in
                _ = try proof.verify(record: event.bytes, by: key)
            }
            try folder.write(ExportFolder.proof(position), Array(proof.text.utf8))
        }
        guard let old else { return }
        let growth = GrowthProof(
            try ConsistencyProof(from: old.checkpoint.size, to: size, from: &hashes),
            checkpoint: note)
        try growth.verify(since: old.checkpoint, by: key)
        try folder.write(ExportFolder.oldCheckpoint, old.bytes)
        try folder.write(ExportFolder.growth, Array(growth.text.utf8))
    }

    /// Checkpoint, key and manifest; then the digests of all files, signed.
    private func close(_ key: VerifierKey) throws -> Result {
        try folder.write("checkpoint", Array(note.serialised.utf8))
        try folder.write("vkey", Array("\(key.text)\n".utf8))
        let manifest = Manifest(
            by: order.by, why: order.why, user: order.user, made: try ledger.now(),
            range: order.range, contents: contents, engine: ReviewPage.engine)
        let report = review.document(manifest, checkpoint)
        try folder.write(ExportFolder.report, Array(report.markdown.utf8))
        try folder.write(ExportFolder.page, Array(ReviewPage.html(report, review).utf8))
        try folder.write(ExportFolder.manifest, Array(manifest.text(checkpoint).utf8))
        var sums = try FileWriter(path: folder.file(ExportFolder.sums))
        try folder.forEachFile { name in
            try sums.write(Array("\(try folder.sumLine(name))\n".utf8).span)
        }
        try sums.finish()
        let statement = try ledger.sign(try folder.statement(origin: checkpoint.origin))
        try folder.write(ExportFolder.note, Array(statement.serialised.utf8))
        try folder.finish()
        return Result(
            checkpoint: checkpoint, events: contents.events,
            positions: contents.firstPosition.flatMap { first in
                contents.lastPosition.map { first...$0 }
            }, hash: try folder.digest(ExportFolder.sums).hex)
    }
}

extension ExportFolder {
    /// The stored hashes, read from the tiles of the folder.
    func hashes(size: UInt64) -> TileHashes {
        TileHashes(size: size) { tile throws(EvidenceError) in
            do {
                return try Descriptor.contents(of: file(tile.path), byteMax: 1 << 20)
            } catch {
                throw EvidenceError(.missing, "\(tile.path) cannot be read.", cause: error)
            }
        }
    }
}
