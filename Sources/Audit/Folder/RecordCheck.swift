import Bytes
import Events
import Evidence
import Ledger
import Storage
import Vault

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
    /// What a line must be.
    private var text: [UInt8] = []

    init(_ folder: ExportFolder, size: UInt64, _ range: ExportRange?) throws {
        self.folder = folder
        self.size = size
        self.range = range
        lines = try FileReader(plain: folder.file(ExportFolder.events))
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
        for (index, place) in places.enumerated() {
            try check(bundle.span.extracting(place), first + UInt64(index))
        }
        records += UInt64(places.count)
    }

    private mutating func check(_ record: Span<UInt8>, _ position: UInt64) throws {
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
        guard linesHold else { return review.add(event) }
        if event.isSealed {
            try compareSealed(event)
        } else {
            review.add(event)
            text.removeAll(keepingCapacity: true)
            CloudEvent.write(event, into: &text)
            text.append(0x0A)
            let text = text
            if try lines.matchingCount(text.span) < text.count { tellsElse(position) }
        }
    }

    /// The line of a record with sealed fields: what it discloses must be what was sealed, and what
    /// it says what was disclosed.
    private mutating func compareSealed(_ event: borrowing EventView) throws {
        let line = try lines.line() ?? []
        if lines.endedWithoutNewline { return tellsElse(event.position) }
        let found = DisclosedLine.disclosures(in: line.span)
        guard let found, !found.isEmpty else {
            review.add(event)
            text.removeAll(keepingCapacity: true)
            CloudEvent.write(event, into: &text)
            if found == nil || text != line { tellsElse(event.position) }
            return
        }
        guard DisclosedLine.fit(found, event), let bytes = event.opened(with: found.map(\.text)),
            let opened = EventView(bytes.span)
        else {
            review.add(event)
            linesHold = false
            faults.add(
                "\(ExportFolder.events) discloses something else than was sealed at position "
                    + "\(event.position)", at: event.position)
            return
        }
        review.add(opened)
        text.removeAll(keepingCapacity: true)
        DisclosedLine.write(opened, found, into: &text)
        if text != line { tellsElse(event.position) }
    }

    private mutating func tellsElse(_ position: UInt64) {
        linesHold = false
        faults.add(
            "\(ExportFolder.events) tells something else than the record at position \(position)",
            at: position)
    }
}
