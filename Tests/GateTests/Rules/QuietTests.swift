import Events
import Gate
import Ledger
import Testing
import TimeZones

@Suite struct `Quiet times` {
    private let number = "+27821234567"
    private let night = World { $0.quiet.times = [.night] }
    private let marketing = World { $0.quiet.times = Policy.QuietTime.southAfricaDirectMarketing }

    private func expect(
        _ world: World, _ request: SendRequest, at time: String, until end: String?,
        _ location: SourceLocation = #_sourceLocation
    ) {
        var world = world
        let decision = world.look(request, at: moment(time))
        #expect(decision.verdict == (end == nil ? .send : .wait), sourceLocation: location)
        #expect(decision.retryAt == end.map(moment), sourceLocation: location)
        guard let end else { return }
        #expect(world.look(request, at: moment(end)).verdict == .send, sourceLocation: location)
    }

    @Test func `hold from 23 to 6 by the recipient's clocks`() {
        let request = SendRequest.to(person: number)
        expect(night, request, at: "2025-10-01T22:59:59.999+02:00", until: nil)
        expect(
            night, request, at: "2025-10-01T23:00:00+02:00", until: "2025-10-02T06:00:00+02:00")
        expect(
            night, request, at: "2025-10-02T05:59:59.999+02:00", until: "2025-10-02T06:00:00+02:00")
        expect(night, request, at: "2025-10-02T06:00:00+02:00", until: nil)
    }

    @Test func `say since when it is quiet, and for how long in all`() {
        var world = night
        let decision = world.look(.to(person: number), at: moment("2025-10-02T01:00:00+02:00"))
        #expect(decision[.quiet]?.observed == 7_200)
        #expect(decision[.quiet]?.limit == 25_200)
        #expect(decision[.quiet]?.reason.contains("quiet") == true)
    }

    @Test func `are skipped by critical answers, and silent where the policy has none`() {
        var world = night
        let critical = SendRequest.to(person: number) { $0.critical = true }
        #expect(world.look(critical, at: moment("2025-10-02T01:00:00+02:00")).verdict == .send)
        var open = World()
        #expect(open.look(.to(person: number))[.quiet] == nil)
    }

    @Test(arguments: [
        "+27821234567", "27821234567", "whatsapp:+27821234567", "27821234567@s.whatsapp.net",
        "27821234567:3@s.whatsapp.net", "27821234567@c.us",
    ])
    func `read the country from every spelling of a number`(_ alias: String) {
        expect(
            night, .to(chat: alias), at: "2025-10-01T21:30:00Z", until: "2025-10-02T04:00:00Z")
        expect(
            night, .to(person: alias), at: "2025-10-01T21:30:00Z", until: "2025-10-02T04:00:00Z")
    }

    @Test func `believe the zone of the request first, if there is such a zone`() {
        let tokyo = SendRequest.to(person: number) { $0.zone = "Asia/Tokyo" }
        expect(night, tokyo, at: "2025-10-01T14:00:00Z", until: "2025-10-01T21:00:00Z")
        expect(night, tokyo, at: "2025-10-01T21:30:00Z", until: nil)
        let mars = SendRequest.to(person: number) { $0.zone = "Mars/Olympus" }
        expect(night, mars, at: "2025-10-01T21:30:00Z", until: "2025-10-02T04:00:00Z")
    }

    @Test func `take the policy's zone for a group, and refuse where nobody knows`() {
        let group = SendRequest.to(chat: "120363000000000001@g.us")
        var world = night
        let unknown = world.look(group, at: moment("2025-10-01T12:00:00Z"))
        #expect(unknown.verdict == .refuse)
        #expect(unknown.retryAt == nil)
        #expect(unknown[.quiet]?.reason.contains("`zone`") == true)
        world.policy.quiet.zone = "Africa/Harare"
        expect(world, group, at: "2025-10-01T21:30:00Z", until: "2025-10-02T04:00:00Z")
        expect(world, group, at: "2025-10-01T12:00:00Z", until: nil)
    }

    @Test func `hold in a country of several zones while it is quiet in any of them`() {
        let request = SendRequest.to(person: "+12125550100")
        // From 23:00 in Newfoundland to 06:00 in Hawaii, in winter.
        expect(night, request, at: "2026-01-15T02:29:59Z", until: nil)
        expect(night, request, at: "2026-01-15T02:30:00Z", until: "2026-01-15T16:00:00Z")
        expect(night, request, at: "2026-01-15T15:59:59Z", until: "2026-01-15T16:00:00Z")
    }

    @Test func `begin at the earlier and end at the later of two equal times`() {
        let request = SendRequest.to(chat: "x") { $0.zone = "America/New_York" }
        let gap = World { $0.quiet.times = [.init(from: 150, to: 210)] }
        expect(gap, request, at: "2025-03-09T06:59:59Z", until: nil)
        expect(gap, request, at: "2025-03-09T07:00:00Z", until: "2025-03-09T07:30:00Z")
        let twice = World { $0.quiet.times = [.init(from: 75, to: 105)] }
        expect(twice, request, at: "2025-11-02T05:14:59Z", until: nil)
        expect(twice, request, at: "2025-11-02T05:15:00Z", until: "2025-11-02T06:45:00Z")
        expect(twice, request, at: "2025-11-02T06:00:00Z", until: "2025-11-02T06:45:00Z")
    }

    @Test(arguments: [
        ("2025-10-01T07:59:59+02:00", "2025-10-01T08:00:00+02:00"),
        ("2025-10-01T20:00:00+02:00", "2025-10-02T08:00:00+02:00"),
        ("2025-10-03T20:00:00+02:00", "2025-10-04T09:00:00+02:00"),
        ("2025-10-04T13:00:00+02:00", "2025-10-06T08:00:00+02:00"),
        ("2025-10-05T10:00:00+02:00", "2025-10-06T08:00:00+02:00"),
        // The Monday after a holiday on a Sunday; Easter; Christmas before a weekend.
        ("2026-08-08T13:00:00+02:00", "2026-08-11T08:00:00+02:00"),
        ("2025-04-17T20:00:00+02:00", "2025-04-19T09:00:00+02:00"),
        ("2025-04-19T13:00:00+02:00", "2025-04-22T08:00:00+02:00"),
        ("2025-12-24T20:00:00+02:00", "2025-12-27T09:00:00+02:00"),
    ])
    func `of South African direct marketing wait for the next allowed hour`(
        _ time: String, _ end: String
    ) {
        let request = SendRequest.to(person: number) { $0.category = "marketing" }
        expect(marketing, request, at: time, until: end)
    }

    @Test(arguments: [
        "2025-10-01T08:00:00+02:00", "2025-10-01T19:59:59+02:00", "2025-10-04T09:00:00+02:00",
        "2025-10-04T12:59:59+02:00",
    ])
    func `of South African direct marketing let its hours be`(_ time: String) {
        let request = SendRequest.to(person: number) { $0.category = "marketing" }
        expect(marketing, request, at: time, until: nil)
    }

    @Test func `of a category hold for it, and for messages that name none`() {
        let sunday = "2025-10-05T10:00:00+02:00"
        let utility = SendRequest.to(person: number) { $0.category = "utility" }
        expect(marketing, utility, at: sunday, until: nil)
        expect(marketing, .to(person: number), at: sunday, until: "2025-10-06T08:00:00+02:00")
    }

    @Test func `without an end refuse`() {
        var world = World { $0.quiet.times = [.init(from: 0, to: 720), .init(from: 720, to: 0)] }
        let decision = world.look(.to(person: number))
        #expect(decision.verdict == .refuse)
        #expect(decision.retryAt == nil)
        #expect(decision[.quiet]?.reason == "It is quiet without end where the message goes.")
    }

    @Test func `are recorded with the decision, and read back`() throws {
        var world = night
        world.policy.zone = "Africa/Johannesburg"
        world.now = moment("2025-10-01T23:30:00+02:00")
        let request = SendRequest.to(person: number, text: "hello")
        let known = world.facts(of: request, random: 7)
        _ = world.take(request, random: 7)
        let facts = world.read(0) { Facts(recorded: $0) }
        #expect(facts == known)
        #expect(facts?.circumstances.quiet.first?.to == moment("2025-10-02T06:00:00+02:00"))
        #expect(facts?.circumstances.midnight == moment("2025-10-01T00:00:00+02:00"))
        world.policy.quiet.zone = nil
        _ = world.take(.to(chat: "group@g.us"))
        #expect(world.read(1) { Facts(recorded: $0) }?.circumstances.isZoneUnknown == true)
    }
}
