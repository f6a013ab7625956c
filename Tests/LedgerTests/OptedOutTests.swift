import Events
import Gate
import Ledger
import TestSupport
import Testing

@Suite struct `Whoever opted out` {
    /// What a person wrote last of consent, by the texts alone.
    private struct Told {
        var isOut = false
        var confirmations = 0
        var asked: Int64 = -86_401
    }

    @Test(arguments: 0..<12)
    func `is sent one confirmation, and answers to questions of their own`(
        _ seed: UInt64
    ) async throws {
        try await withLedger { ledger in
            try await ledger.apply(conversationPolicy, now: at(1_000_000))
            var chance = SeededGenerator(seed: seed)
            var told: [String: Told] = [:]
            var second: Int64 = 1_000_000
            for step in 0..<120 {
                second += Int64.random(in: 1...4_000, using: &chance)
                let person = "+2782000000\(Int.random(in: 0..<3, using: &chance))"
                switch Int.random(in: 0..<6, using: &chance) {
                case 0:
                    var request = SendRequest()
                    request.account = "+27000000001"
                    request.person = person
                    request.text = "text \(step)"
                    request.purpose = ["message", "confirmation", "support_reply"]
                        .randomElement(using: &chance)
                    _ = try await ledger.queue(request, now: at(second))
                case 1, 2:
                    try await claim(ledger, second, &told)
                default:
                    let text =
                        ["stop", "STOP!", "start", "support", "hello", "opt out"]
                        .randomElement(using: &chance) ?? ""
                    _ = try await ledger.append([
                        message(text, from: person, id: "\(step)", at: second)
                    ])
                    switch text {
                    case "start":
                        told[person, default: Told()].isOut = false
                        told[person, default: Told()].confirmations = 0
                    case "support": told[person, default: Told()].asked = second
                    case "hello": break
                    default: told[person, default: Told()].isOut = true
                    }
                }
            }
            #expect(try ledger.stateDifference() == nil)
        }
    }

    private func claim(
        _ ledger: Ledger, _ second: Int64, _ told: inout [String: Told]
    ) async throws {
        let claimed = try await ledger.claim(Claim(role: nil, most: 20), now: at(second))
        for message in claimed.messages {
            let request = message.answer.request.request
            let person = request.person ?? ""
            if let reservation = message.answer.reservation {
                #expect(try await ledger.report(SendReport(reservation, .attempted)).go)
                _ = try await ledger.report(SendReport(reservation, .accepted))
            }
            guard told[person]?.isOut == true else { continue }
            if request.purpose == "support_reply" {
                #expect(second - (told[person]?.asked ?? 0) <= 86_400)
            } else {
                #expect(request.purpose == "confirmation")
                told[person]?.confirmations += 1
            }
            #expect((told[person]?.confirmations ?? 0) <= 1)
        }
    }
}
