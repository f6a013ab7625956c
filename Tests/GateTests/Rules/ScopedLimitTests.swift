import Events
import Gate
import Testing
import Views

@Suite struct `Limits of other scopes` {
    static func minute(_ limit: Int) -> Policy.WindowLimits {
        var limits = Policy.WindowLimits()
        limits.perMinute = limit
        return limits
    }

    @Test func `count per chat, person, pair, category and role`() {
        let cases: [(Scope, (inout Policy) -> Void, SendRequest, SendRequest)] = [
            (
                .chat, { $0.limits.chat = Self.minute(1) }, .to(chat: "g@g.us", account: "b"),
                .to(chat: "h@g.us")
            ),
            (
                .person, { $0.limits.person = Self.minute(1) }, .to(person: "p", account: "b"),
                .to(person: "q")
            ),
            (
                .pair, { $0.limits.pair = Self.minute(1) }, .to(person: "p"),
                .to(person: "p", account: "b")
            ),
            (
                .category, { $0.limits.category = Self.minute(1) },
                .to(person: "q") { $0.category = "marketing" },
                .to(person: "q") { $0.category = "utility" }
            ),
            (
                .role, { $0.limits.role = Self.minute(1) },
                .to(person: "q", account: "b") { $0.role = "r" }, .to(person: "q") { $0.role = "s" }
            ),
        ]
        for (scope, change, same, other) in cases {
            var world = World(change)
            world.send(
                .to(chat: scope == .chat ? "g@g.us" : nil, person: "p") {
                    $0.category = "marketing"
                    $0.role = "r"
                })
            let finding = world.decide(same).findings.first {
                $0.rule == .limitMinute && $0.scope == scope
            }
            #expect(finding?.verdict == .wait, "\(scope)")
            #expect(finding?.observed == 1)
            #expect(finding?.retryAt == World.at(60))
            let free = world.decide(other).findings.first { $0.rule == .limitMinute }
            #expect(free?.verdict == .send, "\(scope)")
        }
    }

    @Test func `say nothing of a request without the name`() {
        var world = World {
            $0.limits.role = Self.minute(1)
            $0.limits.category = Self.minute(1)
            $0.limits.person = Self.minute(1)
        }
        #expect(world.decide(.to(chat: "g@g.us"))[.limitMinute] == nil)
    }

    @Test func `allow a person so many messages a day`() {
        var world = World { $0.people.messagesPerDay = 2 }
        for second in [0, 10] {
            world.clock(Int64(second))
            world.send(.to(person: "p", account: second == 0 ? "a" : "b"))
        }
        world.clock(20)
        let decision = world.decide(.to(person: "p", account: "c"))
        #expect(decision[.personDay]?.verdict == .wait)
        #expect(decision[.personDay]?.observed == 2)
        #expect(decision.retryAt == World.at(86_400))
        #expect(world.decide(.to(person: "p"), at: World.at(86_400))[.personDay]?.verdict == .send)
        #expect(world.decide(.to(person: "p") { $0.critical = true })[.personDay] == nil)
    }

    @Test func `break a chain of messages that nobody answers`() {
        var world = World { $0.people.chain = 2 }
        for second in [0, 100_000] {
            world.clock(Int64(second))
            world.send(.to(person: "p"))
        }
        world.clock(200_000)
        let decision = world.decide(.to(person: "p"))
        #expect(decision[.chain]?.verdict == .refuse)
        #expect(decision[.chain]?.observed == 2)
        #expect(decision.retryAt == nil)
        world.append(.messageReceived) {
            $0.add(.person, text: "p")
            $0.add(.account, text: "a")
        }
        #expect(world.decide(.to(person: "p"))[.chain]?.observed == 0)
        #expect(world.decide(.to(person: "p")).verdict == .send)
    }

    @Test func `of a chain look back 30 days, and count what is open`() {
        var world = World { $0.people.chain = 1 }
        world.send(.to(person: "p"))
        world.clock(30 * 86_400 - 1)
        #expect(world.decide(.to(person: "p"))[.chain]?.verdict == .refuse)
        world.clock(30 * 86_400)
        #expect(world.decide(.to(person: "p"))[.chain]?.verdict == .send)
        _ = world.reserve(.to(chat: "g@g.us", person: "p"))
        #expect(world.decide(.to(person: "p"))[.chain]?.verdict == .refuse)
    }
}

@Suite struct `The critical lane` {
    @Test func `takes what looks like a kind of the policy`() {
        var world = World {
            $0.rateLimits.messagesPerMinute = 1
            $0.critical.kinds = [Policy.CriticalKind("payment", ["payment", "credit*"])]
            $0.critical.repliesWithin = .seconds(600)
        }
        world.send(.to(person: "q"))
        func circumstances(_ text: String) -> Circumstances {
            Circumstances(
                of: .to(person: "p", text: text), under: world.policy, at: world.now,
                zones: NoZones())
        }
        #expect(circumstances("Your payment arrived").criticalKind == "payment")
        #expect(circumstances("3 CREDITS left").criticalKind == "payment")
        #expect(circumstances("repayments").criticalKind == nil)
        #expect(
            circumstances(String(repeating: "a ", count: 4_096) + "payment").criticalKind == nil)
        func decide(_ category: String? = nil) -> Decision {
            var facts = world.facts
            facts.circumstances = circumstances("Your payment arrived")
            var asked = SendRequest.to(person: "p", text: "Your payment arrived")
            asked.category = category
            return Gate.decide(
                world.prepare(asked), recorded: facts, under: world.policy, in: &world.tables)
        }
        // Nobody has written, so that it is no answer.
        #expect(decide().verdict == .wait)
        #expect(decide().lane == nil)
        world.append(.messageReceived) { $0.add(.person, text: "p") }
        #expect(decide().verdict == .send)
        #expect(decide().lane == "kind payment")
        #expect(decide()[.limitMinute] == nil)
        // As marketing it is one of the first two answers, and after them nothing.
        #expect(decide("marketing").lane == "answer")
        world.clock(1)
        for _ in 0..<2 { world.send(.to(person: "p")) }
        #expect(decide("marketing").verdict == .wait)
        #expect(decide("marketing").lane == nil)
        #expect(decide().lane == "kind payment")
        world.clock(700)
        #expect(decide().lane == nil, "it is too late for an answer")
    }

    @Test func `takes the first two answers to whoever has just written`() {
        var world = World {
            $0.people.messagesPerDay = 1
            $0.critical.repliesWithin = .seconds(3_600)
        }
        world.send(.to(person: "p"))
        world.clock(10)
        #expect(world.decide(.to(person: "p"))[.personDay]?.verdict == .wait)
        world.append(.messageReceived) { $0.add(.person, text: "p") }
        world.clock(11)
        for _ in 0..<2 {
            #expect(world.decide(.to(person: "p")).verdict == .send)
            world.send(.to(person: "p"))
        }
        #expect(world.decide(.to(person: "p"))[.personDay]?.verdict == .wait)
        world.clock(3_700)
        world.append(.messageReceived, at: World.at(20)) { $0.add(.person, text: "q") }
        world.send(.to(person: "q"))
        #expect(world.decide(.to(person: "q"))[.personDay]?.verdict == .wait, "too late")
    }

    @Test func `believes callers only where the policy does`() {
        var world = World {
            $0.rateLimits.messagesPerMinute = 1
            $0.critical.trustsCallers = false
        }
        world.send(.to(person: "q"))
        #expect(world.decide(.to(person: "p") { $0.critical = true }).verdict == .wait)
    }
}
