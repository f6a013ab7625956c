import CommandLineKit
import Events
import Gate
import Ledger

/// `claim`: hands out messages that wait, each as a reservation.
enum ClaimVerb {
    static let input = Operand<String?>.optional("-", "Be a co-process")
    static let role = Option<String?>.text(
        "role", "ROLE", environment: "LEDGER_ROLE", "Whose messages; of no role by default")
    static let instance = Option<String?>.text(
        "instance", "NAME", environment: "LEDGER_INSTANCE", "Which process of the role it is")
    static let attempt = Option<String?>.text(
        "attempt", "ID", "Of this try; the same again gives what is still open of it")
    static let most = Option<Int>.integer(
        "max", "N", in: 1...100, default: 1, "At most so many")

    static let command = Command.verb(
        "claim", "Hand out messages that wait, each as a reservation",
        details: """
            Each message is answered as ask would answer it, with its text and an attempt: report
            attempted with it, send, and report what became of it. What is not attempted in time is
            handed out again. As JSON one line says how many were claimed, then comes one line a
            message. The exit code is 75 where nothing may go now. A co-process takes
            {"role","max","attempt"} a line.
            """,
        operands: [input], options: [role, instance, attempt, most],
        examples: [
            .init("ledger claim --role qa-monitor --max 3 --json", "a batch of three"),
            .init("ledger claim - --json", "one claim a line in, one answer a line out"),
        ]
    ) { arguments, out in
        if let word = arguments(input), word != "-" {
            throw UsageError("claim takes no operand but -, not \(word)", command: "claim")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            if arguments(input) == "-" { return try serve(ledger, now, arguments, out) }
            let claim = Claim(
                role: arguments(role), instance: arguments(instance), attempt: arguments(attempt),
                most: arguments(most))
            let outcome = try await ledger.claim(claim, now: now)
            if out.isJSON {
                for line in outcome.lines { out.line(String(decoding: line, as: UTF8.self)) }
            } else {
                tell(outcome, out)
            }
            return outcome.messages.isEmpty ? ExitCode.busy : ExitCode.done
        }
    }

    private static func tell(_ outcome: ClaimOutcome, _ out: Output) {
        for message in outcome.messages {
            let request = message.answer.request.request
            let recipient = request.chat ?? request.person ?? ""
            let name = message.answer.reservation?.description ?? ""
            out.line(Terminal.escape("\(name)  \(recipient)  \(request.text ?? "")"))
        }
        if let retry = outcome.retryAt {
            let pause = Nanoseconds(max(0, retry.since(outcome.now).count))
            out.line("more waits: claim again at \(retry.local) (in \(pause.text))")
        } else if outcome.messages.isEmpty {
            out.line("nothing waits")
        }
    }

    private static func serve(
        _ ledger: Ledger, _ now: Instant?, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        let standard = Claim(
            role: arguments(role), instance: arguments(instance), most: arguments(most))
        return try CoProcess.run(out) { text, line, reply in
            let (json, moved) = try CoProcess.split(JSONValue.parse(text, line: line))
            ledger.submitClaim(try claim(json, standard), now: moved ?? now) { result in
                switch result {
                case .success(let outcome):
                    reply(Array(outcome.lines.joined(separator: [UInt8(ascii: "\n")])))
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }

    private static func claim(_ json: JSONValue, _ standard: Claim) throws(EventError) -> Claim {
        guard case .object(let members) = json else {
            throw EventError(.invalid, "A claim is one JSON object, such as {\"role\":\"r\"}.")
        }
        var claim = standard
        for member in members where !member.value.isNull {
            switch member.name {
            case "role", "instance", "attempt":
                guard let text = member.value.text, !text.isEmpty else {
                    throw EventError(.wrongMember, "The member `\(member.name)` must be a text.")
                }
                switch member.name {
                case "role": claim.role = text
                case "instance": claim.instance = text
                default: claim.attempt = text
                }
            case "max":
                guard let number = member.value.integer, (1...100).contains(number) else {
                    throw EventError(
                        .wrongMember, "The member `max` must be a whole number from 1 to 100.")
                }
                claim.most = Int(number)
            default:
                throw EventError(
                    .wrongMember,
                    "A claim has no member `\(member.name)`; it takes role, instance, attempt and max."
                )
            }
        }
        return claim
    }
}
