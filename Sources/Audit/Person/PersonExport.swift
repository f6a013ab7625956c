public import Events
public import Ledger
import Storage

/// Writes all that is held of one person, for that person to take away.
public enum PersonExport {
    /// What it is written as.
    public enum Format: String, Sendable, CaseIterable {
        /// One JSON object: `schemas/answers/person.v1.json`.
        case json
        /// A page for a browser.
        case html
        /// A text for any reader.
        case markdown
    }

    /// Writes into a new file, or to standard output if `path` is nil.
    ///
    /// A file that is named appears when it is whole, mode 0600. What others wrote about the person
    /// is theirs: it is counted and not told. A page of records is in memory at a time.
    /// - Parameter progress: Called with the position that has been reached.
    /// - Throws: ``LedgerError`` with `exists` where there is such a file, `notFound` where the
    ///   person was erased meanwhile: no file is left then.
    public static func write(
        _ record: PersonRecord, of ledger: Ledger, as format: Format, to path: String?,
        progress: (Position) -> Void = { _ in }
    ) throws -> FileExport.Result {
        try FileExport.whole(path) { path in
            switch format {
            case .json: try write(PersonJSON(), record, ledger, path, progress)
            case .html: try write(PersonPage(.html), record, ledger, path, progress)
            case .markdown: try write(PersonPage(.markdown), record, ledger, path, progress)
            }
        }
    }

    private static func write(
        _ writer: some PersonWriter, _ record: PersonRecord, _ ledger: Ledger, _ path: String?,
        _ progress: (Position) -> Void
    ) throws -> FileExport.Result {
        var file = try HashedFile(path)
        var writer = writer
        var result = FileExport.Result()
        var mentions: UInt64 = 0
        writer.begin(record)
        var decisions = ExportWalk(before: record.end)
        let refused = EventFilter(types: [.sendRefused])
        while try decisions.next(
            ledger, refused,
            { event in
                guard try record.trail.owns(event, ledger) else { return }
                try ledger.withOpened(event) { writer.add(decision: $0) }
            })
        {
            try file.write(writer.take())
        }
        writer.beginEvents()
        var walk = ExportWalk(before: record.end)
        while try walk.next(
            ledger, nil,
            { event in
                if try record.trail.owns(event, ledger) {
                    try ledger.withOpened(event) { writer.add($0) }
                    result.add(event.position)
                } else if try record.isMention(event, ledger) {
                    mentions += 1
                }
            })
        {
            try file.write(writer.take())
            progress(walk.position)
        }
        writer.end(mentions: mentions)
        try file.write(writer.take())
        result.hash = try file.finish()
        guard try ledger.living(record.alias) == record.trail.person else {
            throw LedgerError(
                .notFound, "the person was erased while the export was made; it is void")
        }
        return result
    }
}

/// What an export of a person is written by: in parts, each taken out before the next.
protocol PersonWriter {
    /// What comes before the decisions.
    mutating func begin(_ record: PersonRecord)
    /// A message that was not sent.
    mutating func add(decision event: borrowing EventView)
    /// What comes between the decisions and the events.
    mutating func beginEvents()
    /// An event of the person.
    mutating func add(_ event: borrowing EventView)
    /// The end; `mentions` counts what others wrote.
    mutating func end(mentions: UInt64)
    /// Takes out what was written since.
    mutating func take() -> [UInt8]
}
