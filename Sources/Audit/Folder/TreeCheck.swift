import Bytes
import Crypto
import Evidence
import Ledger
import Storage

/// Whether the files of an export are those that were signed: their digests, every tile, and the
/// hash of every record up to the root.
///
/// It says nothing of what the records mean; that is ``RecordCheck``, on another thread.
struct TreeCheck {
    let folder: ExportFolder
    let checkpoint: Checkpoint
    /// Whether every bundle must be there.
    let isWhole: Bool
    var faults = Faults()

    mutating func run() {
        do {
            try checkDigests()
            checkTiles()
        } catch {
            faults.add("the export cannot be read: \(error)")
        }
    }

    /// The list of digests against the files, both in the same order.
    private mutating func checkDigests() throws {
        guard Folder.exists(folder.file(ExportFolder.sums)) else { return }
        var sums = try FileReader(plain: folder.file(ExportFolder.sums))
        var listed = try sums.line()
        var found = Faults()
        let folder = folder
        try folder.forEachFile { name in
            while let line = listed {
                let wanted = String(decoding: line.dropFirst(66), as: UTF8.self)
                if wanted == name || Folder.exists(folder.file(wanted)) { break }
                found.add("\(wanted) is missing")
                listed = try sums.line()
            }
            guard let line = listed, line.dropFirst(66).elementsEqual(name.utf8) else {
                found.add("\(name) is not listed in \(ExportFolder.sums)")
                return
            }
            if try Array(folder.sumLine(name).utf8) != line {
                found.add("\(name) is not the file that was exported: its digest differs")
            }
            listed = try sums.line()
        }
        while let line = listed {
            found.add("\(String(decoding: line.dropFirst(66), as: UTF8.self)) is missing")
            listed = try sums.line()
        }
        faults.add(found)
    }

    private mutating func checkTiles() {
        var hasher = TreeHasher()
        var builder = TileBuilder()
        let width = UInt64(Tile.widthMax)
        var first: UInt64 = 0
        while first < checkpoint.size, !faults.isFull {
            let count = Int(min(width, checkpoint.size - first))
            let tile = Tile(.hashes(level: 0), first / width, width: count)
            guard let hashes = tileBytes(tile) else { return }
            checkBundle(Tile(.entries, tile.index, width: count), first, hashes, &hasher)
            for place in 0..<count {
                let leaf = Digest(hashes.span, at: place * Digest.byteCount)
                for (full, bytes) in builder.append(leaf, with: &hasher) where full != tile {
                    compare(full, bytes)
                }
            }
            first += UInt64(count)
        }
        for (partial, bytes) in builder.partialTiles { compare(partial, bytes) }
        if builder.frontier.root != checkpoint.root {
            faults.add(
                "the tiles do not lead to the root that was signed: a hash of them was changed")
        }
    }

    private mutating func tileBytes(_ tile: Tile) -> [UInt8]? {
        guard let bytes = faults.bytes(tile.path, in: folder) else { return nil }
        do {
            try tile.check(bytes.span)
            return bytes
        } catch {
            faults.add(error.message)
            return nil
        }
    }

    /// A tile as the leaves make it against the file.
    private mutating func compare(_ tile: Tile, _ bytes: [UInt8]) {
        guard let stored = tileBytes(tile), stored != bytes else { return }
        faults.add("\(tile.path) holds hashes that do not follow from those below")
    }

    /// Every record against its hash.
    private mutating func checkBundle(
        _ tile: Tile, _ first: UInt64, _ hashes: [UInt8], _ hasher: inout TreeHasher
    ) {
        guard isWhole || Folder.exists(folder.file(tile.path)) else { return }
        guard let bundle = faults.bytes(tile.path, in: folder),
            let places = try? EntryBundle.records(in: bundle.span, of: tile)
        else { return }
        for (index, place) in places.enumerated() {
            let hash = Digest(hashes.span, at: index * Digest.byteCount)
            guard hasher.leaf(bundle.span.extracting(place)) != hash else { continue }
            let position = first + UInt64(index)
            faults.add(
                "the record at position \(position) is not the one that was signed "
                    + "(\(tile.path)): its hash differs", at: position)
        }
    }
}

/// What is wrong, the first hundred.
struct Faults {
    static let countMax = 100
    /// The characters of one fault.
    static let messageMax = 400
    private(set) var list: [Ledger.Fault] = []

    var isFull: Bool { list.count >= Self.countMax }

    mutating func add(_ message: String, at position: UInt64? = nil) {
        guard !isFull else { return }
        // Names stand in it that whoever made the folder chose.
        let cut = message.count > Self.messageMax
        let text = cut ? message.prefix(Self.messageMax) + "…" : message[...]
        list.append(Ledger.Fault(position: position, message: String(text)))
    }

    /// Adds what another part found, unless it is known.
    mutating func add(_ others: Faults) {
        for fault in others.list where !list.contains(fault) {
            add(fault.message, at: fault.position)
        }
    }

    /// The content of a file; nil, and a fault, where it cannot be read.
    mutating func bytes(
        _ name: String, in folder: ExportFolder, byteMax: Int = 1 << 26
    ) -> [UInt8]? {
        do {
            return try Descriptor.plainContents(of: folder.file(name), byteMax: byteMax)
        } catch {
            add("\(name) cannot be read: \(error.message)")
            return nil
        }
    }
}
