import Bytes
import Documents
import Evidence
import Ledger
import Storage

extension ExportCheck {
    /// What the manifest names; nil, and a fault, where it cannot be read.
    mutating func manifest() -> Manifest? {
        guard let bytes = bytes(ExportFolder.manifest) else { return nil }
        guard let manifest = Manifest(parsing: bytes.span) else {
            fault("\(ExportFolder.manifest) is not a manifest")
            return nil
        }
        return manifest
    }

    /// What the manifest says of the events against what was counted.
    mutating func compare(_ manifest: Manifest?, _ checkpoint: Checkpoint) {
        guard var manifest, let bytes = bytes(ExportFolder.manifest) else { return }
        manifest.contents = contents
        if !manifest.text(checkpoint).utf8.elementsEqual(bytes) {
            fault("\(ExportFolder.manifest) does not say what the export holds")
        }
        compareReport(manifest, checkpoint)
    }

    /// The report as the records make it against the files.
    private mutating func compareReport(_ manifest: Manifest, _ checkpoint: Checkpoint) {
        guard let text = bytes(ExportFolder.report), let page = bytes(ExportFolder.page),
            manifest.engine == ReviewPage.engine
        else { return }
        let report = review.document(manifest, checkpoint)
        if !report.markdown.utf8.elementsEqual(text) {
            fault("\(ExportFolder.report) tells something else than the events")
        }
        if !ReviewPage.html(report, review).utf8.elementsEqual(page) {
            fault("\(ExportFolder.page) tells something else than the events")
        }
        self.report.isReportCompared = true
    }

    mutating func checkProofs(_ checkpoint: Checkpoint, _ key: VerifierKey) {
        for name in Folder.names(in: folder.file("proofs")) {
            let path = "proofs/\(name)"
            guard let text = bytes(path, byteMax: Note.bytesMax) else { continue }
            do {
                let proof = try RecordProof(parsing: text.span)
                guard path == ExportFolder.proof(proof.index) else {
                    fault("\(path) is the proof of position \(proof.index)", at: proof.index)
                    continue
                }
                guard let record = record(proof.index, of: checkpoint.size) else {
                    fault("the record that \(path) proves is not there", at: proof.index)
                    continue
                }
                guard try proof.verify(record: record.span, by: key) == checkpoint else {
                    fault("\(path) leads to another checkpoint", at: proof.index)
                    continue
                }
                report.proofs += 1
            } catch {
                fault("\(path): \(error.message)")
            }
        }
    }

    /// A record out of its bundle.
    private func record(_ position: UInt64, of size: UInt64) -> [UInt8]? {
        guard position < size else { return nil }
        let width = UInt64(Tile.widthMax)
        let index = position / width
        let tile = Tile(.entries, index, width: Int(min(width, size - index * width)))
        let path = folder.file(tile.path)
        guard let bytes = try? Descriptor.plainContents(of: path, byteMax: 1 << 26),
            let places = try? EntryBundle.records(in: bytes.span, of: tile)
        else { return nil }
        return Array(bytes[places[Int(position % width)]])
    }

    mutating func checkGrowth(_ checkpoint: Checkpoint, _ key: VerifierKey) {
        guard Folder.exists(folder.file("since")) else { return }
        guard let old = bytes(ExportFolder.oldCheckpoint, byteMax: Note.bytesMax),
            let text = bytes(ExportFolder.growth, byteMax: Note.bytesMax)
        else { return }
        do {
            let before = try Checkpoint(note: old.span, by: key)
            let now = try GrowthProof(parsing: text.span).verify(since: before, by: key)
            guard now == checkpoint else {
                fault("\(ExportFolder.growth) leads to another checkpoint")
                return
            }
            report.grownFrom = before.size
        } catch {
            fault("since: \(error.message)")
        }
    }
}
