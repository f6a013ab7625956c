import Events
import Gate
import Ledger
import TestSupport
import Testing

/// Every rule at the front door: on ledgers as users make them, where records are sealed.
@Suite struct `Every rule at the front door` {
    @Test func `has a case for each of its scopes`() {
        for rule in Rule.allCases {
            let scopes = Set(RuleCase.all.filter { $0.rule == rule }.map(\.scope))
            #expect(scopes == rule.scopes, "\(rule.name)")
        }
    }

    @Test(arguments: RuleCase.all) func `speaks of a request`(_ rule: RuleCase) async throws {
        try await withLedger { ledger in
            let door = try await FrontDoor.given(rule.policy, rule.given, ledger)
            let answer = try await door.ask(rule.request, at: rule.at)
            #expect(answer.says == ["\(rule.rule.name)/\(rule.scope.name)"])
            #expect(answer.decision.verdict == rule.verdict)
            #expect(answer.decision.findings.allSatisfy { $0.isScoped })
            #expect(try ledger.withEvent(at: answer.position) { $0.isSealed })
            // The answer is what a sender in another language gets.
            let json = try JSONValue.parse(answer.json.span)
            #expect(json["verdict"]?.text == rule.verdict.name)
            #expect(json["because"]?.texts == [rule.rule.name])
            guard rule.verdict == .wait, answer.decision.code == nil else { return }
            let retryAt = try #require(answer.decision.retryAt)
            let before = retryAt.advanced(by: .milliseconds(-1))
            if before > answer.now {
                let early = try await door.ask(rule.request, at: before)
                #expect(early.decision.verdict == .wait)
            }
            let passes = try await door.ask(rule.request, at: retryAt)
            #expect(passes.decision.verdict == .send, "\(passes.says)")
        }
    }

    @Test(arguments: RuleCase.all) func `is silent of the same, with one thing changed`(
        _ rule: RuleCase
    ) async throws {
        try await withLedger { ledger in
            let door = try await FrontDoor.given(rule.policy, rule.silentGiven, ledger)
            let answer = try await door.ask(rule.silentRequest, at: rule.silentAt)
            #expect(answer.decision.verdict == .send, "\(answer.says)")
            #expect(try ledger.withEvent(at: answer.position) { $0.isSealed })
        }
    }
}
