import Events
import Gate
import Testing
import TimeZones
import Views

/// A world without time zones.
struct NoZones: ZoneSource {
    func rules(_ name: String) -> ZoneRules? { nil }
}

@Suite struct `Consent that is asked for` {
    func world() -> World { World { $0.consent.isRequired = true } }

    static let request = SendRequest.to(person: "p") { $0.purpose = "consent_request" }

    @Test func `lets nothing pass but its request, once`() {
        var world = world()
        #expect(world.decide(.to(person: "p"))[.consent]?.verdict == .refuse)
        #expect(world.decide(Self.request).verdict == .send)
        world.send(Self.request)
        let again = world.decide(Self.request)
        #expect(again[.consent]?.verdict == .refuse)
        #expect(again[.consent]?.evidence?.last == 0)
        #expect(world.decide(.to(person: "p"))[.consent]?.verdict == .refuse)
    }

    @Test func `may be asked for again where the request failed`() {
        var world = world()
        let reservation = world.reserve(Self.request)
        #expect(world.decide(Self.request)[.consent]?.verdict == .refuse)
        world.report(reservation, .failed)
        #expect(world.decide(Self.request)[.consent]?.verdict == .send)
    }

    @Test func `holds per category, and for all`() {
        var world = world()
        world.append(.consentGranted) {
            $0.add(.person, text: "p")
            $0.add(.category, text: "utility")
        }
        #expect(world.decide(.to(person: "p") { $0.category = "utility" }).verdict == .send)
        #expect(world.decide(.to(person: "p") { $0.category = "marketing" }).verdict == .refuse)
        world.append(.consentGranted) { $0.add(.person, text: "p") }
        #expect(world.decide(.to(person: "p") { $0.category = "marketing" }).verdict == .send)
        world.clock(1)
        world.append(.consentDeclined) {
            $0.add(.person, text: "p")
            $0.add(.category, text: "marketing")
        }
        #expect(world.decide(.to(person: "p") { $0.category = "marketing" }).verdict == .refuse)
        #expect(world.decide(.to(person: "p") { $0.category = "service" }).verdict == .send)
    }

    @Test func `once withdrawn lets exactly one confirmation pass`() {
        var world = World()
        world.append(.consentWithdrawn) { $0.add(.person, text: "p") }
        let confirmation = SendRequest.to(person: "p") { $0.purpose = "confirmation" }
        #expect(world.decide(.to(person: "p"))[.consent]?.verdict == .refuse)
        #expect(world.decide(confirmation)[.consent]?.verdict == .send)
        let reservation = world.reserve(confirmation)
        #expect(world.judge(reservation, .attempted).go, "it was granted knowing of it")
        world.report(reservation, .accepted)
        #expect(world.decide(confirmation)[.consent]?.verdict == .refuse)
        world.clock(10)
        world.append(.consentGranted) { $0.add(.person, text: "p") }
        world.clock(20)
        world.append(.consentWithdrawn) { $0.add(.person, text: "p") }
        #expect(world.decide(confirmation)[.consent]?.verdict == .send, "one for each withdrawal")
    }

    @Test func `lets a support reply pass for a day after the question`() {
        var world = World()
        world.append(.consentWithdrawn) { $0.add(.person, text: "p") }
        let reply = SendRequest.to(person: "p") { $0.purpose = "support_reply" }
        #expect(world.decide(reply)[.consent]?.verdict == .refuse)
        world.append(.messageReceived) {
            $0.add(.person, text: "p")
            $0.add(.kind, text: "support")
        }
        #expect(world.decide(reply)[.consent]?.verdict == .send)
        #expect(world.decide(.to(person: "p"))[.consent]?.verdict == .refuse)
        #expect(world.decide(reply, at: World.at(86_401))[.consent]?.verdict == .refuse)
    }

    @Test func `judges a direct chat that names nobody`() {
        var world = World()
        world.append(.consentWithdrawn) { $0.add(.person, text: "27820000001@s.whatsapp.net") }
        let decision = world.decide(.to(chat: "27820000001@s.whatsapp.net"))
        #expect(decision[.consent]?.verdict == .refuse)
    }
}

@Suite struct `The service window` {
    func world() -> World { World { $0.consent.serviceWindow = .day } }

    @Test func `is open for 24 hours after the person wrote to the account`() {
        var world = world()
        let template = SendRequest.to(person: "p") { $0.template = "\"hello\"" }
        let never = world.decide(.to(person: "p"))
        #expect(never[.windowService]?.verdict == .refuse)
        #expect(never[.windowService]?.reason.hasPrefix("template_required") == true)
        #expect(world.decide(template).verdict == .send)
        world.append(.messageReceived) {
            $0.add(.person, text: "p")
            $0.add(.account, text: "a")
        }
        #expect(world.decide(.to(person: "p"), at: World.at(86_399)).verdict == .send)
        let late = world.decide(.to(person: "p"), at: World.at(86_400))
        #expect(late[.windowService]?.verdict == .refuse)
        #expect(late[.windowService]?.observed == 86_400)
        #expect(late.retryAt == nil)
        // It is open for that account alone, and for all where the message names none.
        #expect(world.decide(.to(person: "p", account: "b")).verdict == .refuse)
        world.append(.messageReceived) { $0.add(.person, text: "p") }
        #expect(world.decide(.to(person: "p", account: "b")).verdict == .send)
    }

    @Test func `opens by effective time, and says nothing of groups`() {
        var world = world()
        world.clock(100_000)
        world.append(.messageReceived, at: World.at(0)) {
            $0.add(.person, text: "p")
            $0.add(.account, text: "a")
        }
        #expect(world.decide(.to(person: "p")).verdict == .refuse)
        #expect(world.decide(.to(chat: "g@g.us"))[.windowService] == nil)
    }
}
