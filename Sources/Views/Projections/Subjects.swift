public import Bytes
public import Events

/// Who posted a subject, how often; what is open about it, and what was answered.
///
/// Only messages from others count as submissions: our own sends never do, although they name the
/// subject. What an edit of a message says of its subjects is in ``Postings``.
enum Subjects: Projection {
    static let name = "subjects"
    static let version = 2

    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        switch happened.type {
        case .messageReceived, .messageEdited, .messageRevoked:
            Postings.evolve(&tables, by: happened)
        case .itemFlagged, .itemResolved: flag(&tables, happened)
        case .sendAttempted, .sendAccepted, .sendFailed, .sendReserved, .sendExpired,
            .sendCancelled:
            answer(&tables, happened)
        default: return
        }
    }

    private static func touch(
        _ tables: inout Tables, _ subject: Fingerprint, _ happened: borrowing Occurrence
    ) -> Int {
        let slot = tables.subjects.touch(subject, at: happened.position)
        if tables.subjects[slot].named == 0, happened.subject == subject {
            tables.subjects[slot].named = happened.position + 1
        }
        return slot
    }

    /// A message posted a subject.
    static func submit(
        _ tables: inout Tables, _ subject: Fingerprint, _ submission: Submission,
        by happened: borrowing Occurrence
    ) {
        let slot = touch(&tables, subject, happened)
        // A message's further subjects stand beside the first.
        if tables.subjects[slot].named == 0 {
            tables.subjects[slot].named = happened.position + 1
        }
        tables.subjects[slot].submit(submission)
    }

    /// A message that posted a subject was revoked, or no longer names it.
    static func withdraw(
        _ tables: inout Tables, _ subject: Fingerprint, _ submission: Submission,
        by happened: borrowing Occurrence
    ) {
        guard tables.subjects.find(subject) != nil else { return }
        let slot = touch(&tables, subject, happened)
        tables.subjects[slot].revoke(submission)
    }

    /// A better identified record of the message stands for the submission at a position; without
    /// one, the submission counts no more.
    static func move(
        _ tables: inout Tables, _ subject: Fingerprint, _ position: Position,
        to submission: Submission?, by happened: borrowing Occurrence
    ) {
        guard tables.subjects.find(subject) != nil else { return }
        let slot = touch(&tables, subject, happened)
        tables.subjects[slot].move(position, to: submission)
    }

    private static func flag(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        guard happened.subject != .none else { return }
        let slot = touch(&tables, happened.subject, happened)
        let steps = SendKeys.steps(happened.event)
        if happened.type == .itemFlagged {
            tables.subjects[slot].flagged = happened.position + 1
            tables.subjects[slot].openSteps = steps
        } else {
            tables.subjects[slot].flagged = 0
            tables.subjects[slot].openSteps = .none
        }
    }

    /// A report names its reservation, and the reservation its subject.
    private static func answer(_ tables: inout Tables, _ happened: borrowing Occurrence) {
        var subject = happened.subject
        var content = happened.keys.content
        if let reservation = happened.reservation {
            let key = Fingerprint(UInt128(reservation.position))
            guard tables.tags.include(reservation), let found = tables.reservations.find(key)
            else { return }
            subject = tables.reservations[found].keys.subject
            content = tables.reservations[found].keys.content
        }
        guard subject != .none else { return }
        let slot = touch(&tables, subject, happened)
        tables.subjects[slot].answer(happened, content)
    }
}

/// One message that posted a subject: who and where stand in the event at its position.
public struct Submission: Sendable, Equatable, BitwiseCopyable {
    /// When, and at which position.
    public var stamp: Stamp
    /// The low 64 bits of the provider's message id, so that a revoke finds it.
    public var message: UInt64
}

/// A subject.
public struct SubjectRow: TableRow {
    /// One more than the position of an event that names the subject.
    public var named: Position = 0
    /// How often it was submitted.
    public private(set) var submissions: UInt32 = 0
    /// The newest submissions, at most four, the latest last.
    public var recent: [Submission] { (0..<Int(kept)).map { newest[$0] } }
    private var kept: UInt8 = 0
    private var newest = InlineArray<4, Submission>(
        repeating: Submission(stamp: .never, message: 0))
    /// One more than the position of the `item.flagged` that is open; 0 for none.
    public var flagged: Position = 0
    /// The set of open steps.
    public var openSteps = Fingerprint.none
    /// The last feedback that was attempted or accepted.
    public private(set) var lastFeedback = Stamp.never
    /// How many were accepted.
    public private(set) var feedbacks: UInt32 = 0
    /// How many attempts failed or were cancelled.
    public private(set) var retries: UInt32 = 0
    /// The content of the last feedback, with its recipient.
    public private(set) var content = Fingerprint.none
    /// What the last `send.*` event about it was: the number of its type; 0 for none.
    public private(set) var status: UInt16 = 0

    /// An empty row.
    public init() {}

    mutating func submit(_ submission: Submission) {
        submissions += 1
        insert(submission)
    }

    private mutating func insert(_ submission: Submission) {
        if kept == 4 {
            guard newest[0].stamp < submission.stamp else { return }
            for index in 1..<4 { newest[index - 1] = newest[index] }
            kept = 3
        }
        var at = Int(kept)
        while at > 0, submission.stamp < newest[at - 1].stamp {
            newest[at] = newest[at - 1]
            at -= 1
        }
        newest[at] = submission
        kept += 1
    }

    /// One that is older than the newest four counts no more, too.
    mutating func revoke(_ submission: Submission) {
        if submissions > 0 { submissions -= 1 }
        let found = (0..<Int(kept)).last { newest[$0].message == submission.message }
        guard let at = found else { return }
        remove(at)
    }

    /// Puts a submission in the place of the one at a position, if that is still kept; nil takes
    /// it away, kept or not.
    mutating func move(_ position: Position, to submission: Submission?) {
        if submission == nil, submissions > 0 { submissions -= 1 }
        let found = (0..<Int(kept)).first { newest[$0].stamp.position == position }
        guard let at = found else { return }
        remove(at)
        if let submission { insert(submission) }
    }

    private mutating func remove(_ at: Int) {
        for index in at..<Int(kept) - 1 { newest[index] = newest[index + 1] }
        kept -= 1
    }

    /// Compares the members, and of the submissions those that are kept.
    public static func == (left: SubjectRow, right: SubjectRow) -> Bool {
        var one = RowWriter()
        var other = RowWriter()
        left.encode(into: &one)
        right.encode(into: &other)
        return one.bytes == other.bytes
    }

    mutating func answer(_ happened: borrowing Occurrence, _ content: Fingerprint) {
        status = happened.type.rawValue
        switch happened.type {
        case .sendAccepted, .sendAttempted:
            lastFeedback = max(lastFeedback, happened.stamp)
            if content != .none { self.content = content }
            if happened.type == .sendAccepted { feedbacks += 1 }
        case .sendFailed, .sendCancelled: retries += 1
        default: break
        }
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        submissions = reader.get()
        let many = min(4, reader.get(UInt8.self))
        for _ in 0..<many {
            insert(Submission(stamp: reader.stamp(), message: reader.get()))
        }
        flagged = reader.get()
        openSteps = reader.fingerprint()
        lastFeedback = reader.stamp()
        feedbacks = reader.get()
        retries = reader.get()
        content = reader.fingerprint()
        status = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(submissions)
        writer.put(kept)
        for submission in recent {
            writer.put(submission.stamp)
            writer.put(submission.message)
        }
        writer.put(flagged)
        writer.put(openSteps)
        writer.put(lastFeedback)
        writer.put(feedbacks)
        writer.put(retries)
        writer.put(content)
        writer.put(status)
    }
}
