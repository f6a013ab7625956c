import Crypto
public import Events
public import Ledger
import Storage

/// Writes events into one file.
public enum FileExport {
    /// What the file holds.
    public enum Format: String, Sendable, CaseIterable {
        /// CloudEvents as JSON, one a line.
        case ndjson
        /// One row an event, RFC 4180, with a first line of titles.
        case csv
        /// A database with tables and indexes.
        case sqlite
        /// One row a message that was sent, RFC 4180, with a first line of titles.
        case dispatch
    }

    /// What is to be exported.
    public struct Order: Sendable {
        /// What the file holds.
        public var format: Format
        /// The positions and times.
        public var range: ExportRange
        /// The names and types.
        public var filter = ExportFilter()
        /// Whether sealed fields stay sealed.
        public var isRedacted = false
        /// Who asked for it.
        public var by: String

        /// An order for all events of a range.
        public init(_ format: Format, _ range: ExportRange, by: String) {
            self.format = format
            self.range = range
            self.by = by
        }
    }

    /// What was written.
    public struct Result: Sendable {
        /// How many events.
        public internal(set) var events: UInt64 = 0
        /// The first and the last of them.
        public internal(set) var positions: ClosedRange<Position>?
        /// The SHA-256 of all bytes, in hexadecimal.
        public internal(set) var hash = ""

        mutating func add(_ position: Position) {
            events += 1
            positions = (positions?.lowerBound ?? position)...position
        }
    }

    /// Writes the events before position `end` into a new file, or to standard output if `path` is
    /// nil, which a database cannot do.
    ///
    /// A file that is named appears when it is whole: until then it is `path` with `.unfinished`.
    /// - Parameter progress: Called with the position that has been reached.
    /// - Throws: ``LedgerError`` with `exists` where there is such a file.
    public static func write(
        _ ledger: Ledger, before end: Position, _ order: Order, to path: String?,
        progress: (Position) -> Void = { _ in }
    ) throws -> Result {
        try whole(path) { try write(ledger, end, order, $0, progress) }
    }

    /// Lets `body` write a file that appears under its name when it is whole; nil is standard
    /// output.
    ///
    /// Where `body` throws, nothing of the file stays.
    static func whole<V>(_ path: String?, _ body: (String?) throws -> V) throws -> V {
        guard let path else { return try body(nil) }
        if Folder.exists(path) {
            throw LedgerError(.exists, "\(path) is there already; export into a new file")
        }
        let unfinished = path + ".unfinished"
        try Folder.remove(unfinished)
        do {
            let result = try body(unfinished)
            try Folder.rename(unfinished, to: path)
            try Folder.sync(Folder.parent(of: path))
            return result
        } catch {
            try? Folder.remove(unfinished)
            throw error
        }
    }

    private static func write(
        _ ledger: Ledger, _ end: Position, _ order: Order, _ path: String?,
        _ progress: (Position) -> Void
    ) throws -> Result {
        switch order.format {
        case .ndjson, .csv: try LineExport.write(ledger, end, order, path, progress)
        case .dispatch: try DispatchExport.write(ledger, end, order, path, progress)
        case .sqlite:
            try TableExport.write(ledger, end, order, path ?? "", progress)
        }
    }
}

/// Which events of a range are meant, by type and by names; all that are given must match.
public struct ExportFilter: Sendable, Equatable {
    /// The types; nil means all.
    public var types: [EventType]?
    /// The sending account.
    public var account: String?
    /// The chat.
    public var chat: String?
    /// The work item.
    public var subject: String?
    /// An alias of the person.
    public var person: String?

    /// A filter that every event passes.
    public init(
        types: [EventType]? = nil, account: String? = nil, chat: String? = nil,
        subject: String? = nil, person: String? = nil
    ) {
        self.person = person
        self.types = types
        self.account = account
        self.chat = chat
        self.subject = subject
    }

    /// Whether nothing is left out.
    public var isEmpty: Bool { self == ExportFilter() }

    /// The filter that readers of the log take; nil where every event passes.
    var events: EventFilter? {
        isEmpty
            ? nil
            : EventFilter(
                types: types, account: account, chat: chat, person: person, subject: subject)
    }
}

/// A walk over a range of the log, a page at a time.
///
/// Nothing is written while the read transaction of a page is open: a slow disk or a reader of
/// standard output must not stop LMDB's page reuse.
struct ExportWalk {
    /// Records that one read transaction lends.
    private static let page: Position = 1024

    /// The position after the last page.
    private(set) var position: Position
    private let last: Position
    private let range: ExportRange
    private let isRedacted: Bool

    init(_ order: FileExport.Order, before end: Position) {
        let range = order.range
        isRedacted = order.isRedacted
        position = range.first
        last = min(end, range.last.map { $0 == .max ? end : $0 + 1 } ?? end)
        self.range = range
    }

    /// A walk over all events, sealed as they are.
    init(before end: Position) {
        var order = FileExport.Order(.ndjson, ExportRange(), by: "")
        order.isRedacted = true
        self.init(order, before: end)
    }

    /// Shows the events of the next page; answers false where there is none.
    mutating func next(
        _ ledger: Ledger, _ filter: EventFilter?, _ body: (borrowing EventView) throws -> Void
    ) throws -> Bool {
        guard position < last else { return false }
        let stop = min(last, position + Self.page)
        let (range, isRedacted) = (range, isRedacted)
        try ledger.forEachEvent(from: position, to: stop, where: filter) { event in
            guard range.contains(event) else { return true }
            if isRedacted { try body(event) } else { try ledger.withOpened(event, body) }
            return true
        }
        position = stop
        return true
    }
}
