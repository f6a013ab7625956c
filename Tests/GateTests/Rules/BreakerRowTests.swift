import Bytes
import Events
import Gate
import Testing

@Suite struct `Errors in a row` {
    @discardableResult
    private func fail(
        _ world: inout World, _ request: SendRequest = .to(person: "p"), code: String
    ) -> Reservation {
        let reservation = world.reserve(request)
        report(&world, reservation, .sendFailed, code)
        return reservation
    }

    private func report(
        _ world: inout World, _ reservation: Reservation, _ type: EventType, _ code: String? = nil
    ) {
        world.append(type) {
            $0.add(.reservation, reservation: reservation)
            $0.add(.code, text: code)
            $0.add(.message, text: "m")
        }
    }

    private func finding(
        _ world: inout World, _ request: SendRequest = .to(person: "p")
    ) -> Finding? { world.decide(request)[.breaker] }

    @Test func `count a failure once, though others were told between`() {
        var world = World { $0.breaker.consecutiveErrors = 3 }
        let first = fail(&world, code: "x")
        let second = fail(&world, .to(person: "q"), code: "x")
        report(&world, first, .messageFailed, "x")
        report(&world, second, .messageFailed, "x")
        #expect(finding(&world)?.observed == 2)
        #expect(finding(&world)?.verdict == .send)
        fail(&world, code: "x")
        #expect(finding(&world)?.verdict == .wait)
    }

    @Test func `begin anew once sending was resumed`() {
        var world = World {
            $0.breaker.usesCodes = true
            $0.breaker.consecutiveErrors = 4
        }
        for _ in 0..<3 { fail(&world, code: "131056") }
        #expect(finding(&world)?.retryAt == World.at(16))
        world.append(.sendingResumed) { $0.add(.account, text: "a") }
        #expect(finding(&world)?.verdict == .send)
        fail(&world, code: "131056")
        #expect(finding(&world)?.retryAt == World.at(1))
    }

    @Test func `are ended by a success of the same account only`() {
        var world = World { $0.breaker.usesCodes = true }
        let other = SendRequest.to(person: "p", account: "b")
        for _ in 0..<3 { fail(&world, code: "131056") }
        fail(&world, other, code: "131056")
        report(&world, world.reserve(other), .messageDelivered)
        #expect(finding(&world)?.retryAt == World.at(16))
        #expect(finding(&world, other)?.retryAt == World.at(1))
        // Nor does an acceptance of another account prove one of this.
        let accepted = world.reserve(.to(person: "p"))
        report(&world, accepted, .sendAccepted)
        fail(&world, other, code: "131056")
        report(&world, accepted, .messageFailed, "131056")
        #expect(finding(&world)?.retryAt == World.at(64))
    }

    @Test func `an answer that would wait beyond its window waits for the restriction's end`() {
        for end in [World.at(100_000), nil] {
            var world = World {
                $0.breaker.usesCodes = true
                $0.people.minimumSpacing = .seconds(90)
            }
            world.append(.messageReceived, at: World.at(-86_390)) {
                $0.add(.account, text: "a")
                $0.add(.person, text: "p")
            }
            world.append(.accountRestricted) {
                $0.add(.account, text: "a")
                $0.add(.kind, text: "RESTRICTED_BIZ_INITIATED_MESSAGING")
                if let end { $0.add(.until, instant: end) }
            }
            #expect(world.decide(.to(person: "p")).verdict == .send)
            world.send(.to(person: "p"))
            let decision = world.decide(.to(person: "p"))
            #expect(decision.verdict == (end == nil ? .refuse : .wait))
            #expect(decision.retryAt == end)
            #expect(finding(&world)?.evidence == Finding.Evidence(1))
        }
    }
}
