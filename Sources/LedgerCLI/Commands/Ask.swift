import Bytes
import CommandLineKit
import Events
import Gate
import Ledger
import Storage

/// `ask`: may this message be sent? Send is a reservation.
enum Ask {
    static let request = Operand<String?>.optional(
        "JSON", "The request as JSON, or a file with it; - is a co-process")
    static let wait = Option<Nanoseconds?>.value(
        "wait", "LENGTH", expects: "a length such as 30s",
        "On wait, wait and ask again for so long",
        parse: { TimeWord.duration($0) })
    static let step = Option<[String]>.repeated("step", "STEP", "A step that it is about")
    static let submission = Option<Int?>.integer(
        "submission", "N", in: 1...Int.max, "Which submission of the subject it answers")
    static let explain = Option<Bool>.flag("explain", "List what every rule said")
    static let critical = Option<Bool>.flag("critical", "Take the lane of critical answers")
    static let attempt = Option<String?>.text(
        "attempt", "ID", "One try of one worker, who then reports attempted before it sends")
    /// Members of every message that are texts.
    static let texts: [Option<String?>] = [
        .text("key", "KEY", "The caller's idempotency key"),
        .text("account", "ACCOUNT", "Our sending identity"),
        .text("chat", "CHAT", "The chat that it goes to"),
        .text("person", "PERSON", "The person that it goes to"),
        .text("subject", "SUBJECT", "The subject, such as a drop"),
        .text("text", "TEXT", "What is to be sent"),
        .text("category", "WORD", choices: Shape.categories, "What it is sent as"),
        .text("purpose", "WORD", choices: Shape.purposes, "What it is for"),
        .text("template", "NAME", "The template"),
        .text("zone", "ZONE", "The person's time zone"),
        .text("reply", "WORD", choices: Shape.replies, "How the reply reaches its reader"),
        .text("role", "ROLE", environment: "LEDGER_ROLE", "What the asking process does"),
        .text("instance", "NAME", environment: "LEDGER_INSTANCE", "Which process it is"),
    ]

    static let command = Command.verb(
        "ask", "Ask whether a message may be sent",
        details: """
            The exit code is 0 for send, 77 for refuse, 75 for wait. With send, call the provider
            before the reservation expires, and report what became of it. With --wait it waits and
            asks again; it does not wait where the answer would come after that.
            """,
        operands: [request], options: texts + [attempt, step, submission, critical, explain, wait],
        examples: [
            .init(
                "ledger ask --chat GROUP --subject DR1854951 --text \"Step 3 is missing\"", "ask"),
            .init("ledger ask - --json", "one request a line in, one answer a line out"),
        ]
    ) { arguments, out in
        try await Ledger.writing(arguments, out) { ledger, now in
            if arguments(request) == "-" { return try serve(ledger, now, arguments, out) }
            let own: [(name: String, value: JSONValue?)] = [
                ("attempt", arguments(attempt).map { .text($0) }),
                ("explain", arguments(explain) ? .flag(true) : nil),
            ]
            let json = try RequestInput.object(arguments(request), members(arguments) + own)
            let (rest, moved) = try CoProcess.split(json)
            var asked = try SendRequest(parsing: rest, environment: (nil, nil))
            asked.overridesThrottle = try Override.isOn(arguments, ledger)
            let prepared = PreparedRequest(asked)
            let answer = try await ask(ledger, prepared, now ?? moved, arguments(wait))
            if out.isJSON {
                out.line(answer.json.span.string)
            } else {
                tell(answer, out)
            }
            return exitCode(answer.decision.verdict)
        }
    }

    /// The members of every message.
    static func members(_ arguments: Arguments) -> [(name: String, value: JSONValue?)] {
        var members = texts.map { option in
            (name: option.declaration.name, value: arguments(option).map { JSONValue.text($0) })
        }
        let steps = arguments(step).map { JSONValue.text($0) }
        members.append(("steps", steps.isEmpty ? nil : .array(steps)))
        members.append(("submission", arguments(submission).map { .number(String($0)) }))
        members.append(("critical", arguments(critical) ? .flag(true) : nil))
        return members
    }

    /// Asks, and on wait asks again once the answer may be another, for as long as `patience`.
    private static func ask(
        _ ledger: Ledger, _ request: PreparedRequest, _ now: Instant?, _ patience: Nanoseconds?
    ) async throws -> AskOutcome {
        var left = patience ?? .seconds(0)
        var answer = try await ledger.ask(request, now: now)
        while answer.decision.verdict == .wait, let retry = answer.decision.retryAt {
            // Differences, not instants: the ledger's clock need not be this machine's.
            let pause = retry.since(answer.now)
            guard pause <= left, pause.count > 0 else { break }
            try await Task.sleep(nanoseconds: UInt64(pause.count))
            left = Nanoseconds(left.count - pause.count)
            answer = try await ledger.ask(request)
        }
        return answer
    }

    private static func exitCode(_ verdict: Verdict) -> Int32 {
        switch verdict {
        case .send: ExitCode.done
        case .wait: ExitCode.busy
        case .refuse: ExitCode.refused
        }
    }

    // MARK: - For people

    private static func tell(_ answer: AskOutcome, _ out: Output) {
        let decision = answer.decision
        let style: Output.Style =
            switch decision.verdict {
            case .send: .green
            case .wait: .yellow
            case .refuse: .red
            }
        var line = out.styled(decision.verdict.name, style, on: out.results)
        if let reservation = answer.reservation { line += "  \(reservation.description)" }
        if let expires = decision.expires {
            line += "  until \(expires.local) (\(expires.since(answer.now).text))"
        }
        if let retry = decision.retryAt {
            line += "  ask again at \(retry.local) (in \(retry.since(answer.now).text))"
        }
        out.line(line)
        if answer.isReplayed {
            out.line(
                "  granted before under the same key: whoever reports attempted first may send")
        }
        if let lane = decision.lane {
            out.line("  \(Terminal.escape(Finding.text(ofLane: lane)))")
        }
        if let message = answer.message {
            out.line("  sent as \(Terminal.escape(message))")
        }
        for finding in decision.findings where finding.verdict == decision.verdict {
            guard finding.verdict != .send else { continue }
            out.line("  \(finding.rule.name): \(Terminal.escape(finding.reason))")
        }
        for finding in decision.findings where finding.verdict < decision.verdict {
            guard finding.verdict != .send || answer.request.request.explains else { continue }
            out.line("  \(finding.rule.name): \(Terminal.escape(finding.reason))")
        }
        if answer.isCounted {
            out.line("  as a moment ago: only counted ('ledger why \(answer.position)' tells all)")
            return
        }
        out.line(
            "  recorded at position \(answer.position); 'ledger why \(answer.position)' tells all")
    }

    // MARK: - The co-process

    private static func serve(
        _ ledger: Ledger, _ now: Instant?, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        let environment = (
            role: arguments.environment["LEDGER_ROLE"],
            instance: arguments.environment["LEDGER_INSTANCE"]
        )
        let overrides = try Override.isOn(arguments, ledger)
        return try CoProcess.run(out) { text, line, reply in
            let (json, moved) = try CoProcess.split(JSONValue.parse(text, line: line))
            var request = try SendRequest(parsing: json, environment: environment)
            request.overridesThrottle = overrides
            ledger.submitAsk(PreparedRequest(request), now: moved ?? now) { result in
                switch result {
                case .success(let answer): reply(answer.json)
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }
}
