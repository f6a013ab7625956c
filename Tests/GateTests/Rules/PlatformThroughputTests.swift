import Bytes
import Events
import Gate
import Testing

@Suite struct `The platform's throughput` {
    private func world(_ limit: Int) -> World { World { $0.platform.throughput = limit } }

    private func receive(_ world: inout World, account: String = "a", at time: Instant? = nil) {
        world.append(.messageReceived, at: time) {
            $0.add(.account, text: account)
            $0.add(.person, text: "q")
        }
    }

    @Test func `counts what comes in with what goes out`() {
        var world = world(3)
        world.send(.to(person: "p"))
        receive(&world)
        #expect(world.decide(.to(person: "r"))[.platformThroughput]?.observed == 2)
        receive(&world)
        let finding = world.decide(.to(person: "r"))[.platformThroughput]
        #expect(finding?.verdict == .wait)
        #expect(finding?.observed == 3)
        #expect(finding?.retryAt == World.at(1))
        #expect(finding?.evidence == Finding.Evidence(first: 0, last: 3, count: 3))
        #expect(world.decide(.to(person: "r"), at: World.at(1)).verdict == .send)
    }

    @Test func `counts each account alone, and requests without one not at all`() {
        var world = world(1)
        receive(&world, account: "b")
        #expect(world.decide(.to(person: "p"))[.platformThroughput]?.verdict == .send)
        #expect(
            world.decide(.to(person: "p", account: "b"))[.platformThroughput]?.verdict == .wait)
        #expect(world.decide(.to(person: "p", account: nil))[.platformThroughput] == nil)
    }

    @Test func `takes a late message for when it happened, and forgets what is long past`() {
        var world = world(1)
        receive(&world, at: World.at(-1))
        receive(&world, at: World.at(-3_600))
        #expect(world.decide(.to(person: "p"))[.platformThroughput]?.observed == 0)
        let half = World.start.advanced(by: .milliseconds(-400))
        receive(&world, at: half)
        let finding = world.decide(.to(person: "p"))[.platformThroughput]
        #expect(finding?.retryAt == half.advanced(by: .seconds(1)))
    }

    @Test func `holds for critical answers`() {
        var world = world(1)
        receive(&world)
        #expect(world.decide(.to(person: "p") { $0.critical = true }).verdict == .wait)
    }

    @Test func `is exact over more messages than a row holds`() {
        var world = world(600)
        for step in 0..<900 {
            receive(
                &world, at: World.start.advanced(by: .milliseconds(Int64(-step % 1_500))))
        }
        // 900 messages, of which those 0 to 899 ms ago lie in the last second.
        let finding = world.decide(.to(person: "p"))[.platformThroughput]
        #expect(finding?.observed == 900)
        // 301 must leave: those 899 to 599 ms ago.
        #expect(finding?.retryAt == World.start.advanced(by: .milliseconds(401)))
    }
}
