import Bytes
import Events
import Gate
import Testing
import Views

@Suite struct `A template` {
    private func world() -> World {
        World {
            $0.templates.isChecked = true
            $0.templates.maxCharacters = 550
            $0.templates.promotionalWords = ["sale"]
        }
    }

    private func request(
        _ category: String? = "utility", template: String? = #"{"name":"t","language":"en"}"#
    ) -> SendRequest {
        .to(person: "p") {
            $0.category = category
            $0.template = template
        }
    }

    private func say(
        _ world: inout World, _ status: String, language: String? = "en", reason: String? = nil
    ) {
        world.append(.templateStatus) {
            $0.add(.template, text: "t")
            $0.add(.language, text: language)
            $0.add(.status, text: status)
            $0.add(.reason, text: reason)
        }
    }

    private func finding(
        _ world: inout World, _ request: SendRequest, at seconds: Int64 = 0
    ) -> Finding? { world.decide(request, at: World.at(seconds))[.template] }

    @Test func `waits 3 hours for its first pause, 6 for its second, and is disabled then`() {
        var world = world()
        say(&world, "APPROVED")
        #expect(finding(&world, request())?.verdict == .send)
        say(&world, "PAUSED")
        #expect(finding(&world, request())?.verdict == .wait)
        #expect(finding(&world, request())?.retryAt == World.at(3 * 3_600))
        world.clock(3_600)
        say(&world, "PAUSED")
        #expect(finding(&world, request())?.retryAt == World.at(3 * 3_600))
        #expect(finding(&world, request(), at: 3 * 3_600)?.verdict == .send)
        world.clock(4 * 3_600)
        say(&world, "PAUSED")
        #expect(finding(&world, request())?.retryAt == World.at(10 * 3_600))
        world.clock(11 * 3_600)
        say(&world, "PAUSED")
        #expect(finding(&world, request(), at: 1_000_000)?.verdict == .refuse)
        #expect(finding(&world, request())?.retryAt == nil)
        say(&world, "REINSTATED")
        #expect(finding(&world, request())?.verdict == .send)
        say(&world, "PAUSED")
        #expect(finding(&world, request())?.retryAt == World.at(14 * 3_600))
    }

    @Test func `is told which pause it is by the reason`() {
        var world = world()
        say(&world, "PAUSED", reason: "SECOND_PAUSE")
        #expect(finding(&world, request())?.retryAt == World.at(6 * 3_600))
        say(&world, "APPROVED", reason: "UNPAUSE")
        #expect(finding(&world, request())?.verdict == .send)
    }

    @Test(arguments: ["DISABLED", "REJECTED", "PENDING", "DELETED"])
    func `is refused unless the platform approves it`(_ status: String) {
        var world = world()
        say(&world, status)
        let refused = finding(&world, request())
        #expect(refused?.verdict == .refuse)
        #expect(refused?.evidence == Finding.Evidence(0))
        #expect(
            finding(&world, request(template: #"{"name":"u","language":"en"}"#))?.verdict == .send)
    }

    @Test func `is meant in all its languages where none is named`() {
        var world = world()
        say(&world, "DISABLED", language: nil)
        #expect(finding(&world, request())?.verdict == .refuse)
        #expect(finding(&world, request(template: #""t""#))?.verdict == .refuse)
        say(&world, "APPROVED")
        #expect(finding(&world, request())?.verdict == .send)
        #expect(
            finding(&world, request(template: #"{"name":"t","language":"de"}"#))?.verdict == .refuse
        )
    }

    @Test func `goes only as what it was approved for`() {
        var world = world()
        world.append(.templateCategory) {
            $0.add(.template, text: "t")
            $0.add(.language, text: "en")
            $0.add(.category, text: "utility")
        }
        #expect(finding(&world, request("marketing"))?.verdict == .refuse)
        #expect(finding(&world, request("marketing"))?.scope == .category)
        #expect(finding(&world, request("utility"))?.verdict == .send)
        #expect(finding(&world, request(nil))?.verdict == .send)
    }

    @Test func `refuses promotional text that does not go as marketing`() {
        var world = world()
        func decide(_ category: String?, _ template: String? = nil) -> Finding? {
            var facts = world.facts
            facts.circumstances.isPromotional = true
            return Gate.decide(
                world.prepare(request(category, template: template)), recorded: facts,
                under: world.policy,
                in: &world.tables)[.template]
        }
        #expect(decide("utility")?.verdict == .refuse)
        #expect(decide(nil)?.verdict == .refuse)
        #expect(decide("marketing")?.verdict == .send)
        #expect(finding(&world, request("utility", template: nil))?.verdict == .send)
    }

    @Test func `is only warned of for its length and its quality`() {
        var world = world()
        world.append(.templateQuality) {
            $0.add(.template, text: "t")
            $0.add(.language, text: "en")
            $0.add(.rating, text: "RED")
        }
        var facts = world.facts
        facts.circumstances.length = 551
        let decision = Gate.decide(
            world.prepare(request()), recorded: facts, under: world.policy, in: &world.tables)
        let findings = decision.findings.filter { $0.rule == .template }
        #expect(findings.map(\.verdict) == [.send, .send])
        #expect(findings.map(\.observed) == [1, 551])
        #expect(findings.last?.limit == 550)
        #expect(findings.allSatisfy { $0.reason.hasPrefix("A warning only") })
        #expect(decision.verdict == .send)
    }

    @Test func `holds for critical answers, and not where the policy does not ask`() {
        var world = world()
        say(&world, "DISABLED")
        var critical = request()
        critical.critical = true
        #expect(finding(&world, critical)?.verdict == .refuse)
        world.policy.templates = Policy.TemplateTerms()
        #expect(finding(&world, critical) == nil)
    }

    @Test func `keeps count of its uses and answers`() {
        var world = world()
        for outcome: SendReport.Outcome in [.accepted, .failed, .cancelled] {
            world.report(world.reserve(request()), outcome)
        }
        world.append(.sendAttempted) {
            $0.add(.person, text: "q")
            $0.add(.template, text: "t")
            $0.add(.language, text: "en")
        }
        for person in ["p", "p", "q", "r"] {
            world.append(.messageReceived) { $0.add(.person, text: person) }
        }
        let template = world.prepare(request()).keys.template
        let row = world.tables.templateRows(template).last
        #expect(row?.uses == 3)
        #expect(row?.accepted == 1)
        #expect(row?.failed == 1)
        #expect(row?.answers == 2)
    }
}
