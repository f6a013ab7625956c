import Bytes
import Events
import Gate
import Testing

@Suite struct `The quality of an account` {
    private func world() -> World {
        World {
            $0.quality.refusesRed = true
            $0.quality.halvesYellow = true
            $0.quality.minimumSample = 10
            $0.quality.yellowPer10000 = 200
            $0.quality.redPer10000 = 1_000
            $0.rateLimits.messagesPerMinute = 5
            $0.people.messagesPerDay = 1
        }
    }

    private func rate(_ world: inout World, _ rating: String) {
        world.append(.accountQuality) {
            $0.add(.account, text: "a")
            $0.add(.rating, text: rating)
        }
    }

    private func count(_ world: inout World, sent: Int, failed: Int, account: String = "a") {
        for step in 0..<sent + failed {
            world.append(step < sent ? .sendAccepted : .sendFailed) {
                $0.add(.account, text: account)
                $0.add(.message, text: "m\(step)")
            }
        }
    }

    private func finding(_ world: inout World, critical: Bool = false) -> Finding? {
        world.decide(.to(chat: "g@g.us") { $0.critical = critical })[.quality]
    }

    @Test func `refuses all but critical sends while it is RED`() {
        var world = world()
        rate(&world, "RED")
        #expect(finding(&world)?.verdict == .refuse)
        #expect(finding(&world)?.evidence == Finding.Evidence(0))
        #expect(finding(&world, critical: true) == nil)
        rate(&world, "GREEN")
        #expect(finding(&world)?.verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us", account: "b"))[.quality]?.verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us", account: nil))[.quality] == nil)
    }

    @Test func `is UNKNOWN below the least sample, never RED`() {
        var world = world()
        count(&world, sent: 9, failed: 9)
        #expect(finding(&world)?.verdict == .send)
        #expect(finding(&world)?.observed == 10_000)
        count(&world, sent: 1, failed: 0)
        #expect(finding(&world)?.verdict == .refuse)
        #expect(finding(&world)?.observed == 9_000)
    }

    @Test func `is estimated from complaints and blocks too, over 7 days`() {
        var world = world()
        count(&world, sent: 100, failed: 0)
        for kind in ["block", "report"] {
            for _ in 0..<5 {
                world.append(.complaintReported) {
                    $0.add(.account, text: "a")
                    $0.add(.kind, text: kind)
                }
            }
        }
        #expect(finding(&world)?.observed == 1_000)
        #expect(finding(&world)?.verdict == .refuse)
        world.clock(6 * 86_400)
        #expect(finding(&world)?.verdict == .refuse)
        world.clock(7 * 86_400)
        #expect(finding(&world)?.observed == 0)
        #expect(finding(&world)?.verdict == .send)
    }

    @Test func `is what the platform says, where it says something`() {
        var world = world()
        count(&world, sent: 10, failed: 10)
        rate(&world, "GREEN")
        #expect(finding(&world)?.verdict == .send)
        rate(&world, "UNKNOWN")
        #expect(finding(&world)?.verdict == .refuse)
    }

    @Test func `halves the limits while it is YELLOW, but never to none`() {
        var world = world()
        #expect(world.decide(.to(person: "p"))[.limitMinute]?.limit == 5)
        rate(&world, "YELLOW")
        #expect(world.decide(.to(person: "p"))[.limitMinute]?.limit == 2)
        #expect(world.decide(.to(person: "p"))[.personDay]?.limit == 1)
        #expect(world.decide(.to(person: "p", account: "b"))[.limitMinute]?.limit == 5)
        world.policy.quality.halvesYellow = false
        #expect(world.decide(.to(person: "p"))[.limitMinute]?.limit == 5)
    }
}
