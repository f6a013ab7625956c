import Bytes
import Events
import Gate
import Testing

@Suite struct `The platform's marketing back-off` {
    private func world() -> World { World { $0.platform.marketingBackoff = .day } }

    private func marketing(_ person: String = "p", account: String = "a") -> SendRequest {
        .to(person: person, account: account) { $0.category = "marketing" }
    }

    private func fail(
        _ world: inout World, _ reservation: Reservation, code: Int64 = 131_049
    ) {
        world.append(.messageFailed) {
            $0.add(.message, text: "m")
            $0.add(.reservation, reservation: reservation)
            $0.add(.code, integer: code)
        }
    }

    private func finding(_ world: inout World, at day: Int64) -> Finding? {
        world.decide(marketing(), at: World.at(86_400 * day))[.platformMarketing]
    }

    @Test func `holds marketing back for a day after 131049`() {
        var world = world()
        let first = world.reserve(marketing())
        world.report(first, .accepted)
        fail(&world, first)
        #expect(finding(&world, at: 0)?.verdict == .wait)
        #expect(finding(&world, at: 0)?.retryAt == World.at(86_400))
        #expect(finding(&world, at: 0)?.evidence == Finding.Evidence(2))
        #expect(finding(&world, at: 1)?.verdict == .send)
        // Another of our numbers does not help; another category and another person are free.
        #expect(world.decide(marketing(account: "b")).verdict == .wait)
        #expect(world.decide(.to(person: "p"))[.platformMarketing] == nil)
        #expect(world.decide(marketing("q")).verdict == .send)
    }

    @Test func `doubles with each more in a row, though each was accepted at first`() {
        var world = world()
        for day in [0, 1, 3] {
            world.clock(Int64(day) * 86_400)
            let reservation = world.reserve(marketing())
            world.report(reservation, .accepted)
            fail(&world, reservation)
        }
        #expect(finding(&world, at: 3)?.observed == 3)
        #expect(finding(&world, at: 3)?.retryAt == World.at(86_400 * 7))
    }

    @Test func `begins anew after marketing was delivered, but not after anything else`() {
        var world = world()
        fail(&world, world.reserve(marketing()))
        let other = world.reserve(.to(person: "p") { $0.category = "utility" })
        world.append(.messageDelivered) {
            $0.add(.message, text: "n")
            $0.add(.reservation, reservation: other)
        }
        world.clock(86_400)
        fail(&world, world.reserve(marketing()))
        #expect(finding(&world, at: 1)?.retryAt == World.at(86_400 * 3))
        world.clock(86_400 * 3)
        let delivered = world.reserve(marketing())
        world.append(.messageDelivered) {
            $0.add(.message, text: "o")
            $0.add(.reservation, reservation: delivered)
        }
        fail(&world, world.reserve(marketing()))
        #expect(finding(&world, at: 3)?.retryAt == World.at(86_400 * 4))
    }

    @Test func `counts the same failure once`() {
        var world = world()
        let reservation = world.reserve(marketing())
        fail(&world, reservation)
        fail(&world, reservation)
        #expect(finding(&world, at: 0)?.observed == 1)
    }
}
