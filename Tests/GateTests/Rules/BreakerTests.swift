import Bytes
import Events
import Gate
import Testing

@Suite struct `The breaker` {
    private func world(_ change: (inout Policy.BreakerTerms) -> Void) -> World {
        World { change(&$0.breaker) }
    }

    private func fail(
        _ world: inout World, _ request: SendRequest = .to(person: "p"), code: String
    ) {
        let reservation = world.reserve(request)
        world.append(.sendFailed) {
            $0.add(.reservation, reservation: reservation)
            $0.add(.code, text: code)
        }
    }

    private func finding(
        _ world: inout World, _ request: SendRequest = .to(person: "p"), at seconds: Int64 = 0
    ) -> Finding? { world.decide(request, at: World.at(seconds))[.breaker] }

    @Test func `closes an account for half an hour when it is too fast`() {
        for code in ["rate_limit", "SPAM_DETECTED", "blocked", "429"] {
            var world = world { $0.usesCodes = true }
            fail(&world, code: code)
            let closed = finding(&world, .to(person: "q"))
            #expect(closed?.verdict == .wait)
            #expect(closed?.scope == .account)
            #expect(closed?.retryAt == World.at(1_800))
            #expect(closed?.evidence == Finding.Evidence(1))
            #expect(finding(&world, .to(person: "p", account: "b"))?.verdict == .send)
            #expect(finding(&world, at: 1_800)?.verdict == .send)
        }
    }

    @Test func `opens what only a person may open when sending is resumed`() {
        for (code, account) in [("131048", "a"), ("131031", nil)] as [(String, String?)] {
            var world = world { $0.usesCodes = true }
            fail(&world, code: code)
            #expect(finding(&world, at: 1_000_000)?.verdict == .refuse)
            let other = finding(&world, .to(person: "q", account: "b"))?.verdict
            #expect(other == (account == nil ? .refuse : .send))
            world.append(.sendingResumed) {
                $0.add(.account, text: account)
                $0.add(.by, text: "operator")
                $0.add(.why, text: "appealed")
            }
            #expect(finding(&world)?.verdict == .send)
            fail(&world, code: code)
            #expect(finding(&world)?.verdict == .refuse)
        }
    }

    @Test func `grows fourfold with each pair error in a row`() {
        var world = world { $0.usesCodes = true }
        for seconds: Int64 in [1, 4, 16, 64, 256, 256] {
            fail(&world, code: "131056")
            let closed = finding(&world)
            #expect(closed?.scope == .pair)
            #expect(closed?.retryAt == World.at(seconds))
        }
        #expect(finding(&world, .to(person: "q"))?.verdict == .send)
        world.send(.to(person: "p"))
        fail(&world, code: "131056")
        #expect(finding(&world)?.retryAt == World.at(1))
    }

    @Test func `suppresses a person after three undeliverable messages in a row`() {
        var world = world { $0.usesCodes = true }
        fail(&world, code: "131026")
        fail(&world, code: "131026")
        #expect(finding(&world)?.verdict == .send)
        // An acceptance that ends as a failure is none.
        let third = world.reserve(.to(person: "p"))
        world.report(third, .accepted)
        world.append(.messageFailed) {
            $0.add(.message, text: "m")
            $0.add(.reservation, reservation: third)
            $0.add(.code, integer: 131_026)
        }
        let closed = finding(&world)
        #expect(closed?.verdict == .refuse)
        #expect(closed?.scope == .person)
        #expect(closed?.observed == 3)
        #expect(finding(&world, .to(person: "p", account: "b"))?.verdict == .refuse)
        #expect(finding(&world, .to(person: "q"))?.verdict == .send)
        world.clock(1)
        world.append(.messageReceived) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
        #expect(finding(&world, at: 1)?.verdict == .send)
    }

    @Test func `stops a template, and opens it when it is approved again`() {
        var world = world { $0.usesCodes = true }
        let request = SendRequest.to(person: "p") { $0.template = #"{"name":"t","language":"en"}"# }
        fail(&world, request, code: "132001")
        #expect(finding(&world, request)?.verdict == .refuse)
        #expect(finding(&world, request)?.scope == .template)
        #expect(finding(&world)?.verdict == .send)
        world.append(.templateStatus) {
            $0.add(.template, text: "t")
            $0.add(.status, text: "APPROVED")
        }
        #expect(finding(&world, request)?.verdict == .send)
    }

    @Test func `takes the policy's word for a code`() {
        var world = world {
            $0.usesCodes = true
            $0.codes = [
                Policy.CodeTerm("429", .none, nil), Policy.CodeTerm("own", .ledger, .seconds(5)),
            ]
            $0.consecutiveErrors = 2
        }
        for _ in 0..<4 { fail(&world, code: "429") }
        #expect(finding(&world)?.verdict == .send)
        fail(&world, code: "own")
        #expect(finding(&world, .to(person: "q", account: "b"))?.retryAt == World.at(5))
    }

    @Test func `halts after three errors in a row, then lets one at a time try`() {
        var world = world {
            $0.consecutiveErrors = 3
            $0.halt = .seconds(600)
        }
        for _ in 0..<2 { fail(&world, code: "x") }
        world.send(.to(person: "p"))
        world.send(.to(person: "q"))
        for _ in 0..<2 { fail(&world, code: "x") }
        #expect(finding(&world)?.observed == 2)
        #expect(finding(&world)?.verdict == .send)
        fail(&world, code: "y")
        let halted = finding(&world)
        #expect(halted?.verdict == .wait)
        #expect(halted?.observed == 3)
        #expect(halted?.retryAt == World.at(600))
        world.clock(600)
        let trial = world.ask(.to(person: "p"))
        #expect(trial.decision.verdict == .send)
        #expect(finding(&world, .to(person: "q"), at: 600)?.retryAt == World.at(630))
        world.report(trial.reservation, .accepted)
        #expect(finding(&world, .to(person: "q"), at: 600)?.verdict == .send)
    }

    @Test func `does not halt for what is no fault of the account`() {
        var world = world {
            $0.usesCodes = true
            $0.consecutiveErrors = 3
            $0.errorsInWindow = 3
        }
        for code in ["100", "131009", "131051", "4", "80007", "131047"] { fail(&world, code: code) }
        #expect(finding(&world, .to(person: "q"), at: 300)?.verdict == .send)
        #expect(finding(&world, .to(person: "q"), at: 300)?.observed == 0)
    }

    @Test func `halts for an hour after five errors in ten minutes, whatever went well between`() {
        var world = world { $0.errorsInWindow = 5 }
        for seconds: Int64 in [0, 100, 200, 300] {
            world.clock(seconds)
            fail(&world, code: "x")
            world.send(.to(person: "q"))
        }
        world.clock(600)
        fail(&world, code: "x")
        // The first lies ten minutes back: out of the window.
        #expect(finding(&world, at: 600)?.verdict == .send)
        world.clock(650)
        fail(&world, code: "x")
        #expect(finding(&world, at: 650)?.retryAt == World.at(650 + 3_600))
        #expect(finding(&world, at: 650)?.observed == 5)
        #expect(finding(&world, at: 650 + 3_600)?.verdict == .send)
    }

    @Test func `warns of too many errors`() {
        var world = world { $0.warnPer10000 = 500 }
        for person in 0..<19 { world.send(.to(person: "p\(person)")) }
        fail(&world, code: "x")
        let none = world.decide(.to(person: "p")).findings.filter { $0.rule == .breaker }
        #expect(none.count == 1)
        fail(&world, code: "x")
        let decision = world.decide(.to(person: "p"))
        let warned = decision.findings.filter { $0.rule == .breaker }.last
        #expect(decision.verdict == .send)
        #expect(warned?.observed == 952)
        #expect(warned?.limit == 500)
    }

    @Test func `takes one refusing stranger for what he is`() {
        var world = world { $0.usesCodes = true }
        fail(&world, code: "463")
        #expect(finding(&world)?.scope == .person)
        #expect(finding(&world)?.retryAt == World.at(86_400))
        #expect(finding(&world, .to(person: "q"))?.verdict == .send)
    }

    @Test func `takes three failing strangers beside a friend for a restricted account`() {
        var world = world { $0.usesCodes = true }
        world.append(.messageReceived, at: World.at(-200_000)) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "friend")
        }
        for (second, person) in ["p", "q", "r"].enumerated() {
            world.clock(Int64(second))
            fail(&world, .to(person: person), code: second == 1 ? "131026" : "463")
        }
        #expect(finding(&world, .to(person: "s"), at: 3)?.verdict == .send)
        world.clock(3)
        world.send(.to(person: "friend"))
        let cold = finding(&world, .to(person: "s"), at: 3)
        #expect(cold?.verdict == .wait)
        #expect(cold?.scope == .account)
        #expect(cold?.observed == 3)
        #expect(cold?.retryAt == World.at(86_400))
        #expect(finding(&world, .to(person: "friend"), at: 3)?.verdict == .send)
        #expect(finding(&world, .to(person: "s", account: "b"), at: 3)?.verdict == .send)
        // A stranger who is reached shows that it was not so.
        let reached = world.reserve(.to(person: "t"))
        world.append(.messageDelivered) {
            $0.add(.message, text: "m")
            $0.add(.reservation, reservation: reached)
        }
        #expect(finding(&world, .to(person: "s"), at: 3)?.verdict == .send)
    }

    @Test func `closes what the business begins while the platform restricts the account`() {
        var world = world { $0.usesCodes = true }
        world.append(.messageReceived) {
            $0.add(.account, text: "a")
            $0.add(.person, text: "p")
        }
        func restrict(_ kind: String, until: Instant?) {
            world.append(.accountRestricted) {
                $0.add(.account, text: "a")
                $0.add(.kind, text: kind)
                if let until { $0.add(.until, instant: until) }
            }
        }
        restrict("RESTRICTED_BIZ_INITIATED_MESSAGING", until: World.at(100))
        #expect(finding(&world)?.verdict == .send)
        #expect(finding(&world, .to(person: "q"))?.retryAt == World.at(100))
        #expect(finding(&world, .to(person: "q"), at: 100)?.verdict == .send)
        restrict("RESTRICTED_BIZ_INITIATED_MESSAGING", until: nil)
        #expect(finding(&world, .to(person: "q"), at: 100)?.verdict == .refuse)
        restrict("DISABLED_UPDATE", until: nil)
        #expect(finding(&world)?.verdict == .refuse)
        world.append(.sendingResumed) {
            $0.add(.by, text: "operator")
            $0.add(.why, text: "appealed")
        }
        #expect(finding(&world)?.verdict == .send)
    }

    @Test func `holds a restriction of the ledger for all its accounts`() {
        var world = world { $0.usesCodes = true }
        func restrict(_ kind: String, at second: Int64, until: Instant?) {
            world.clock(second)
            world.append(.accountRestricted) {
                $0.add(.account, text: "business")
                $0.add(.scope, text: "ledger")
                $0.add(.kind, text: kind)
                if let until { $0.add(.until, instant: until) }
            }
        }
        restrict("RESTRICTED_BIZ_INITIATED_MESSAGING", at: 0, until: World.at(100))
        for account in ["a", "b"] {
            let closed = finding(&world, .to(person: "q", account: account))
            #expect(closed?.verdict == .wait)
            #expect(closed?.retryAt == World.at(100))
        }
        #expect(finding(&world, .to(person: "q"), at: 100)?.verdict == .send)
        restrict("ACCOUNT_OFFBOARDED", at: 101, until: nil)
        #expect(finding(&world, .to(person: "q"), at: 101)?.verdict == .refuse)
        restrict("ACCOUNT_RECONNECTED", at: 102, until: World.at(102))
        #expect(finding(&world, .to(person: "q"), at: 102)?.verdict == .send)
    }

    @Test func `says nothing where the policy does not ask, and holds for critical answers`() {
        var world = world { $0.usesCodes = true }
        fail(&world, code: "131031")
        #expect(finding(&world, .to(person: "p") { $0.critical = true })?.verdict == .refuse)
        world.policy.breaker = Policy.BreakerTerms()
        #expect(finding(&world) == nil)
    }

    @Test func `knows each code once, with its source and date`() {
        let codes = CodeTable.all.map(\.term.code)
        #expect(Set(codes).count == codes.count)
        #expect(codes.count > 150)
        for entry in CodeTable.all {
            #expect(!entry.meaning.isEmpty && !entry.source.isEmpty)
            #expect(entry.date.count == 10)
        }
    }
}
