import Bytes
import Events
import Gate
import Testing
import Views

@Suite struct `Linked persons before the gate` {
    private func link(
        _ one: String, _ other: String, _ type: EventType = .identityLinked, in world: inout World
    ) {
        world.append(type) {
            $0.add(.person, text: one)
            $0.add(.alias, text: other)
        }
    }

    private func say(_ type: EventType, _ person: String, in world: inout World) {
        world.now = world.now.advanced(by: .seconds(1))
        world.append(type) { $0.add(.person, text: person) }
    }

    @Test func `are withdrawn by any of them, whatever another grants, until they are parted`() {
        var world = World()
        say(.consentWithdrawn, "p", in: &world)
        say(.consentGranted, "q", in: &world)
        #expect(world.decide(.to(person: "q")).verdict == .send)
        link("q", "r", in: &world)
        link("r", "p", in: &world)
        let refused = world.decide(.to(person: "q"))
        #expect(refused[.consent]?.verdict == .refuse)
        #expect(refused[.consent]?.evidence == .init(0))
        say(.consentGranted, "q", in: &world)
        #expect(world.decide(.to(person: "r")).verdict == .refuse)
        link("p", "r", .identityUnlinked, in: &world)
        #expect(world.decide(.to(person: "q")).verdict == .send)
        #expect(world.decide(.to(person: "p")).verdict == .refuse)
        link("p", "r", in: &world)
        say(.consentGranted, "p", in: &world)
        #expect(world.decide(.to(person: "q")).verdict == .send)
    }

    @Test func `get one confirmation together, and are asked once`() {
        var world = World { $0.consent.isRequired = true }
        link("p", "q", in: &world)
        let asks = SendRequest.to(person: "p") { $0.purpose = "consent_request" }
        world.send(asks)
        #expect(
            world.decide(.to(person: "q") { $0.purpose = "consent_request" })[.consent]?.verdict
                == .refuse)
        say(.consentWithdrawn, "p", in: &world)
        let confirmation = SendRequest.to(person: "q") { $0.purpose = "confirmation" }
        #expect(world.decide(confirmation)[.consent]?.verdict == .send)
        world.send(confirmation)
        for person in ["p", "q"] {
            let again = world.decide(.to(person: person) { $0.purpose = "confirmation" })
            #expect(again[.consent]?.verdict == .refuse)
        }
    }

    @Test func `are granted what one of them grants`() {
        var world = World { $0.consent.isRequired = true }
        say(.consentGranted, "p", in: &world)
        #expect(world.decide(.to(person: "q")).verdict == .refuse)
        link("p", "q", in: &world)
        #expect(world.decide(.to(person: "q")).verdict == .send)
        say(.consentDeclined, "q", in: &world)
        #expect(world.decide(.to(person: "p")).verdict == .refuse)
    }

    @Test func `share windows, and the wait for the outcome`() {
        var world = World { $0.people.messagesPerDay = 2 }
        link("p", "q", in: &world)
        world.send(.to(person: "p", account: "a"))
        let open = world.reserve(.to(person: "q", account: "a"))
        let waits = world.decide(.to(person: "p", account: "a"))
        #expect(waits[.inflight]?.verdict == .wait)
        #expect(waits[.personDay]?.observed == 2)
        world.report(open, .accepted)
        #expect(world.decide(.to(person: "p"))[.inflight]?.verdict == .send)
        #expect(world.decide(.to(person: "r"))[.personDay]?.observed == 0)
    }

    @Test func `open the service window of the account for one another`() {
        var world = World { $0.consent.serviceWindow = .seconds(60) }
        world.append(.messageReceived) {
            $0.add(.person, text: "p")
            $0.add(.account, text: "a")
        }
        #expect(world.decide(.to(person: "q"))[.windowService]?.verdict == .refuse)
        link("q", "p", in: &world)
        #expect(world.decide(.to(person: "q"))[.windowService]?.verdict == .send)
        #expect(world.decide(.to(person: "q", account: "b"))[.windowService]?.verdict == .refuse)
    }

    @Test func `count each for itself as recipients outside their window`() {
        var world = World { $0.platform.recipientsPerDay = 1 }
        link("p", "q", in: &world)
        world.send(.to(person: "p"))
        #expect(world.decide(.to(person: "q"))[.platformRecipients]?.verdict == .wait)
        #expect(world.decide(.to(person: "p"))[.platformRecipients]?.verdict == .send)
    }

    @Test func `stop a send that was granted before they were linked`() {
        var world = World()
        say(.consentWithdrawn, "p", in: &world)
        let reservation = world.reserve(.to(person: "q"))
        #expect(world.judge(reservation, .attempted).go)
        link("p", "q", in: &world)
        #expect(!world.judge(reservation, .attempted).go)
        link("p", "q", .identityUnlinked, in: &world)
        #expect(world.judge(reservation, .attempted).go)
        let confirmation = world.reserve(.to(person: "p") { $0.purpose = "confirmation" })
        #expect(world.judge(confirmation, .attempted).go)
    }

    @Test func `heed what is ordered for the direct chat of any of them`() {
        var world = World()
        link("p", "q", in: &world)
        world.append(.sendingStopped) { $0.add(.chat, text: "p") }
        #expect(world.decide(.to(chat: "q"))[.stop]?.verdict == .refuse)
        #expect(world.decide(.to(chat: "r"))[.stop]?.verdict == .send)
    }

    @Test func `get nothing where too many are one, and that is said`() {
        var world = World()
        for number in 0..<PersonGroup.membersMax {
            link("p", "q\(number)", in: &world)
        }
        let refused = world.decide(.to(person: "q7") { $0.critical = true })
        #expect(refused.verdict == .refuse)
        #expect(refused[.consent]?.observed == -1)
        #expect(refused[.consent]?.limit == 64)
        #expect(refused[.consent]?.reason.contains("more than 63 others") == true)
    }
}
