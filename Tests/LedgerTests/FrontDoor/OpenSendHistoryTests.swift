import Events
import Gate
import Ledger
import TestSupport
import Testing

/// What goes out really: at any moment from `attempted` until the outcome, or the end of the lease.
@Suite struct `An attempted send` {
    private static let policy = """
        rate_limits: {messages_per_second: 2, messages_per_minute: 6, messages_per_hour: 40}
        limits: {person: {messages_per_minute: 3}, chat: {messages_per_minute: 3}}
        people: {minimum_spacing: 7}
        """

    @Test func `counts in every window until its outcome or the end of its lease`() async throws {
        for seed in 0..<Effort.seeds(8, full: 200) {
            try await withLedger { ledger in
                let door = try await FrontDoor.given(Self.policy, [], ledger)
                var history = OpenSendHistory(door, seed: seed)
                for _ in 0..<150 { try await history.step() }
                #expect(history.isTight, "seed \(seed): nothing had to wait")
                let sent = history.sent
                #expect(sent.count > 10)
                #expect(Self.most(sent.map(\.at), in: 1) <= 2, "seed \(seed)")
                #expect(Self.most(sent.map(\.at), in: 60) <= 6, "seed \(seed)")
                #expect(Self.most(sent.map(\.at), in: 3_600) <= 40, "seed \(seed)")
                for person in Set(sent.map(\.person)) {
                    let own = sent.filter { $0.person == person }.map(\.at)
                    #expect(Self.most(own, in: 60) <= 3, "seed \(seed)")
                    #expect(Self.most(own, in: 7) <= 1, "seed \(seed)")
                }
            }
        }
    }

    /// The most of some moments in any window of that many seconds: one exactly as long ago as the
    /// window is long lies outside.
    private static func most(_ moments: [Instant], in seconds: Int64) -> Int {
        let sorted = moments.sorted()
        return sorted.indices.map { index in
            let start = sorted[index].advanced(by: .seconds(-seconds))
            return sorted[...index].count { $0 > start }
        }.max() ?? 0
    }
}

/// Senders by the book, whose provider stalls and whose reports are lost.
private struct OpenSendHistory {
    private struct Try {
        let reservation: Reservation
        let person: Int
        let attempt: String
        let expires: Instant
    }

    private let door: FrontDoor
    private var random: SeededGenerator
    private var now = FrontDoor.noon
    private var number = 0
    private var tries: [Try] = []
    /// Who was sent something when, as the provider took it.
    private(set) var sent: [(person: Int, at: Instant)] = []
    /// Whether anything had to wait.
    private(set) var isTight = false

    init(_ door: FrontDoor, seed: UInt64) {
        self.door = door
        random = SeededGenerator(seed: seed)
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    mutating func step() async throws {
        now = now.advanced(by: .milliseconds(Int64(below(below(6) == 0 ? 35_000 : 1_200))))
        number += 1
        if below(3) == 0 { try await settle() } else { try await send() }
    }

    /// One worker asks, and is about to call the provider.
    private mutating func send() async throws {
        let person = below(4)
        let attempt = "try \(number)"
        let spelt = below(2) == 0 ? "+2782000000\(person)" : "2782000000\(person)@s.whatsapp.net"
        let answer = try await door.ask(
            [
                "account": ours, "person": Piece(.text(spelt)), "text": "hello",
                "attempt": Piece(.text(attempt)),
            ], at: now)
        isTight = isTight || answer.decision.verdict == .wait
        guard let reservation = answer.reservation, let expires = answer.decision.expires else {
            return
        }
        now = now.advanced(by: .milliseconds(Int64(below(3_000))))
        let told: Told = ["attempt": Piece(.text(attempt))]
        let outcome = try await door.report(reservation, "attempted", told, at: now)
        guard outcome.go else { return }
        tries.append(
            Try(reservation: reservation, person: person, attempt: attempt, expires: expires))
        // Some reports are lost, and the provider takes the message at the last moment.
        guard below(3) == 0, let lost = tries.popLast() else { return }
        sent.append((lost.person, lost.expires.advanced(by: .milliseconds(-1))))
    }

    /// A provider answers; what it took, it took at some moment since, or just now.
    private mutating func settle() async throws {
        guard !tries.isEmpty else { return }
        let one = tries.remove(at: below(tries.count))
        let isLate = now >= one.expires
        sent.append((one.person, isLate ? one.expires.advanced(by: .milliseconds(-1)) : now))
        let told: Told = [
            "attempt": Piece(.text(one.attempt)), "message": Piece(.text("wamid.\(number)")),
        ]
        try await door.report(one.reservation, "accepted", told, at: now)
    }
}
