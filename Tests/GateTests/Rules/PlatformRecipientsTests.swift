import Bytes
import Events
import Gate
import Testing

@Suite struct `The platform's recipients` {
    private func world(_ limit: Int?, followsTier: Bool = false) -> World {
        World {
            $0.platform.recipientsPerDay = limit
            $0.platform.followsTier = followsTier
        }
    }

    private func finding(
        _ world: inout World, _ person: String, at seconds: Int64
    ) -> Finding? {
        world.decide(.to(person: person), at: World.at(seconds))[.platformRecipients]
    }

    private func receive(_ world: inout World, from person: String, account: String = "a") {
        world.append(.messageReceived) {
            $0.add(.account, text: account)
            $0.add(.person, text: person)
        }
    }

    @Test func `counts persons, not messages, over all accounts`() {
        var world = world(2)
        world.send(.to(person: "p"))
        world.clock(10)
        world.send(.to(person: "p"))
        world.clock(20)
        world.send(.to(person: "q", account: "b"))
        let third = finding(&world, "r", at: 30)
        #expect(third?.verdict == .wait)
        #expect(third?.observed == 2)
        #expect(third?.scope == .ledger)
        // The first person counts by the newest send.
        #expect(third?.retryAt == World.at(86_410))
        #expect(finding(&world, "p", at: 30)?.verdict == .send)
    }

    @Test func `does not count who wrote within 24 hours`() {
        var world = world(1)
        receive(&world, from: "p")
        world.clock(86_399)
        world.send(.to(person: "p"))
        #expect(finding(&world, "q", at: 86_399)?.observed == 0)
        world.clock(86_400)
        world.send(.to(person: "p"))
        #expect(finding(&world, "q", at: 86_400)?.observed == 1)
        receive(&world, from: "q", account: "b")
        // The window is that of an account.
        #expect(finding(&world, "q", at: 86_400)?.verdict == .wait)
        receive(&world, from: "q")
        #expect(finding(&world, "q", at: 86_400)?.verdict == .send)
    }

    @Test func `un-counts what was cancelled, and keeps what is open`() {
        var world = world(1)
        let reservation = world.reserve(.to(person: "p"))
        #expect(finding(&world, "q", at: 1)?.retryAt == World.at(86_430))
        world.report(reservation, .cancelled)
        #expect(finding(&world, "q", at: 1)?.verdict == .send)
        world.report(reservation, .accepted)
        #expect(finding(&world, "q", at: 1)?.retryAt == World.at(86_400))
    }

    @Test func `falls back to an earlier send when the newest is cancelled`() {
        var world = world(1)
        for second in 0..<6 {
            world.clock(Int64(second))
            world.send(.to(person: "p"))
        }
        world.clock(100)
        let last = world.reserve(.to(person: "p"))
        world.report(last, .cancelled)
        #expect(finding(&world, "q", at: 100)?.retryAt == World.at(86_405))
    }

    @Test func `decides at the grant, whatever the person writes later`() {
        var world = world(1)
        let reservation = world.reserve(.to(person: "p"))
        world.clock(1)
        receive(&world, from: "p")
        world.report(reservation, .accepted)
        #expect(finding(&world, "q", at: 2)?.observed == 1)
    }

    @Test(arguments: [
        ("TIER_250", 250), ("TIER_1K", 1_000), ("TIER_2K", 2_000), ("TIER_10K", 10_000),
        ("TIER_100K", 100_000), ("250", 250), ("2000", 2_000), ("tier_2k", 2_000),
    ])
    func `follows the tier`(_ word: String, _ limit: Int64) {
        var world = world(nil, followsTier: true)
        #expect(finding(&world, "p", at: 0) == nil)
        world.append(.accountTier) {
            $0.add(.account, text: "b")
            $0.add(.tier, text: word)
        }
        #expect(finding(&world, "p", at: 0)?.limit == limit)
        world.append(.accountTier) {
            $0.add(.account, text: "b")
            $0.add(.tier, text: "TIER_UNLIMITED")
        }
        #expect(finding(&world, "p", at: 0) == nil)
    }

    @Test func `reads a tier as a number, keeps what it cannot read, and takes the smaller limit`()
    {
        var world = world(300, followsTier: true)
        func say(_ tier: Int64) {
            world.append(.accountTier) {
                $0.add(.account, text: "a")
                $0.add(.tier, integer: tier)
            }
        }
        say(2_000)
        #expect(finding(&world, "p", at: 0)?.limit == 300)
        say(250)
        world.append(.accountTier) {
            $0.add(.account, text: "a")
            $0.add(.tier, text: "TIER_NOT_SET")
        }
        #expect(finding(&world, "p", at: 0)?.limit == 250)
        say(-1)
        #expect(finding(&world, "p", at: 0)?.limit == 300)
    }

    @Test func `does not judge what names no person`() {
        var world = world(1)
        #expect(world.decide(.to(chat: "g@g.us"))[.platformRecipients] == nil)
    }
}
