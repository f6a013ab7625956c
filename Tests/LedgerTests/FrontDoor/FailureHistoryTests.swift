import Events
import Gate
import Ledger
import TestSupport
import Testing

/// Which send holds a business key, in random histories: a failure frees only what it belongs to.
@Suite struct `A failure at the front door` {
    @Test func `frees its own key, or an imported attempt that was earlier`() async throws {
        for seed in 0..<Effort.seeds(8, full: 200) {
            try await withLedger { ledger in
                let door = try await FrontDoor.given("reservations: {lease: 30}", [], ledger)
                var history = FailureHistory(door, seed: seed)
                for step in 0..<120 {
                    guard let fault = try await history.step() else { continue }
                    Issue.record("seed \(seed), step \(step): \(fault)")
                    return
                }
                #expect(history.verdicts.count == 3, "all verdicts: \(history.verdicts)")
                #expect(try ledger.stateDifference() == nil)
            }
        }
    }
}

/// Sends about three drops, by the gate and beside it, and what the gate must say of each.
private struct FailureHistory {
    private enum State { case open, attempted, accepted, failed, cancelled }

    private struct Send {
        let reservation: Reservation
        let drop: Int
        let attempt: String?
        let expires: Instant
        var state = State.open

        /// What it says of another send about the drop; nil for nothing.
        func verdict(at now: Instant) -> Verdict? {
            switch state {
            case .accepted: .refuse
            case .failed, .cancelled: nil
            case .open, .attempted:
                if now < expires { .wait } else { isReleased(at: now) ? nil : .refuse }
            }
        }

        func isReleased(at now: Instant) -> Bool {
            state == .open && now >= expires && attempt != nil
        }
    }

    private let door: FrontDoor
    private var random: SeededGenerator
    private var now = FrontDoor.noon
    private var number = 0
    private var sends: [Send] = []
    /// Of each drop when it was attempted without a gate, ascending.
    private var imported: [[Instant]] = [[], [], []]
    /// Which verdicts were given.
    private(set) var verdicts: Set<Verdict> = []

    init(_ door: FrontDoor, seed: UInt64) {
        self.door = door
        random = SeededGenerator(seed: seed)
    }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private static func drop(_ drop: Int) -> Told {
        [
            "account": ours, "chat": team, "text": "one photo is missing",
            "subject": Piece(.text("DR\(drop)")), "submission": 1,
        ]
    }

    /// Does one random thing; answers what the gate should have said, if it said something else.
    mutating func step() async throws -> String? {
        now = now.advanced(by: .milliseconds(Int64(1 + below(below(4) == 0 ? 40_000 : 4_000))))
        number += 1
        switch below(10) {
        case 0..<4: return try await ask()
        case 4..<8: return try await report()
        default:
            try await append()
            return nil
        }
    }

    private mutating func ask() async throws -> String? {
        let drop = below(3)
        let attempt = below(3) == 0 ? nil : "try \(number)"
        let held = sends.filter { $0.drop == drop }.compactMap { $0.verdict(at: now) }
        let expected = imported[drop].isEmpty ? held.max() ?? .send : .refuse
        var request = Self.drop(drop)
        if let attempt { request = request.with(["attempt": Piece(.text(attempt))]) }
        let answer = try await door.ask(request, at: now)
        guard answer.decision.verdict == expected else {
            return "\(answer.decision.verdict) of DR\(drop), not \(expected): \(answer.says)"
        }
        verdicts.insert(expected)
        guard let reservation = answer.reservation, let expires = answer.decision.expires else {
            return nil
        }
        sends.append(
            Send(reservation: reservation, drop: drop, attempt: attempt, expires: expires))
        return nil
    }

    private mutating func report() async throws -> String? {
        guard !sends.isEmpty else { return nil }
        let index = max(0, sends.count - 1 - below(4))
        let send = sends[index]
        var told: Told = [:]
        if let attempt = send.attempt { told = ["attempt": Piece(.text(attempt))] }
        switch below(5) {
        case 0..<2:
            let isAnswered =
                !imported[send.drop].isEmpty
                || sends.indices.contains {
                    $0 != index && sends[$0].drop == send.drop && sends[$0].state == .accepted
                }
            let expected = send.state == .open && now < send.expires && !isAnswered
            let outcome = try await door.report(send.reservation, "attempted", told, at: now)
            guard outcome.go == expected else {
                return "go: \(outcome.go) of \(send): \(outcome.because)"
            }
            if outcome.go { sends[index].state = .attempted }
        case 2:
            guard send.state != .failed, send.state != .accepted else { return nil }
            let message: Told = ["message": Piece(.text("wamid.\(number)"))]
            try await door.report(send.reservation, "accepted", told.with(message), at: now)
            sends[index].state = .accepted
        case 3:
            let isLive = send.state == .open || send.state == .attempted
            guard isLive, !send.isReleased(at: now) else { return nil }
            try await door.report(send.reservation, "failed", told, at: now)
            sends[index].state = .failed
        default:
            let mayCancel = send.state == .open || (send.state == .attempted && !told.isEmpty)
            guard mayCancel, !send.isReleased(at: now) else { return nil }
            try await door.report(send.reservation, "cancelled", told, at: now)
            sends[index].state = .cancelled
        }
        return nil
    }

    /// What was attempted, or failed, without a gate, now or hours ago.
    private mutating func append() async throws {
        let drop = below(3)
        let ago = below(2) == 0 ? 0 : below(10_000_000)
        let time = now.advanced(by: .milliseconds(-Int64(ago)))
        let isFailure = below(3) > 0
        try await door.append(
            isFailure ? "send.failed" : "send.attempted", Self.drop(drop), id: "\(number)",
            time: time, now: now)
        guard isFailure else {
            imported[drop].append(time)
            imported[drop].sort()
            return
        }
        guard let last = imported[drop].lastIndex(where: { $0 <= time }) else { return }
        imported[drop].remove(at: last)
    }
}
