public import Bytes
import Events

/// Messages that posted subjects: so that an edit or a revoke, which names the message alone, finds
/// them, and so that a message that reaches us twice is one submission.
///
/// Only messages that name subjects have a row, and those that were edited or revoked. What comes
/// late counts by its own time: the newest edit says what a message names, and nothing comes after
/// a revoke.
enum Postings: Projection {
    static let name = "postings"
    static let version = 1

    /// The most subjects of one message; further ones are no submissions.
    static let subjectsMax = 32

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        let message = happened.event.message
        switch happened.type {
        case .messageReceived:
            let names = subjects(of: happened)
            guard !names.isEmpty else { return }
            guard message != .none else {
                return submit(&tables, names, happened.stamp, .none, happened)
            }
            receive(&tables, message, names, happened)
        case .messageEdited where message != .none: edit(&tables, message, happened)
        case .messageRevoked where message != .none: revoke(&tables, message, happened)
        default: return
        }
    }

    private static func receive(
        _ tables: inout Tables, _ message: Fingerprint, _ names: [Fingerprint],
        _ happened: borrowing Occurrence
    ) {
        let slot = tables.postings.touch(message, at: happened.position)
        let row = tables.postings[slot]
        guard !row.received.isSet else { return }
        tables.postings[slot].received = happened.stamp
        guard !row.isRevoked else { return }
        if !row.edited.isSet { tables.postings[slot].subjects = names }
        let counted = row.edited.isSet ? row.subjects : names
        submit(&tables, counted, happened.stamp, message, happened)
    }

    private static func edit(
        _ tables: inout Tables, _ message: Fingerprint, _ happened: borrowing Occurrence
    ) {
        let names = subjects(of: happened)
        // An edit of what never named a subject, and does not now, concerns nobody.
        guard !names.isEmpty || tables.postings.find(message) != nil else { return }
        let slot = tables.postings.touch(message, at: happened.position)
        let row = tables.postings[slot]
        guard !row.isRevoked, row.edited < happened.stamp else { return }
        tables.postings[slot].edited = happened.stamp
        tables.postings[slot].subjects = names
        if !row.received.isSet { tables.postings[slot].received = happened.stamp }
        for name in row.subjects where !names.contains(name) {
            Subjects.withdraw(
                &tables, name, Submission(stamp: row.received, message: message.low), by: happened)
        }
        submit(
            &tables, names.filter { !row.subjects.contains($0) }, happened.stamp, message, happened)
    }

    private static func revoke(
        _ tables: inout Tables, _ message: Fingerprint, _ happened: borrowing Occurrence
    ) {
        let slot = tables.postings.touch(message, at: happened.position)
        let row = tables.postings[slot]
        guard !row.isRevoked else { return }
        tables.postings[slot].isRevoked = true
        tables.postings[slot].subjects = []
        guard row.received.isSet else { return }
        for name in row.subjects {
            Subjects.withdraw(
                &tables, name, Submission(stamp: row.received, message: message.low), by: happened)
        }
    }

    /// A better identified record of a message takes the place of the one at a position, whose
    /// message id was `old`.
    static func replace(
        _ tables: inout Tables, _ position: Position, _ old: Fingerprint,
        by happened: borrowing Occurrence
    ) {
        let message = happened.event.message
        var row = PostingRow()
        row.subjects = subjects(of: happened)
        if old != .none, let found = tables.postings.find(old) { row = tables.postings[found] }
        let isSame = message == old
        var mine: Submission? = Submission(stamp: happened.stamp, message: message.low)
        if !isSame, message != .none, let known = tables.postings.find(message),
            tables.postings[known].received.isSet || tables.postings[known].isRevoked
        {
            // An edit or a revoke of the better record came before it, and said what it names.
            mine = nil
        }
        for name in row.subjects {
            Subjects.move(&tables, name, position, to: mine, by: happened)
        }
        if message != .none {
            let slot = tables.postings.touch(message, at: happened.position)
            if mine != nil { tables.postings[slot] = row }
            tables.postings[slot].received = happened.stamp
        }
        guard !isSame, old != .none else { return }
        // What the lesser source says later of the message, the better one says, too.
        let slot = tables.postings.touch(old, at: happened.position)
        tables.postings[slot].isRevoked = true
        tables.postings[slot].subjects = []
    }

    private static func submit(
        _ tables: inout Tables, _ names: [Fingerprint], _ stamp: Stamp, _ message: Fingerprint,
        _ happened: borrowing Occurrence
    ) {
        let submission = Submission(stamp: stamp, message: message.low)
        for name in names { Subjects.submit(&tables, name, submission, by: happened) }
    }

    /// The subjects that an event names, each once.
    private static func subjects(of happened: borrowing Occurrence) -> [Fingerprint] {
        guard happened.subject != .none else { return [] }
        var names = [happened.subject]
        guard let range = happened.event.range(of: .subjects) else { return names }
        let bytes = happened.event.bytes
        var at = range.lowerBound
        while at + 2 <= range.upperBound, names.count < subjectsMax {
            let end = at + 2 + Int(bytes.load(at: at, as: UInt16.self))
            guard end <= range.upperBound else { break }
            let name = bytes.extracting(at + 2..<end).fingerprint()
            if !names.contains(name) { names.append(name) }
            at = end
        }
        return names
    }
}

/// A message that posted subjects.
public struct PostingRow: TableRow {
    /// When it was received first, or edited where only that is known.
    public internal(set) var received = Stamp.never
    /// Its newest edit.
    public internal(set) var edited = Stamp.never
    /// Whether it was revoked.
    public internal(set) var isRevoked = false
    /// The subjects that it names.
    public internal(set) var subjects: [Fingerprint] = []

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        received = reader.stamp()
        edited = reader.stamp()
        isRevoked = reader.flag()
        let count = min(Postings.subjectsMax, Int(reader.get(UInt8.self)))
        for _ in 0..<count { subjects.append(reader.fingerprint()) }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(received)
        writer.put(edited)
        writer.put(isRevoked)
        writer.put(UInt8(subjects.count))
        for name in subjects { writer.put(name) }
    }
}
