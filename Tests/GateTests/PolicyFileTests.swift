import Assets
import Events
import Gate
import Testing

@Suite struct `A policy file` {
    private static let presets = [
        "base": "name: base\nrate_limits: {messages_per_day: 9, messages_per_hour: 3}\n",
        "middle": "extends: base\nrate_limits: {messages_per_hour: 4}\nconsent: {required: true}\n",
        "one": "extends: two\n", "two": "extends: three\n", "three": "extends: one\n",
        "broken": "rate_limits: {messages_per_day: many}\n",
    ]

    private func read(_ text: String) throws(PolicyError) -> PolicyFile {
        let source = PolicySource(
            preset: { Self.presets[$0] },
            variable: { ["LIMIT": "12", "EMPTY": "", "WORD": "many"][$0] })
        return try PolicyFile(text.utf8Span.span, source: source)
    }

    @Test func `begins with its preset, and that with another`() throws {
        let file = try read("extends: middle\nrate_limits: {messages_per_minute: 1}\n")
        let limits = file.policy.rateLimits
        #expect(limits.messagesPerDay == 9 && limits.messagesPerHour == 4)
        #expect(limits.messagesPerMinute == 1 && file.policy.consent.isRequired)
        #expect(file.policy.name == nil, "a preset's name is not that of what begins with it")
    }

    @Test func `turns off what its preset turns on`() throws {
        let file = try read("extends: base\nrate_limits: {messages_per_day: off}\n")
        #expect(file.policy.rateLimits.messagesPerDay == nil)
        #expect(file.policy.rateLimits.messagesPerHour == 3)
    }

    @Test func `is recorded with presets and variables put in`() throws {
        let file = try read(
            "extends: base\nrate_limits:\n  messages_per_minute: ${LIMIT}\n"
                + "scopes:\n  - {role: x, people: {chain: \"${NONE:-7}\"}}\n")
        #expect(!file.text.contains("extends") && !file.text.contains("${"))
        #expect(try Policy.parse(file.text) == file.policy)
        #expect(file.policy.rateLimits.messagesPerMinute == 12)
        #expect(file.text.contains("chain: 7"))
    }

    @Test func `is recorded as it stands where it names neither`() throws {
        let text = "# why\nrate_limits: {messages_per_day: 5}\n"
        #expect(try read(text).text == text)
    }

    @Test(arguments: [
        ("${LIMIT}", 12), ("${NONE:-5}", 5), ("${EMPTY:-5}", 5), ("\"${LIMIT}\"", 12),
    ])
    func `takes a number from the environment`(value: String, number: Int) throws {
        let file = try read("rate_limits:\n  messages_per_day: \(value)\n")
        #expect(file.policy.rateLimits.messagesPerDay == number)
    }

    @Test(arguments: [
        (
            "extends: one",
            "line 1: extends runs in a circle: one extends two extends three extends one"
        ),
        (
            "extends: none",
            "line 1: extends names none, which is no preset; see 'ledger policy presets'"
        ),
        (
            "name: x\nextends: broken",
            "line 2: extends names broken, whose line 1: rate_limits.messages_per_day takes a "
                + "whole number from 1 to 1000000000000, and this is none"
        ),
        (
            "rate_limits:\n  messages_per_day: ${NONE}",
            "line 2: rate_limits.messages_per_day names the variable NONE, which is not set; it "
                + "may name a number for that case as ${NONE:-5}"
        ),
        (
            "rate_limits:\n  messages_per_day: ${WORD}",
            "line 2: rate_limits.messages_per_day takes a whole number from 1 to 1000000000000, "
                + "and this is none (WORD is many)"
        ),
        (
            "rate_limits:\n  messages_per_day: 1${LIMIT}",
            "line 2: rate_limits.messages_per_day takes a whole number from 1 to 1000000000000, "
                + "and this is none"
        ),
    ])
    func `refuses circles, strangers and variables that are not set`(text: String, answer: String) {
        let error = #expect(throws: PolicyError.self) { try read(text) }
        #expect(error?.description == answer)
    }

    @Test(arguments: Assets.presets)
    func `may begin with each preset that is shipped`(name: String) throws {
        let source = PolicySource(preset: { Assets.preset($0) }, variable: { _ in nil })
        let text = try #require(Assets.preset(name))
        let file = try PolicyFile("extends: \(name)".utf8Span.span, source: source)
        var policy = try Policy.parse(text)
        policy.name = nil
        #expect(file.policy == policy)
        #expect(try Policy.parse(file.text) == policy)
    }
}
