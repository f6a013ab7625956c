import Events
import Gate
import Testing

@Suite struct `A policy with scopes` {
    private static let text = """
        rate_limits: {messages_per_minute: 10, messages_per_hour: 100}
        quiet: {times: [{preset: night}]}
        scopes:
          - role: campaign
            rate_limits: {messages_per_minute: 4}
            pacing: {floor: 12}
          - account: "+27000000001"
            rate_limits: {messages_per_minute: 2, messages_per_hour: off}
          - chat: 120363000000000001@g.us
            rate_limits: {messages_per_second: 1}
          - role: campaign
            category: authentication
            quiet: {times: []}
        """

    private func terms(_ change: (inout SendRequest) -> Void) throws -> Policy {
        var request = SendRequest()
        request.text = "hello"
        change(&request)
        return try Policy.parse(Self.text).effective(for: PreparedRequest(request))
    }

    @Test func `says what holds where no scope does`() throws {
        let policy = try terms { $0.role = "other" }
        #expect(policy.rateLimits.messagesPerMinute == 10)
        #expect(policy.pacing == nil && policy.quiet.times.count == 1)
    }

    @Test func `replaces the keys of a scope, and no others`() throws {
        let policy = try terms { $0.role = "campaign" }
        #expect(policy.rateLimits.messagesPerMinute == 4)
        #expect(policy.rateLimits.messagesPerHour == 100)
        #expect(policy.pacing?.floor == .seconds(12))
        let group = try terms { $0.chat = "120363000000000001@g.us" }
        #expect(group.rateLimits.messagesPerSecond == 1)
        #expect(group.rateLimits.messagesPerMinute == 10)
    }

    @Test func `lets the later of two scopes win, and turns rules off`() throws {
        let policy = try terms {
            $0.role = "campaign"
            $0.account = "+27000000001"
        }
        #expect(policy.rateLimits.messagesPerMinute == 2)
        #expect(policy.rateLimits.messagesPerHour == nil)
        #expect(policy.pacing?.floor == .seconds(12))
    }

    @Test func `holds a scope of two names only where both are`() throws {
        #expect(try terms { $0.category = "authentication" }.quiet.times.count == 1)
        let both = try terms {
            $0.role = "campaign"
            $0.category = "authentication"
        }
        #expect(both.quiet.times.isEmpty && both.rateLimits.messagesPerMinute == 4)
    }

    @Test(arguments: [
        (
            "[{rate_limits: {messages_per_day: 1}}]",
            "scopes[1] names no account, chat, role or category that it holds for"
        ),
        ("[{role: x}]", "scopes[1] holds no key that differs"),
        ("[{role: x, name: y}]", "scopes[1]: name has no place in a scope"),
        ("[{role: x, extends: y}]", "scopes[1]: extends has no place in a scope"),
        (
            "[{chat: 2782@s.whatsapp.net, zone: Africa/Harare}]",
            "scopes[1].chat takes a group, whose name ends with @g.us, @broadcast or @newsletter, not 2782@s.whatsapp.net: who a direct chat is with may be sealed in the record"
        ),
        (
            "[{category: spam, zone: Africa/Harare}]",
            "scopes[1].category takes utility or marketing or authentication or service, not spam"
        ),
        (
            "[{role: x, rate_limits: {messages_per_dai: 1}}]",
            "scopes[1]: rate_limits.messages_per_dai is no key of a policy; did you mean messages_per_day?"
        ),
        (
            "{role: x}",
            "scopes takes a list of sections, each with the account, chat, role or category that it holds for, not a section with keys of its own"
        ),
    ])
    func `refuses what cannot be a scope`(value: String, answer: String) {
        let error = #expect(throws: PolicyError.self) { try Policy.parse("scopes: \(value)") }
        #expect(error?.message == answer)
    }

    @Test func `refuses scopes that make too many policies`() {
        let lines =
            (0..<17).map { "  - {account: a\($0), zone: Africa/Harare}\n" }
            + (0..<17).map { "  - {role: r\($0), zone: Africa/Harare}\n" }
        let error = #expect(throws: PolicyError.self) {
            try Policy.parse("scopes:\n" + lines.joined())
        }
        #expect(error?.message.contains("more than 256 policies") == true)
    }
}
