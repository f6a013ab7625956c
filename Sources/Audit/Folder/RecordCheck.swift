import Bytes
import Events
import Evidence
import Ledger
import Storage

/// Whether the records of an export are records, and whether its lines tell what they say.
///
/// Whether they are those that were signed is ``TreeCheck``, on another thread.
struct RecordCheck: ~Copyable {
    let folder: ExportFolder
    let size: UInt64
    let range: ExportRange?
    var faults = Faults()
    var contents = Contents()
    var review = Review()
    var records: UInt64 = 0

    private var lines: FileReader
    private var linesHold = true
    private var recorded = Instant(nanoseconds: .min)
    /// What the lines of one bundle must be, and where each ends.
    private var text: [UInt8] = []
    private var ends: [(position: UInt64, end: Int)] = []

    init(_ folder: ExportFolder, size: UInt64, _ range: ExportRange?) throws {
        self.folder = folder
        self.size = size
        self.range = range
        lines = try FileReader(path: folder.file(ExportFolder.events))
    }

    mutating func run(_ progress: (UInt64, UInt64) -> Void) throws {
        let width = UInt64(Tile.widthMax)
        var first: UInt64 = 0
        while first < size, !faults.isFull {
            let count = Int(min(width, size - first))
            try checkBundle(Tile(.entries, first / width, width: count), first)
            first += UInt64(count)
            progress(first, size)
        }
        if linesHold, try !lines.read(1).isEmpty {
            faults.add("\(ExportFolder.events) holds more than its events")
        }
    }

    private mutating func checkBundle(_ tile: Tile, _ first: UInt64) throws {
        let isThere = Folder.exists(folder.file(tile.path))
        guard isThere || range?.isWhole ?? true else { return }
        guard let bundle = faults.bytes(tile.path, in: folder) else { return }
        let places: [Range<Int>]
        do {
            places = try EntryBundle.records(in: bundle.span, of: tile)
        } catch {
            faults.add(error.message)
            return
        }
        text.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        for (index, place) in places.enumerated() {
            check(bundle.span.extracting(place), first + UInt64(index))
        }
        records += UInt64(places.count)
        guard linesHold else { return }
        let text = text
        let equal = try lines.matchingCount(text.span)
        guard equal < text.count, let line = ends.first(where: { $0.end > equal }) else { return }
        linesHold = false
        faults.add(
            "\(ExportFolder.events) tells something else than the record at position "
                + "\(line.position)", at: line.position)
    }

    private mutating func check(_ record: Span<UInt8>, _ position: UInt64) {
        guard let event = EventView(record), event.isIntact, event.position == position else {
            faults.add(
                "the record at position \(position) is damaged: its checksum does not hold, or it "
                    + "says that it stands elsewhere", at: position)
            return
        }
        if event.recorded < recorded {
            faults.add(
                "the recorded time at position \(position) is earlier than one before",
                at: position)
        }
        recorded = max(recorded, event.recorded)
        if event.type == nil {
            faults.add(
                "the type at position \(position) is not one that this version knows", at: position)
        }
        guard let range, range.contains(event) else { return }
        contents.add(event)
        review.add(event)
        guard linesHold else { return }
        CloudEvent.write(event, into: &text)
        text.append(0x0A)
        ends.append((position, text.count))
    }
}
