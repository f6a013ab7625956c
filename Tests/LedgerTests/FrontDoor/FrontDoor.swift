import Events
import Gate
import Ledger
import TestSupport
import Testing

/// A ledger as users make it, told and asked as users do: events as CloudEvents, orders, requests
/// and reports as JSON, aliases in clear; what is recorded is sealed.
///
/// ```swift
/// let door = try await FrontDoor.given("people: {chain: 1}", [.send(["person": thandi])], ledger)
/// let answer = try await door.ask(["person": thandiJID], at: 10)
/// #expect(answer.says == ["chain/person"])
/// ```
struct FrontDoor {
    let ledger: Ledger

    /// Noon of a Wednesday (UTC), from which seconds are counted.
    static let noon = at(1_759_320_000)

    /// The moment so many seconds after noon, to the millisecond.
    static func moment(_ seconds: Double) -> Instant {
        noon.advanced(by: .milliseconds(Int64((seconds * 1_000).rounded())))
    }

    /// A ledger with a policy in force, to which all that was done; it ends with `ledger`.
    static func given(
        _ policy: String, _ steps: [Step], _ ledger: Ledger
    ) async throws -> FrontDoor {
        let door = FrontDoor(ledger: ledger)
        _ = try Policy.parse(policy)
        try await ledger.apply(policy, now: noon)
        for (number, step) in steps.enumerated() { try await door.take(step, number) }
        return door
    }

    /// Asks for what a JSON object says.
    func ask(_ request: Told, at seconds: Double) async throws -> AskOutcome {
        try await ask(request, at: Self.moment(seconds))
    }

    /// Asks for what a JSON object says.
    func ask(_ request: Told, at now: Instant) async throws -> AskOutcome {
        let asked = try SendRequest(parsing: request.json, environment: (nil, nil))
        return try await ledger.ask(PreparedRequest(asked), now: now)
    }

    /// Reports what a JSON object says.
    @discardableResult
    func report(
        _ reservation: Reservation, _ outcome: String, _ rest: Told = [:], at now: Instant? = nil
    ) async throws -> ReportOutcome {
        let told: Told = [
            "reservation": Piece(.text(reservation.description)), "outcome": Piece(.text(outcome)),
        ]
        return try await ledger.report(SendReport(parsing: told.with(rest).json), now: now)
    }

    /// Appends an event as a line of JSON; its subject goes into the envelope.
    @discardableResult
    func append(
        _ type: String, _ data: Told, id: String, time: Instant? = nil, now: Instant,
        as caller: Ledger.Caller = .anyone
    ) async throws -> Position {
        var json = JSONWriter()
        json.beginObject()
        json.member("specversion", "1.0")
        json.member("id", id)
        json.member("source", "test/front-door")
        json.member("type", type)
        json.member("time", time ?? now)
        if let subject = data["subject"]?.text { json.member("subject", subject) }
        json.key("data")
        data.without("subject").json.write(to: &json)
        json.endObject()
        let event = try CloudEvent.parse(json.bytes.span)
        return try await ledger.append([event.draft], now: now, as: caller)[0].position
    }

    private func take(_ step: Step, _ number: Int) async throws {
        let now = Self.moment(step.seconds)
        switch step.deed {
        case .event(let type): try await append(type, step.told, id: "step \(number)", now: now)
        case .order(let type):
            let told = step.told.with(["by": "ann", "why": "a test"])
            try await append(type, told, id: "step \(number)", now: now, as: .verb)
        case .reserve, .send:
            let answer = try await ask(step.told, at: now)
            let why = Comment(rawValue: "step \(number): \(answer.says)")
            let reservation = try #require(answer.reservation, why)
            guard step.deed == .send else { return }
            let attempted = try await report(reservation, "attempted", at: now)
            #expect(attempted.go, "step \(number): \(attempted.because)")
            let message: Told = ["message": Piece(.text("wamid.\(number)"))]
            try await report(reservation, "accepted", message, at: now)
        }
    }
}

/// Something that was done before, at a moment.
struct Step: Sendable {
    enum Deed: Sendable, Equatable {
        case event(String)
        case order(String)
        case reserve
        case send
    }

    /// Seconds after noon.
    let seconds: Double
    let deed: Deed
    let told: Told

    /// An event that anyone may append.
    static func event(_ type: String, _ told: Told, at seconds: Double = 0) -> Step {
        Step(seconds: seconds, deed: .event(type), told: told)
    }

    /// An order of an operator, by whom and why it was given left out.
    static func order(_ type: String, _ told: Told = [:], at seconds: Double = 0) -> Step {
        Step(seconds: seconds, deed: .order(type), told: told)
    }

    /// A request that was granted, and of which nothing was heard since.
    static func reserve(_ told: Told, at seconds: Double = 0) -> Step {
        Step(seconds: seconds, deed: .reserve, told: told)
    }

    /// A request that was granted, attempted and accepted.
    static func send(_ told: Told, at seconds: Double = 0) -> Step {
        Step(seconds: seconds, deed: .send, told: told)
    }
}

/// The members of a JSON object.
struct Told: Sendable, ExpressibleByDictionaryLiteral {
    private var members: [JSONValue.Member] = []

    init(dictionaryLiteral elements: (String, Piece)...) {
        members = elements.map { JSONValue.Member($0.0, $0.1.json) }
    }

    var json: JSONValue { .object(members) }
    var isEmpty: Bool { members.isEmpty }

    subscript(name: String) -> JSONValue? { members.first { $0.name == name }?.value }

    func without(_ name: String) -> Told {
        var told = self
        told.members.removeAll { $0.name == name }
        return told
    }

    /// The same with other members put in or replaced.
    func with(_ other: Told) -> Told {
        var told = self
        for member in other.members {
            told.members.removeAll { $0.name == member.name }
            told.members.append(member)
        }
        return told
    }
}

/// A JSON value as a literal.
struct Piece: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    let json: JSONValue

    init(_ json: JSONValue) { self.json = json }

    init(stringLiteral value: String) { json = .text(value) }

    init(integerLiteral value: Int) { json = .number("\(value)") }

    init(booleanLiteral value: Bool) { json = .flag(value) }

    init(arrayLiteral elements: Piece...) { json = .array(elements.map(\.json)) }
}

extension AskOutcome {
    /// Each rule that did not say send, with its scope: `chain/person`.
    var says: [String] {
        decision.findings.filter { $0.verdict != .send }
            .map { "\($0.rule.name)/\($0.scope.name)" }
    }
}

// Who appears in cases, each person in several spellings.
let ours: Piece = "+27110000001"
let ourOther: Piece = "+27110000002"
let thandi: Piece = "+27820000001"
let thandiJID: Piece = "27820000001@s.whatsapp.net"
let thandiSpelt: Piece = "whatsapp:+27 82 000 0001"
let bob: Piece = "+27820000002"
let team: Piece = "120363000000000001@g.us"
