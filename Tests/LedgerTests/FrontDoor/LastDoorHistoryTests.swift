import Events
import Gate
import Ledger
import TestSupport
import Testing

/// What comes in between an ask and its `attempted`, at random.
@Suite struct `The last door in random histories` {
    private enum Between: CaseIterable {
        // What closes it.
        case erasure, optOut, withdrawal, restriction, accountCode, personCode, stop, pause
        case stopOfChat
        // What does not.
        case thanks, otherPerson, otherAccount, harmlessCode, otherErasure, otherStop, otherResumed

        /// Whether it is told of the person by an alias.
        var isOfPerson: Bool {
            switch self {
            case .optOut, .withdrawal, .personCode, .stopOfChat: true
            default: false
            }
        }

        /// What the answer names; nil for what stands against nothing.
        var because: String? {
            switch self {
            case .erasure: "erased"
            case .optOut, .withdrawal: "consent"
            case .restriction, .accountCode, .personCode: "breaker"
            case .stop: "stop"
            case .pause: "pause"
            case .stopOfChat: "stop"
            default: nil
            }
        }
    }

    @Test func `is open exactly while nothing stands against it`() async throws {
        let trials = Effort.count(120, full: 3_000)
        var random = SeededGenerator(seed: 20)
        var (opened, closed) = (0, 0)
        try await withLedger { ledger in
            let door = try await FrontDoor.given("breaker: {codes_check: true}", [], ledger)
            for number in 0..<trials {
                let trial = Trial(door, number)
                let reservation = try await trial.ask()
                let count = Int.random(in: 0...3, using: &random)
                let between = (0..<count).compactMap { _ in
                    Between.allCases.randomElement(using: &random)
                }
                for (index, thing) in between.enumerated() {
                    try await Self.happen(thing, trial, index)
                }
                let outcome = try await door.report(reservation, "attempted", at: trial.moment(9))
                let expected = Self.because(between)
                #expect(Set(outcome.because) == expected, "\(between)")
                #expect(outcome.go == expected.isEmpty)
                if outcome.go { opened += 1 } else { closed += 1 }
            }
        }
        #expect(opened > trials / 10 && closed > trials / 10, "\(opened) open, \(closed) closed")
    }

    /// What stands against a send after all that; whoever comes back after an erasure is another
    /// person.
    private static func because(_ between: [Between]) -> Set<String> {
        var names: Set<String> = []
        var isErased = false
        for thing in between {
            guard let name = thing.because else { continue }
            if thing == .erasure { isErased = true }
            if !isErased || !thing.isOfPerson { names.insert(name) }
        }
        return names
    }

    private static func happen(_ thing: Between, _ trial: Trial, _ index: Int) async throws {
        let id = "\(index)"
        let own: Told = ["account": trial.account, "person": trial.personJID]
        switch thing {
        case .erasure: try await trial.erase(trial.person)
        case .optOut: try await trial.tell("message.received", own.with(["text": "STOP"]), id)
        case .withdrawal: try await trial.tell("consent.withdrawn", own, id)
        case .restriction:
            try await trial.tell(
                "account.restricted", ["account": trial.account, "kind": "DISABLED_UPDATE"], id)
        case .accountCode: try await trial.tell("error.observed", own.with(["code": 131_048]), id)
        case .personCode: try await trial.tell("error.observed", own.with(["code": 130_497]), id)
        case .stop: try await trial.order("sending.stopped", ["account": trial.account], id, at: 5)
        case .pause: try await trial.order("sending.paused", ["account": trial.account], id, at: 5)
        case .stopOfChat:
            try await trial.order("sending.stopped", ["chat": trial.person], id, at: 5)
        case .thanks: try await trial.tell("message.received", own.with(["text": "thanks"]), id)
        case .otherPerson: try await trial.tell("consent.withdrawn", ["person": bob], id)
        case .otherAccount:
            try await trial.tell(
                "account.restricted", ["account": ourOther, "kind": "DISABLED_UPDATE"], id)
        case .harmlessCode: try await trial.tell("error.observed", own.with(["code": 100]), id)
        case .otherErasure:
            let other = Piece(.text("+2784\(1_000_000 + trial.number * 10 + index)"))
            try await trial.tell("message.received", ["person": other, "text": "hi"], id)
            try await trial.erase(other)
        case .otherStop: try await trial.order("sending.stopped", ["account": ourOther], id, at: 5)
        case .otherResumed:
            try await trial.order("sending.resumed", ["account": ourOther], id, at: 5)
        }
    }
}

/// One send, of an account and to a person of its own.
private struct Trial {
    let door: FrontDoor
    let number: Int
    let account: Piece
    let person: Piece
    let personJID: Piece

    init(_ door: FrontDoor, _ number: Int) {
        self.door = door
        self.number = number
        account = Piece(.text("+2711\(1_000_000 + number)"))
        person = Piece(.text("+2782\(1_000_000 + number)"))
        personJID = Piece(.text("2782\(1_000_000 + number)@s.whatsapp.net"))
    }

    func moment(_ seconds: Int) -> Instant { FrontDoor.moment(Double(20 * number + seconds)) }

    func ask() async throws -> Reservation {
        let answer = try await door.ask(
            ["account": account, "chat": person, "text": "hello"], at: moment(0))
        return try #require(answer.reservation, "\(answer.says)")
    }

    func tell(_ type: String, _ told: Told, _ id: String) async throws {
        try await door.append(type, told, id: "\(number) \(id)", now: moment(5))
    }

    func order(_ type: String, _ told: Told, _ id: String, at seconds: Int) async throws {
        let order = told.with(["by": "ann", "why": "a test"])
        try await door.append(
            type, order, id: "\(number) \(id)", now: moment(seconds), as: .verb)
    }

    func erase(_ alias: Piece) async throws {
        guard let name = alias.json.text else { return }
        do {
            _ = try await door.ledger.erase(name, by: Authority(by: "ann", why: "asked for it"))
        } catch {
            // Whoever was erased before is nobody any more.
            guard error.code == .notFound else { throw error }
        }
    }
}
