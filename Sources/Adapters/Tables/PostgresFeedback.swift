import Bytes
public import Events

/// `postgres-feedback`: the table in which a monitor kept what it had sent, as a CSV.
///
/// Its columns are `id`, `drop_number`, `feedback_sent_at`, `feedback_message_hash`, `retry_count`,
/// `last_retry_at`, `status`; only the id, the drop and the time of sending must be there. A row
/// becomes history, so that cooldowns hold from the first day:
///
/// | in a row | becomes |
/// |---|---|
/// | `feedback_sent_at` | `send.attempted` about the drop, at that time |
/// | `retry_count` over 0 and `last_retry_at` | a second `send.attempted`, at that time |
/// | `status` sent, success, delivered, completed, done, ok | `send.accepted`, at the later time |
/// | `status` failed, error, undelivered | `send.failed`, at the later time |
/// | `status` pending, queued, sending, retry, retrying, or none | no outcome is known |
/// | another `status` | no outcome is known, and the row is quarantined beside its attempts |
/// | no time at all | noted `pending` |
///
/// Members: `subject` (the drop), `chat` (`--chat`) and `account` where they are given,
/// `feedback_message_hash`, `retry_count` (of the second attempt), and other columns of the table.
///
/// **Each known time counts as an attempt**: two where a row was tried again. Retries between the
/// first and the last have no time and are not counted. An attempt takes no business key: the table
/// knows neither steps nor submission.
///
/// **The hash of a message** tells that two rows had the same text. It is not the ledger's own, and
/// it does not lead back to the text: `duplicate.content` cannot compare a new text with it.
///
/// Ids hold the row's id, what it is, and its time in seconds, so that a later dump of the table
/// adds the attempts that are new, and a row that was changed adds its new ones.
public struct PostgresFeedback: TableAdapter {
    /// `postgres-feedback`.
    public static let format = "postgres-feedback"

    private static let needed = ["id", "drop_number", "feedback_sent_at"]
    private static let known =
        needed + ["feedback_message_hash", "retry_count", "last_retry_at", "status"]
    private static let accepted: Set<String> = [
        "sent", "success", "successful", "delivered", "completed", "complete", "done", "ok",
    ]
    private static let failed: Set<String> = ["failed", "failure", "error", "undelivered"]
    private static let open: Set<String> = [
        "", "pending", "queued", "sending", "retry", "retrying", "in_progress",
    ]

    private var columns: CSVColumns?
    private var reading: Reading

    /// A reader of one table.
    public init(_ options: AdapterOptions) { reading = Reading(Self.format, options) }

    /// Takes the next row; the first has the titles.
    ///
    /// - Throws: `invalid` for titles that are not those of the table, and for a time without a
    ///   zone where none was given.
    public mutating func take(_ row: CSVRow) throws(EventError) {
        guard let columns else {
            columns = try CSVColumns(row, needed: Self.needed, format: Self.format)
            return
        }
        if let problem = columns.problem(row) { return quarantine("invalid", problem, row) }
        let id = columns.text("id", row)
        let drop = columns.text("drop_number", row)
        guard !id.isEmpty, !drop.isEmpty else {
            return quarantine("invalid", "The row has no id or no drop_number.", row)
        }
        guard let sent = try time("feedback_sent_at", row, columns),
            let retried = try time("last_retry_at", row, columns)
        else { return }
        let count = columns.text("retry_count", row)
        guard let retries = count.isEmpty ? 0 : Int64(count), retries >= 0 else {
            return quarantine("invalid", "retry_count is a whole number from 0.", row)
        }
        guard let last = retried.time ?? sent.time else {
            return reading.note(
                "pending", chat: reading.options.chat, line: row.line, raw: row.raw)
        }
        if let time = sent.time { add(.sendAttempted, id, drop, time, nil, row, columns) }
        if let time = retried.time, retries > 0 || sent.time == nil {
            add(.sendAttempted, id, drop, time, retries, row, columns)
        }
        finish(row, id, drop, retries > 0 ? last : sent.time ?? last, columns)
    }

    /// Ends the table.
    ///
    /// - Throws: `invalid` where it has no row of titles.
    public func finish() throws(EventError) {
        if columns == nil { throw .noTitles }
    }

    /// Hands over what was found since the last time.
    public mutating func drain() -> [Element] { reading.drain() }

    private mutating func finish(
        _ row: CSVRow, _ id: String, _ drop: String, _ time: Timestamp, _ columns: CSVColumns
    ) {
        let status = columns.text("status", row).lowercased()
        if Self.accepted.contains(status) {
            add(.sendAccepted, id, drop, time, nil, row, columns)
        } else if Self.failed.contains(status) {
            add(.sendFailed, id, drop, time, nil, row, columns)
        } else if !Self.open.contains(status) {
            quarantine(
                "unknown",
                "The status \u{201C}\(status.prefix(60))\u{201D} is not known: the attempts count, "
                    + "and their outcome is unknown.", row)
        }
    }

    /// A column's time: nil where it is malformed, and the row is put aside.
    private mutating func time(
        _ title: String, _ row: CSVRow, _ columns: CSVColumns
    ) throws(EventError) -> (time: Timestamp?, Void)? {
        let text = columns.text(title, row)
        guard !text.isEmpty, text != "NULL", text != "\\N" else { return (nil, ()) }
        switch WrittenTime.read(text, in: reading.options.zone) {
        case .moment(let time): return (time, ())
        case .local:
            throw EventError(
                .invalid,
                "\(title) has no zone; say which clocks it was written by: --zone, such as --zone "
                    + "Africa/Johannesburg.", line: row.line)
        case .none:
            quarantine(
                "invalid",
                "\(title) is a time such as 2025-10-01 16:51:02+02, not "
                    + "\u{201C}\(text.prefix(60))\u{201D}.", row)
            return nil
        }
    }

    private mutating func add(
        _ type: EventType, _ id: String, _ drop: String, _ time: Timestamp, _ retries: Int64?,
        _ row: CSVRow, _ columns: CSVColumns
    ) {
        let seconds = time.instant.nanoseconds / 1_000_000_000
        let what = String(type.name.drop { $0 != "." }.dropFirst())
        var builder = DraftBuilder(
            type, source: Self.format, id: "\(id)/\(retries == nil ? what : "retried")/\(seconds)")
        builder.happened(at: time.instant, form: time.form)
        builder.add(.subject, text: reading.options.subjects(drop).first ?? drop)
        builder.add(.account, text: reading.options.account)
        builder.add(.chat, text: reading.options.chat)
        var known = Self.known.filter { $0 != "feedback_message_hash" }
        if retries != nil { known.removeAll { $0 == "retry_count" } }
        if let others = columns.others(row, except: known) {
            builder.add(.extras, .json, others.span)
        }
        reading.take(builder, chat: reading.options.chat, line: row.line, raw: row.raw)
    }

    private mutating func quarantine(_ code: String, _ reason: String, _ row: CSVRow) {
        reading.quarantine(code, reason, line: row.line, raw: row.raw)
    }
}
