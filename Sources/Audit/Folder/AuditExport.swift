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

    private let ledger: Ledger
    private let folder: ExportFolder
    private let order: Order
    private let signed: SignedCheckpoint
    private var contents = Contents()
    private var review = Review()
    private var builder = TileBuilder()

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
        let size = signed.checkpoint.size
        if let beyond = order.proofs.first(where: { $0 >= size }) {
            throw LedgerError(
                .notFound, "there is no event at position \(beyond) to prove", position: beyond)
        }
        guard let key = try ledger.verifierKey() else {
            throw LedgerError(.notFound, "the ledger has no key")
        }
        let old = try order.since.map { try oldCheckpoint(in: $0, key) }
        var order = order
        if let subject = order.subject {
            let filter = EventFilter(subject: subject)
            try ledger.forEachEvent(to: size, where: filter) { event in
                if order.range.contains(event) { order.proofs.append(event.position) }
                return true
            }
        }
        var export = AuditExport(
            ledger: ledger, folder: ExportFolder(path: path), order: order, signed: signed)
        try export.folder.begin(origin: ledger.identity.origin)
        try export.writeRecords(progress)
        try export.writeProofs(old, key)
        return try export.close(key)
    }

    private init(ledger: Ledger, folder: ExportFolder, order: Order, signed: SignedCheckpoint) {
        self.ledger = ledger
        self.folder = folder
        self.order = order
        self.signed = signed
    }

    private static func oldCheckpoint(
        in path: String, _ key: VerifierKey
    ) throws -> (bytes: [UInt8], checkpoint: Checkpoint) {
        let bytes = try Descriptor.contents(
            of: ExportFolder(path: path).file("checkpoint"), byteMax: Note.bytesMax)
        return (bytes, try Checkpoint(note: bytes.span, by: key))
    }

    /// One pass: bundles, lines, hashes.
    ///
    /// A read transaction lends the records of one bundle; files are written when it has ended.
    private mutating func writeRecords(_ progress: (Position) -> Void) throws {
        let size = signed.checkpoint.size
        let proved = Set(order.proofs.map { $0 / Position(Tile.widthMax) })
        var hasher = TreeHasher()
        var lines = try FileWriter(path: folder.file(ExportFolder.events))
        var next: Position = 0
        while next < size {
            let end = min(size, next + Position(Tile.widthMax))
            var bundle: [UInt8] = []
            var text: [UInt8] = []
            var leaves: [Digest] = []
            var told = false
            let range = order.range
            var contents = contents
            var review = review
            self.review = Review()
            try ledger.forEachEvent(from: next, to: end) { event in
                try EntryBundle.append(event.bytes, to: &bundle)
                leaves.append(hasher.leaf(event.bytes))
                guard range.contains(event) else { return true }
                CloudEvent.write(event, into: &text)
                text.append(0x0A)
                contents.add(event)
                review.add(event)
                told = true
                return true
            }
            self.contents = contents
            self.review = review
            let index = next / Position(Tile.widthMax)
            if told || proved.contains(index) || order.range.isWhole {
                try folder.write(Tile(.entries, index, width: leaves.count).path, bundle)
            }
            try lines.write(text.span)
            for leaf in leaves {
                for (tile, bytes) in builder.append(leaf, with: &hasher) {
                    try folder.write(tile.path, bytes)
                }
            }
            next = end
            progress(next)
        }
        try lines.finish()
        for (tile, bytes) in builder.partialTiles { try folder.write(tile.path, bytes) }
        guard builder.frontier.root == signed.checkpoint.root else {
            throw LedgerError(
                .forked,
                "the \(size) records are not those that were signed: something was changed; restore "
                    + "the log from a backup")
        }
    }

    /// Proofs are made from the tiles as they were written, and verified before they are kept.
    private func writeProofs(
        _ old: (bytes: [UInt8], checkpoint: Checkpoint)?, _ key: VerifierKey
    ) throws {
        let size = signed.checkpoint.size
        var hashes = folder.hashes(size: size)
        for position in Set(order.proofs).sorted() {
            let proof = RecordProof(
                try InclusionProof(index: position, size: size, from: &hashes),
                checkpoint: signed.note)
            try ledger.withEvent(at: position) { event in
                _ = try proof.verify(record: event.bytes, by: key)
            }
            try folder.write(ExportFolder.proof(position), Array(proof.text.utf8))
        }
        guard let old else { return }
        let growth = GrowthProof(
            try ConsistencyProof(from: old.checkpoint.size, to: size, from: &hashes),
            checkpoint: signed.note)
        try growth.verify(since: old.checkpoint, by: key)
        try folder.write(ExportFolder.oldCheckpoint, old.bytes)
        try folder.write(ExportFolder.growth, Array(growth.text.utf8))
    }

    /// Checkpoint, key and manifest; then the digests of all files, signed.
    private func close(_ key: VerifierKey) throws -> Result {
        try folder.write("checkpoint", Array(signed.note.serialised.utf8))
        try folder.write("vkey", Array("\(key.text)\n".utf8))
        let manifest = Manifest(
            by: order.by, why: order.why, user: order.user, made: try ledger.now(),
            range: order.range, contents: contents, engine: ReviewPage.engine)
        let report = review.document(manifest, signed.checkpoint)
        try folder.write(ExportFolder.report, Array(report.markdown.utf8))
        try folder.write(ExportFolder.page, Array(ReviewPage.html(report, review).utf8))
        try folder.write(ExportFolder.manifest, Array(manifest.text(signed.checkpoint).utf8))
        var sums = try FileWriter(path: folder.file(ExportFolder.sums))
        try folder.forEachFile { name in
            try sums.write(Array("\(try folder.sumLine(name))\n".utf8).span)
        }
        try sums.finish()
        let note = try ledger.sign(try folder.statement(origin: signed.checkpoint.origin))
        try folder.write(ExportFolder.note, Array(note.serialised.utf8))
        try folder.finish()
        return Result(
            checkpoint: signed.checkpoint, events: contents.events,
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
