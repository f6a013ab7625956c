import Bytes

/// An event as a caller gave it: what is to be stored, and what drives a development clock.
public struct IncomingEvent: Sendable {
    /// The event, ready for the writer.
    public var draft: Draft
    /// The member `now`, which is neither compared nor stored.
    public var now: Instant?

    /// An event of that content.
    public init(draft: Draft, now: Instant? = nil) {
        self.draft = draft
        self.now = now
    }
}

/// CloudEvents 1.0 in JSON, both ways and without loss.
///
/// # Basics
/// - ``parse(_:line:)`` reads one event (structured mode), ``parseBatch(_:line:)`` an array of
///   them; of NDJSON the caller splits the lines.
/// - ``write(_:into:)`` writes a stored event as one line.
///
/// # Caveats
/// - Members without meaning for the ledger are kept as compact JSON: members of objects in the
///   order given, numbers as they were spelt; strings keep their text, not their choice of escapes.
/// - A member of `data` that is null counts as one without meaning, and is kept.
/// - `sequence` and `recordedtime` are the ledger's to give and are ignored in input.
/// - The author of a type is not checked here: who may append what is the ledger's business.
public enum CloudEvent {
    /// The most bytes of `id` and of `source`.
    public static let nameBytesMax = Field.nameBytesMax

    /// Reads one event.
    ///
    /// - Parameters:
    ///   - json: one JSON object; white space may surround it.
    ///   - line: the number of its first line, for errors.
    /// - Throws: ``EventError`` with offset and line.
    public static func parse(
        _ json: Span<UInt8>, line: Int = 1
    ) throws(EventError) -> IncomingEvent {
        var reader = JSONReader(json, line: line)
        let event = try read(&reader)
        try reader.finish()
        return event
    }

    /// Reads a JSON array of events.
    ///
    /// - Throws: ``EventError`` with offset and line; no event is taken if one of them is wrong.
    public static func parseBatch(
        _ json: Span<UInt8>, line: Int = 1
    ) throws(EventError) -> [IncomingEvent] {
        var reader = JSONReader(json, line: line)
        var events: [IncomingEvent] = []
        try reader.beginArray()
        // The array is the batch's, not the event's: it does not count as a level of nesting.
        reader.leaveBatch()
        while true {
            reader.enterBatch()
            guard try reader.element(isFirst: events.isEmpty) else { break }
            reader.leaveBatch()
            events.append(try read(&reader))
        }
        try reader.finish()
        return events
    }

    private static func read(_ reader: inout JSONReader) throws(EventError) -> IncomingEvent {
        guard try reader.peek() == 0x7B else {
            throw reader.error(.invalid, "An event is a JSON object.")
        }
        let start = reader.at
        var parser = EventParser(capacity: reader.bytes.count - start)
        try parser.readEnvelope(&reader)
        do {
            return try parser.finish()
        } catch {
            throw reader.placed(error, at: start)
        }
    }
}
