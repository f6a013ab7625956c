import Bytes
import Crypto
import Events
import Evidence
import Ledger
import Storage

extension ExportCheck {
    /// What one pass over the records holds.
    private struct Pass: ~Copyable {
        var hasher = TreeHasher()
        var builder = TileBuilder()
        var lines: FileReader
        var linesHold = true
        var recorded = Instant(nanoseconds: .min)
    }

    /// Every tile up to the root, every record against its hash, every line against its record.
    mutating func checkRecords(
        _ checkpoint: Checkpoint, _ range: ExportRange?, _ progress: (UInt64, UInt64) -> Void
    ) throws {
        guard Folder.exists(folder.file(ExportFolder.events)) else { return }
        var pass = Pass(lines: try FileReader(path: folder.file(ExportFolder.events)))
        let width = UInt64(Tile.widthMax)
        var first: UInt64 = 0
        while first < checkpoint.size, report.faults.count < Self.faultsMax {
            let count = Int(min(width, checkpoint.size - first))
            let tile = Tile(.hashes(level: 0), first / width, width: count)
            guard let hashes = tileBytes(tile) else { return }
            try checkBundle(
                Tile(.entries, tile.index, width: count), first, hashes, range, &pass)
            for place in 0..<count {
                let leaf = Digest(hashes.span, at: place * Digest.byteCount)
                for (full, bytes) in pass.builder.append(leaf, with: &pass.hasher)
                where full != tile {
                    compare(full, bytes)
                }
            }
            first += UInt64(count)
            progress(first, checkpoint.size)
        }
        for (partial, bytes) in pass.builder.partialTiles { compare(partial, bytes) }
        if pass.builder.frontier.root != checkpoint.root {
            fault("the tiles do not lead to the root that was signed: a hash of them was changed")
        }
        if pass.linesHold, try !pass.lines.read(1).isEmpty {
            fault("\(ExportFolder.events) holds more than its events")
        }
    }

    private mutating func tileBytes(_ tile: Tile) -> [UInt8]? {
        guard let bytes = bytes(tile.path) else { return nil }
        do {
            try tile.check(bytes.span)
            return bytes
        } catch {
            fault(error.message)
            return nil
        }
    }

    /// A tile as the leaves make it against the file.
    private mutating func compare(_ tile: Tile, _ bytes: [UInt8]) {
        guard let stored = tileBytes(tile), stored != bytes else { return }
        fault("\(tile.path) holds hashes that do not follow from those below")
    }

    private mutating func checkBundle(
        _ tile: Tile, _ first: UInt64, _ hashes: [UInt8], _ range: ExportRange?,
        _ pass: inout Pass
    ) throws {
        let isThere = Folder.exists(folder.file(tile.path))
        guard isThere || range?.isWhole ?? true else { return }
        guard let bundle = bytes(tile.path) else { return }
        let places: [Range<Int>]
        do {
            places = try EntryBundle.records(in: bundle.span, of: tile)
        } catch {
            fault(error.message)
            return
        }
        for (index, place) in places.enumerated() {
            let position = first + UInt64(index)
            let record = bundle.span.extracting(place)
            let hash = Digest(hashes.span, at: index * Digest.byteCount)
            guard pass.hasher.leaf(record) == hash else {
                fault(
                    "the record at position \(position) is not the one that was signed "
                        + "(\(tile.path)): its hash differs", at: position)
                continue
            }
            report.records += 1
            try checkRecord(record, position, range, &pass)
        }
    }

    private mutating func checkRecord(
        _ record: Span<UInt8>, _ position: UInt64, _ range: ExportRange?, _ pass: inout Pass
    ) throws {
        guard let event = EventView(record), event.isIntact, event.position == position else {
            fault(
                "the record at position \(position) is damaged: its checksum does not hold, or it "
                    + "says that it stands elsewhere", at: position)
            return
        }
        if event.recorded < pass.recorded {
            fault(
                "the recorded time at position \(position) is earlier than one before",
                at: position)
        }
        pass.recorded = max(pass.recorded, event.recorded)
        if event.type == nil {
            fault(
                "the type at position \(position) is not one that this version knows", at: position)
        }
        guard let range, range.contains(event) else { return }
        contents.add(event)
        review.add(event)
        guard pass.linesHold else { return }
        var line: [UInt8] = []
        CloudEvent.write(event, into: &line)
        line.append(0x0A)
        if try pass.lines.read(line.count) != line {
            pass.linesHold = false
            fault(
                "\(ExportFolder.events) tells something else than the record at position "
                    + "\(position)", at: position)
        }
    }
}
