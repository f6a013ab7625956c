import Bytes
import Crypto
import Events
import Evidence
import Ledger
import Storage
import Vault

extension AuditExport {
    /// What one bundle holds.
    private struct Batch {
        var bundle: [UInt8] = []
        var text: [UInt8] = []
        var leaves: [Digest] = []
        var told = false
    }

    /// One pass: bundles, lines, hashes.
    ///
    /// A read transaction lends the records of one bundle; files are written when it has ended.
    mutating func writeRecords(_ progress: (Position) throws -> Void) throws {
        let width = Position(Tile.widthMax)
        let size = checkpoint.size
        let proved = Set(try provedPositions().map { $0 / width })
        var hasher = TreeHasher()
        try passWritten(&hasher)
        var lines = try FileWriter(
            path: folder.file(ExportFolder.events), continuingAt: state.lineBytes)
        var noted = SystemClock.monotonic
        var next = state.position
        if next > 0 { try progress(next) }
        while next < size {
            let end = min(size, next + width)
            let batch = try read(next, end, &hasher)
            let index = next / width
            if batch.told || proved.contains(index) || order.range.isWhole {
                try folder.write(
                    Tile(.entries, index, width: batch.leaves.count).path, batch.bundle)
            }
            try lines.write(batch.text.span)
            state.lineBytes += batch.text.count
            for leaf in batch.leaves {
                for (tile, bytes) in builder.append(leaf, with: &hasher) {
                    try folder.write(tile.path, bytes)
                }
            }
            next = end
            let now = SystemClock.monotonic
            if now - noted >= pause, next % width == 0, next < size {
                try lines.flush()
                state.position = next
                try folder.note(state)
                noted = now
            }
            try progress(next)
        }
        try lines.finish()
        for (tile, bytes) in builder.partialTiles { try folder.write(tile.path, bytes) }
        guard builder.frontier.root == checkpoint.root else {
            throw LedgerError(
                .forked,
                "the \(size) records are not those that were signed: something was changed; restore "
                    + "the log from a backup")
        }
    }

    private mutating func read(
        _ first: Position, _ end: Position, _ hasher: inout TreeHasher
    ) throws -> Batch {
        var batch = Batch()
        let range = order.range
        var contents = contents
        var review = Review()
        swap(&review, &self.review)
        try ledger.forEachEvent(from: first, to: end) { event in
            try EntryBundle.append(event.bytes, to: &batch.bundle)
            batch.leaves.append(hasher.leaf(event.bytes))
            guard range.contains(event) else { return true }
            contents.add(event)
            try open(event) { opened, disclosures in
                DisclosedLine.write(opened, disclosures, into: &batch.text)
                review.add(opened)
            }
            batch.text.append(0x0A)
            batch.told = true
            return true
        }
        self.contents = contents
        self.review = review
        return batch
    }

    /// Lends a record with its sealed fields in clear and what discloses them, or as it is where
    /// nothing is to be disclosed or the key was erased.
    private func open(
        _ event: borrowing EventView, _ body: (borrowing EventView, [Disclosure]) -> Void
    ) throws {
        guard !order.isRedacted, let disclosures = try ledger.disclosures(of: event),
            let bytes = event.opened(with: disclosures.map(\.text)),
            let opened = EventView(bytes.span)
        else { return body(event, []) }
        body(opened, disclosures)
    }

    /// Goes over what an export that was cut short has written: hashes come from its tiles, and
    /// what is counted from the log; nothing is hashed or written again.
    private mutating func passWritten(_ hasher: inout TreeHasher) throws {
        let width = Position(Tile.widthMax)
        for index in 0..<state.position / width {
            let tile = Tile(.hashes(level: 0), index, width: Tile.widthMax)
            let bytes = try Descriptor.contents(of: folder.file(tile.path), byteMax: 1 << 16)
            try tile.check(bytes.span)
            for place in 0..<Tile.widthMax {
                let leaf = Digest(bytes.span, at: place * Digest.byteCount)
                _ = builder.append(leaf, with: &hasher)
            }
        }
        var contents = contents
        var review = review
        let range = order.range
        try ledger.forEachEvent(to: state.position) { event in
            if range.contains(event) {
                contents.add(event)
                try open(event) { opened, _ in review.add(opened) }
            }
            return true
        }
        self.contents = contents
        self.review = review
    }
}
