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
        .text("attempt", "ID", "The attempt that was given to ask"),
        .text("message", "ID", "The provider's id of the message"),
        .text("code", "CODE", "The provider's error code"),
        .text("detail", "TEXT", "What else there is to say"),
        .text("role", "ROLE", environment: "LEDGER_ROLE", "What the reporting process does"),
        .text("instance", "NAME", environment: "LEDGER_INSTANCE", "Which process it is"),
        .text("by", "NAME", "Who settles an unknown outcome by hand"),
        .text("why", "TEXT", "The reason for that"),
    ]

    static let command = Command.verb(
        "report", "Report what became of a reservation",
        details: """
            Report attempted just before the provider is called, with the attempt that was given
            to ask. Only the first for a reservation is answered go true; where it is false, with
            exit code 77, another try was first, or a stop, an opt-out or the lease's end came in
            between: do not send then, report cancelled with the attempt, and ask again with a new
            one. failed and cancelled are the winner's to say; accepted is taken from anyone.
            """,
        operands: [report], options: texts,
        examples: [
            .init("ledger report --reservation r7.9f3a2c1b --outcome accepted --message ID", "sent")
        ]
    ) { arguments, out in
        try await Ledger.writing(arguments, out) { ledger, now in
            if arguments(report) == "-" { return try serve(ledger, now, arguments, out) }
            let members = texts.map { option in
                (name: option.declaration.name, value: arguments(option).map { JSONValue.text($0) })
            }
            let json = try RequestInput.object(arguments(report), members)
            let (rest, moved) = try CoProcess.split(json)
            let answer = try await ledger.report(SendReport(parsing: rest), now: now ?? moved)
            if out.isJSON {
                out.line(String(decoding: answer.json, as: UTF8.self))
            } else {
                let what = answer.isDuplicate ? "was reported before" : "recorded"
                out.line("\(what) (position \(answer.position))")
                if isDenied(answer) {
                    let why = answer.because.joined(separator: ", ")
                    out.line(out.styled("do not send: \(why)", .red, on: out.results))
                }
            }
            return isDenied(answer) ? ExitCode.refused : ExitCode.done
        }
    }

    private static func isDenied(_ answer: ReportOutcome) -> Bool {
        answer.report.outcome == .attempted && !answer.go
    }

    private static func serve(
        _ ledger: Ledger, _ now: Instant?, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        let environment = (
            role: arguments.environment["LEDGER_ROLE"],
            instance: arguments.environment["LEDGER_INSTANCE"]
        )
        return try CoProcess.run(out) { text, line, reply in
            let (json, moved) = try CoProcess.split(JSONValue.parse(text, line: line))
            let report = try SendReport(parsing: json, environment: environment)
            ledger.submitReport(report, now: moved ?? now) { result in
                switch result {
                case .success(let answer): reply(answer.json)
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }
}
