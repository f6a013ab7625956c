import Bytes
import Events
import Gate
import Testing
import Views

/// Random conversations, live and imported: what must hold after every word.
@Suite struct `Any conversation about consent` {
    static let texts = [
        "stop", "STOP", "opt out", "start", "unstop", "yes", "agree", "no", "decline", "stop now",
        "support", "privacy", "hello", "please stop", "DR1854951 done",
    ]

    @Test(arguments: 0..<400)
    func `keeps its promises`(_ seed: UInt64) {
        var chance = Chance(state: seed &* 7919)
        var talk = Talk()
        var second: Int64 = 1_000
        var requests = 0
        var confirmed = 0
        for step in 0..<60 {
            second += Int64.random(in: 0...700, using: &chance)
            talk.world.clock(second)
            let before = talk.standing()
            let known = talk.world.tables.knownPerson(talk.person)
            if Int.random(in: 0..<3, using: &chance) == 0 {
                let already = talk.sent.count
                talk.claim()
                guard talk.sent.count > already else { continue }
                let reply = talk.sent[already].reply
                if reply == .request { requests += 1 }
                if before == .withdrawn {
                    #expect(
                        reply == .optOutConfirmation || reply.purpose == "support_reply",
                        "seed \(seed), step \(step): \(reply) went to who opted out")
                    if reply == .optOutConfirmation { confirmed += 1 }
                }
                #expect(confirmed <= 1, "seed \(seed), step \(step): two confirmations")
                #expect(requests <= 1, "seed \(seed), step \(step): asked twice")
                continue
            }
            let text = Self.texts.randomElement(using: &chance) ?? ""
            let isOld = Int.random(in: 0..<4, using: &chance) == 0
            let time = isOld ? Int64.random(in: 0...second, using: &chance) : second
            let inGroup = Int.random(in: 0..<6, using: &chance) == 0
            talk.hear(text, at: time, inGroup: inGroup)
            let after = talk.standing()
            check(talk.last, text, before, after, known, World.at(time), seed: seed, step: step)
            if before == .withdrawn, after != .withdrawn { confirmed = 0 }
        }
    }

    private func check(
        _ outcome: Conversation.Outcome, _ text: String, _ before: ConsentStanding,
        _ after: ConsentStanding, _ known: PersonRow, _ time: Instant, seed: UInt64, step: Int
    ) {
        let place: Comment = "seed \(seed), step \(step): \(text)"
        let rule = ConsentWords().read(text)?.rule
        if outcome.events.contains(where: { $0.type == .consentGranted }) {
            #expect(rule == .yes || rule == .optIn, place)
            if rule == .yes { #expect(known.request > 0, place) }
        }
        #expect(outcome.replies.filter { $0.purpose == "confirmation" }.count <= 1, place)
        if rule == .optOut { #expect(after == .withdrawn, place) }
        if before == .withdrawn, after != .withdrawn {
            #expect(rule == .yes || rule == .optIn, place)
            #expect(time > known[.all].withdrawn.time, "\(place): it is older than the opt-out")
        }
        if rule == nil { #expect(before == after && outcome.events.isEmpty, place) }
    }
}
