import CommandLineKit
import Events
import Gate
import Ledger

/// `report`: tells what became of a reservation.
enum Report {
    static let report = Operand<String?>.optional(
        "JSON", "The report as JSON, or a file with it; - is a co-process")
    /// Members that are texts.
    static let texts: [Option<String?>] = [
        .text("reservation", "NAME", "The reservation that ask answered"),
        .text("outcome", "WORD", choices: Shape.outcomes, "How far the send came"),
        .text("message", "ID", "The provider's id of the message"),
        .text("code", "CODE", "The provider's error code"),
        .text("detail", "TEXT", "What else there is to say"),
    ]

    static let command = Command.verb(
        "report", "Report what became of a reservation",
        details: """
            Report attempted just before the provider is called: where it answers go false, and
            exit code 1, a stop, an opt-out or the lease's end came in between: do not send then.
            """,
        operands: [report], options: texts,
        examples: [
            .init("ledger report --reservation r7.9f3a2c1b --outcome accepted --message ID", "sent")
        ]
    ) { arguments, out in
        try await Ledger.writing(arguments, out) { ledger, now in
            if arguments(report) == "-" { return try serve(ledger, now, out) }
            let members = texts.map { option in
                (name: option.declaration.name, value: arguments(option).map { JSONValue.text($0) })
            }
            let json = try RequestInput.object(arguments(report), members)
            let (rest, moved) = try CoProcess.split(json)
            let answer = try await ledger.report(SendReport(parsing: rest), now: now ?? moved)
            if out.isJSON {
                out.line(String(decoding: object(answer), as: UTF8.self))
            } else {
                let what = answer.isDuplicate ? "was reported before" : "recorded"
                out.line("\(what) (position \(answer.position))")
                if !answer.go {
                    out.line(out.styled("do not send", .red, on: out.results))
                }
            }
            return answer.go ? ExitCode.done : ExitCode.failed
        }
    }

    private static func object(_ answer: ReportOutcome) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("position", answer.position)
        json.member("duplicate", answer.isDuplicate)
        json.member("go", answer.go)
        json.endObject()
        return json.finish()
    }

    private static func serve(_ ledger: Ledger, _ now: Instant?, _ out: Output) throws -> Int32 {
        try CoProcess.run(out) { text, line, reply in
            let (json, moved) = try CoProcess.split(JSONValue.parse(text, line: line))
            ledger.submitReport(try SendReport(parsing: json), now: moved ?? now) { result in
                switch result {
                case .success(let answer): reply(object(answer))
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }
}
