import Bytes
import Events
import Gate
import Testing

@Suite struct `The platform's pair rate` {
    private func world(burst: Int) -> World {
        World {
            $0.platform.pairSpacing = .seconds(6)
            $0.platform.pairBurst = burst
        }
    }

    private func attempt(_ world: inout World, at seconds: Int64) {
        world.append(.sendAttempted, at: World.at(seconds)) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
    }

    private func finding(_ world: inout World, at seconds: Int64) -> Finding? {
        world.decide(.to(person: "p"), at: World.at(seconds))[.platformPair]
    }

    @Test func `is a plain spacing without a burst`() {
        var world = world(burst: 1)
        world.send(.to(person: "p"))
        #expect(finding(&world, at: 5)?.verdict == .wait)
        #expect(finding(&world, at: 5)?.retryAt == World.at(6))
        #expect(finding(&world, at: 6)?.verdict == .send)
    }

    @Test func `lets a burst go within the spacing, and shuts until it is paid`() {
        var world = world(burst: 3)
        for second in 0...2 {
            world.clock(Int64(second))
            #expect(finding(&world, at: Int64(second))?.verdict == .send)
            world.send(.to(person: "p"))
        }
        let shut = finding(&world, at: 3)
        #expect(shut?.retryAt == World.at(18))
        #expect(shut?.observed == 3)
        #expect(shut?.limit == 3)
        #expect(finding(&world, at: 18)?.verdict == .send)
    }

    @Test func `shuts a smaller burst once its spacing is over`() {
        var world = world(burst: 3)
        world.send(.to(person: "p"))
        world.send(.to(person: "p"))
        #expect(finding(&world, at: 5)?.verdict == .send)
        #expect(finding(&world, at: 6)?.retryAt == World.at(12))
    }

    @Test func `lets twenty go at once for two minutes of silence`() {
        var world = world(burst: 45)
        for _ in 0..<20 { world.send(.to(person: "p")) }
        #expect(finding(&world, at: 119)?.retryAt == World.at(120))
        #expect(finding(&world, at: 120)?.verdict == .send)
    }

    @Test func `makes imported sends that broke the rule pay too`() {
        var world = world(burst: 1)
        world.clock(30)
        for second in [0, 1, 2, 29] { attempt(&world, at: Int64(second)) }
        // 0, 1 and 2 owe until 18; 29 begins anew.
        #expect(finding(&world, at: 30)?.retryAt == World.at(35))
        attempt(&world, at: 17)
        // Now 17 extends the debt to 24; 29 still begins anew.
        #expect(finding(&world, at: 30)?.retryAt == World.at(35))
        attempt(&world, at: 20)
        attempt(&world, at: 21)
        #expect(finding(&world, at: 30)?.retryAt == World.at(42))
    }

    @Test func `counts an open reservation as a member, and at its expiry`() {
        var world = world(burst: 2)
        _ = world.reserve(.to(person: "p"))
        #expect(finding(&world, at: 1)?.verdict == .send)
        #expect(finding(&world, at: 1)?.observed == 1)
        _ = world.reserve(.to(person: "p"))
        // Both may go at 30 s, and then owe until 42 s.
        #expect(finding(&world, at: 1)?.retryAt == World.at(42))
        #expect(finding(&world, at: 30)?.retryAt == World.at(42))
        #expect(finding(&world, at: 42)?.verdict == .send)
    }

    @Test func `judges each pair alone, and nothing without a person`() {
        var world = world(burst: 1)
        world.send(.to(person: "p"))
        #expect(world.decide(.to(person: "q"))[.platformPair]?.verdict == .send)
        #expect(world.decide(.to(person: "p", account: "b"))[.platformPair]?.verdict == .send)
        #expect(world.decide(.to(chat: "g@g.us"))[.platformPair] == nil)
    }

    @Test func `forgets a cancelled send`() {
        var world = world(burst: 1)
        let reservation = world.reserve(.to(person: "p"))
        world.report(reservation, .cancelled)
        #expect(finding(&world, at: 0)?.verdict == .send)
    }
}
