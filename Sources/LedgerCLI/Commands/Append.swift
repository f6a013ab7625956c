import Bytes
import CommandLineKit
import Events
import Ledger

/// `append`: takes CloudEvents from a file, or line by line as a co-process.
enum Append {
    static let file = Operand<String?>.optional(
        "FILE", "CloudEvents JSON: one a line, an array, or one object; - is a co-process")
    static let quarantine = Option<Bool>.flag(
        "quarantine", "Put bad lines aside as input.quarantined, and go on")
    static let expectCount = Option<Int?>.integer(
        "expect-count", "N", in: 0...Int.max, "Only if the log holds exactly N events")
    static let failIf = Option<[String]>.repeated(
        "fail-if", "TYPE", "Not if an event of this type, with the names given, is there")
    static let after = Option<Int?>.integer(
        "after", "P", in: 0...Int.max, "With a condition: only events after position P count")

    static let command = Command.verb(
        "append", "Append events",
        details: """
            A file is checked as a whole before anything is appended, then committed in batches of
            1,000; with a condition it is one batch, all or nothing. The names --account to
            --message belong to --fail-if. As a co-process it answers each line with
            {"position":7,"duplicate":false} once it is durable, and a bad one with {"error":...}.
            """,
        operands: [file],
        options: [quarantine, expectCount, failIf, after] + FilterOptions.names,
        examples: [
            .init("ledger append events.ndjson", "append a file"),
            .init("ledger append --fail-if send.reserved --subject DR1 one.json", "only the first"),
        ]
    ) { arguments, out in
        let path = arguments(file) ?? "-"
        let condition = try condition(arguments)
        if path == "-", condition != nil || arguments(quarantine) {
            throw UsageError(
                "conditions and --quarantine belong to a file, not to a co-process",
                command: "append")
        }
        if condition != nil, arguments(quarantine) {
            throw UsageError("a condition and --quarantine exclude each other", command: "append")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            guard path != "-" else { return try serve(ledger, now, out) }
            return try await appendFile(
                ledger, InputText(path: path), condition, now,
                quarantines: arguments(quarantine), words: .append, out)
        }
    }

    /// How the end is told.
    struct SummaryWords: Sendable {
        let done: String
        static let append = SummaryWords(done: "appended")
        static let imported = SummaryWords(done: "imported")
    }

    /// Appends a file and tells what became of it.
    static func appendFile(
        _ ledger: Ledger, _ text: InputText, _ condition: AppendCondition?, _ now: Instant?,
        quarantines: Bool, words: SummaryWords, _ out: Output
    ) async throws -> Int32 {
        var appender = FileAppender(ledger, text, now: now, quarantines: quarantines)
        if condition != nil || text.layout == .array {
            try await appender.run(if: condition)
        } else {
            let progress =
                text.bytes.count > 1 << 22
                ? Progress(words.done, unit: "events", total: nil, out: out) : nil
            defer { progress?.finish() }
            try await appender.run { progress?.advance(to: $0) }
        }
        tell(appender.totals, quarantines, words, out)
        return ExitCode.done
    }

    private static func tell(
        _ totals: FileAppender.Totals, _ quarantines: Bool, _ words: SummaryWords, _ out: Output
    ) {
        var text = "\(words.done) \(totals.appended), already there \(totals.duplicates)"
        if quarantines { text += ", put aside \(totals.quarantined)" }
        out.note(text)
        guard out.isJSON else { return }
        var json = JSONWriter()
        json.beginObject()
        json.member("appended", totals.appended)
        json.member("duplicates", totals.duplicates)
        if quarantines { json.member("quarantined", totals.quarantined) }
        for (name, position) in [("first", totals.first), ("last", totals.last)] {
            json.key(name)
            if let position { json.value(position) } else { json.null() }
        }
        json.endObject()
        out.line(json.text)
    }

    // MARK: - Conditions

    private static func condition(_ arguments: Arguments) throws(UsageError) -> AppendCondition? {
        let types = try FilterOptions.types(arguments(failIf), "append")
        let hasFilter = types != nil || FilterOptions.hasNames(arguments)
        if arguments(after) != nil, !hasFilter {
            throw UsageError("--after belongs to --fail-if", command: "append")
        }
        guard hasFilter || arguments(expectCount) != nil else { return nil }
        return AppendCondition(
            expectedCount: arguments(expectCount).map { Position($0) },
            failIf: hasFilter ? FilterOptions.filter(arguments, types: types) : nil,
            after: arguments(after).map { Position($0) })
    }

    // MARK: - The co-process

    private static func serve(_ ledger: Ledger, _ now: Instant?, _ out: Output) throws -> Int32 {
        try CoProcess.run(out) { text, line, reply in
            let event = try CloudEvent.parse(text, line: line)
            ledger.submitAppend([event.draft], now: event.now ?? now) { result in
                switch result {
                case .success(let places): reply(places[0].json)
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }
}

extension Appended {
    /// `{"position","duplicate"}`: the answer to `append` and `queue`.
    var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("position", position)
        json.member("duplicate", isDuplicate)
        json.endObject()
        return json.finish()
    }
}
