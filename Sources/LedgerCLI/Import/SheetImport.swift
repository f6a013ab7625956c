import Archives
import Bytes
import CommandLineKit
import Events
import Ledger
import Views

/// `import sheet`: one reading of the work items, as events.
enum SheetImport {
    /// What a reading is called, and whose it is.
    struct Reading {
        let snapshot: String?
        let role: String?
        let instance: String?
    }

    /// The source of the events.
    private static let source = "sheet"

    /// The most bytes of a sheet, unpacked: it is read whole.
    private static let bytesMax = 16 << 20

    /// The bytes of a sheet; gzip and zip are unpacked.
    ///
    /// - Throws: ``Failure`` for more than one file, and for one that is too large.
    static func contents(of path: String) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var name: String?
        try await InputFiles.forEach(path) { input in
            if let name {
                throw Failure(
                    "invalid", "\(path) holds more than one sheet: \(name) is one; name it")
            }
            name = input.name
            while case let part = try input.stream.read(byteMax: 1 << 18), !part.isEmpty {
                guard bytes.count + part.count <= bytesMax else {
                    throw Failure(
                        "invalid",
                        "the sheet has over \(bytesMax >> 20) MiB; leave out columns and rows that "
                            + "nobody needs, or split it and give the parts the same --snapshot")
                }
                bytes += part
            }
        }
        return bytes
    }

    /// Appends a reading, in one commit.
    static func run(
        _ ledger: Ledger, _ bytes: [UInt8], _ reading: Reading, _ now: Instant?, _ out: Output
    ) async throws -> Int32 {
        let sheet = try WorkSheet(bytes)
        let snapshot = reading.snapshot ?? sheet.name
        let drafts = try events(of: sheet, snapshot, reading, ledger)
        guard drafts.count <= 16_384 else {
            throw Failure(
                "invalid",
                "the sheet makes \(drafts.count) events, and 16,384 are the most of one commit; "
                    + "split it, and give the parts the same --snapshot")
        }
        let places: [Appended]
        do {
            places = try await ledger.append(drafts, now: now)
        } catch {
            guard error.code == .conflict else { throw error }
            throw Failure(
                "conflict",
                "another sheet was imported as the reading \(snapshot) before; give this one a "
                    + "--snapshot of its own")
        }
        tell(places, drafts, snapshot, out)
        return ExitCode.done
    }

    /// Flags what is incomplete, and resolves what was flagged before and is complete now.
    ///
    /// A reading in which nothing is open still has to be seen, or an instance would take the first
    /// item that comes for its baseline: then a complete row is recorded as resolved.
    private static func events(
        of sheet: WorkSheet, _ snapshot: String, _ reading: Reading, _ ledger: Ledger
    ) throws -> [Draft] {
        let incomplete = sheet.rows.filter(\.isIncomplete)
        let open = Set(incomplete.map(\.drop))
        let complete = sheet.rows.filter { !$0.isIncomplete && !open.contains($0.drop) }
        var drafts = try incomplete.map { row in
            var event = ItemFlagged()
            event.names = names(row, reading)
            event.names.steps = row.steps.isEmpty ? nil : row.steps
            event.names.submission = row.submission
            event.snapshot = .text(snapshot)
            return try event.draft(
                source: source, id: id(row, snapshot, reading), time: row.changed)
        }
        var witnesses: [Draft] = []
        try ledger.withState { moment in
            for row in complete {
                var event = ItemResolved()
                event.names = names(row, reading)
                event.snapshot = .text(snapshot)
                let draft = try event.draft(
                    source: source, id: id(row, snapshot, reading), time: row.changed)
                let item = moment.tables.items.find(Fingerprint(of: row.drop))
                let isOpen = item.map { moment.tables.items[$0].isOpen } ?? false
                let isKnown =
                    moment.tables.ids.position(of: try ledger.identity(of: draft)) != nil
                if isOpen || isKnown { drafts.append(draft) } else { witnesses.append(draft) }
            }
        }
        if drafts.isEmpty, let witness = witnesses.first { drafts = [witness] }
        return drafts
    }

    private static func names(_ row: WorkSheet.Row, _ reading: Reading) -> Names {
        var names = Names()
        names.subject = row.drop
        names.role = reading.role
        names.instance = reading.instance
        return names
    }

    /// The same row of the same reading by the same process has the same id, wherever it stands.
    ///
    /// A process that starts anew reads what its predecessor has read: that is its baseline.
    private static func id(
        _ row: WorkSheet.Row, _ snapshot: String, _ reading: Reading
    ) -> String {
        let parts =
            [reading.role ?? "", reading.instance ?? "", "\(row.submission ?? -1)"] + row.steps
        let rest = Fingerprint(of: parts.joined(separator: "\n"))
        return "\(snapshot)/\(row.drop)/\(String(rest.bits, radix: 16))"
    }

    private static func tell(
        _ places: [Appended], _ drafts: [Draft], _ snapshot: String, _ out: Output
    ) {
        let new = zip(places, drafts).filter { !$0.0.isDuplicate }
        let flagged = new.count { $0.1.type == .itemFlagged }
        guard out.isJSON else {
            out.line(
                Terminal.escape(
                    "reading \(snapshot): flagged \(flagged), resolved \(new.count - flagged), "
                        + "already there \(places.count - new.count)"))
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("snapshot", snapshot)
        json.member("flagged", flagged)
        json.member("resolved", new.count - flagged)
        json.member("duplicates", places.count - new.count)
        json.key("first")
        if let first = new.first { json.value(first.0.position) } else { json.null() }
        json.endObject()
        out.line(json.text)
    }
}
