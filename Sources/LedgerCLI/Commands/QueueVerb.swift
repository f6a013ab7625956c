import CommandLineKit
import Events
import Gate
import Ledger

/// `queue`: puts a message in line, until a role claims it.
enum QueueVerb {
    static let request = Operand<String?>.optional(
        "JSON", "The message as JSON, or a file with it; - is a co-process")
    static let notBefore = Option<Instant?>.value(
        "not-before", "TIME", expects: "a time such as 2025-10-01T16:51:02Z",
        "Not to be tried earlier", parse: { try? Timestamp.parse($0).instant })
    static let expires = Option<Instant?>.value(
        "expires", "TIME", expects: "a time such as 2025-10-02T16:51:02Z",
        "When it is given up; 24 hours after it was queued by default",
        parse: { try? Timestamp.parse($0).instant })

    static let command = Command.verb(
        "queue", "Put a message in line, until a role claims it",
        details: """
            The members are those of ask; role says who hands it out, and the same key is queued
            once. A co-process also takes not_before and expires.
            """,
        operands: [request],
        options: Ask.texts + [Ask.step, Ask.submission, Ask.critical, notBefore, expires],
        examples: [
            .init(
                "ledger queue --role qa-monitor --chat GROUP --key k1 --text \"Step 3 is missing\"",
                "to be handed out by 'ledger claim --role qa-monitor'")
        ]
    ) { arguments, out in
        try await Ledger.writing(arguments, out) { ledger, now in
            if arguments(request) == "-" { return try serve(ledger, now, arguments, out) }
            let json = try RequestInput.object(arguments(request), Ask.members(arguments))
            let (rest, moved) = try CoProcess.split(json)
            let (members, given) = try times(rest)
            let asked = try SendRequest(parsing: members, environment: (nil, nil))
            let place = try await ledger.queue(
                asked, notBefore: arguments(notBefore) ?? given.notBefore,
                expires: arguments(expires) ?? given.expires, now: now ?? moved)
            if out.isJSON {
                out.line(String(decoding: place.json, as: UTF8.self))
            } else {
                let what = place.isDuplicate ? "was queued before" : "queued"
                out.line("\(what) (position \(place.position))")
            }
            return ExitCode.done
        }
    }

    /// Takes `not_before` and `expires` out of a message's object.
    private static func times(
        _ json: JSONValue
    ) throws -> (rest: JSONValue, times: (notBefore: Instant?, expires: Instant?)) {
        func time(_ name: String) throws -> Instant? {
            guard let value = json[name], !value.isNull else { return nil }
            guard let text = value.text else {
                throw EventError(.wrongMember, "The member `\(name)` must be an RFC 3339 time.")
            }
            return try Timestamp.parse(text).instant
        }
        let times = (notBefore: try time("not_before"), expires: try time("expires"))
        guard case .object(let members) = json else { return (json, times) }
        let rest = members.filter { $0.name != "not_before" && $0.name != "expires" }
        return (.object(rest), times)
    }

    private static func serve(
        _ ledger: Ledger, _ now: Instant?, _ arguments: Arguments, _ out: Output
    ) throws -> Int32 {
        let environment = (role: arguments.environment["LEDGER_ROLE"], instance: String?.none)
        return try CoProcess.run(out) { text, line, reply in
            let (json, moved) = try CoProcess.split(JSONValue.parse(text, line: line))
            let (members, given) = try times(json)
            let asked = try SendRequest(parsing: members, environment: environment)
            ledger.submitQueue(
                asked, notBefore: given.notBefore, expires: given.expires, now: moved ?? now
            ) { result in
                switch result {
                case .success(let place): reply(place.json)
                case .failure(let error): reply(Failure.answer(error, line: line))
                }
            }
        }
    }
}
