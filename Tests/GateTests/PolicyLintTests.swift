import Assets
import Gate
import Glibc
import Testing

@Suite struct `The linter of policies` {
    static let source = PolicySource(preset: { Assets.preset($0) }, variable: { _ in nil })

    static func findings(_ text: String) -> [String] {
        PolicyLint.check(text.utf8Span.span, source: source, knowsZone: { $0 != "Moon/Base" })
            .findings.map(\.description)
    }

    @Test(arguments: Assets.presets)
    func `finds nothing in a preset`(name: String) throws {
        let text = try #require(Assets.preset(name))
        #expect(Self.findings(text) == [])
        #expect(Self.findings("extends: \(name)\n") == [])
        #expect(try PolicyFile(text.utf8Span.span, source: .none).policy.name == name)
    }

    @Test(arguments: try contradictions())
    func `finds what a plan contradicted`(file: String) throws {
        let text = try Self.text(Self.folder + file)
        let expected = text.split(separator: "\n").compactMap { line in
            line.hasPrefix("# Finding: ") ? String(line.dropFirst("# Finding: ".count)) : nil
        }
        #expect(expected.contains { $0.contains("error: ") }, "\(file) names no error")
        #expect(Self.findings(text) == expected, "\(file)")
    }

    @Test(arguments: [
        (
            "rate_limits: {messages_per_minute: 20, messages_per_hour: 10}",
            "error: rate_limits.messages_per_minute can never be reached: messages_per_hour stops "
                + "at 10 before 20"
        ),
        (
            "limits: {chat: {messages_per_second: 1, messages_per_minute: 100}}",
            "warning: limits.chat.messages_per_minute can never be reached: 1 in "
                + "messages_per_second are at most 60, not 100"
        ),
        (
            "rate_limits: {messages_per_minute: 30, minimum_spacing: 3}",
            "error: rate_limits.messages_per_minute can never be reached: a minimum_spacing of 3 s "
                + "allows 20, not 30"
        ),
        (
            "rate_limits: {messages_per_day: 50000, minimum_spacing: 3}",
            "error: rate_limits.messages_per_day can never be reached: a minimum_spacing of 3 s "
                + "allows 28800, not 50000"
        ),
        (
            "platform: {pair_spacing: 6}\nlimits: {person: {messages_per_minute: 12}}",
            "error: limits.person.messages_per_minute is 12, above the pair rate: one message in "
                + "6 s and a burst of 1 are at most 11"
        ),
        (
            "platform: {throughput: 1001}",
            "error: platform.throughput is 1001; the platform takes at most 1000 in a second"
        ),
        (
            "platform: {throughput: 90}",
            "warning: platform.throughput is 90; a number takes 80 in a second until its "
                + "throughput is raised to 1000"
        ),
        (
            "platform: {pair_burst: 46, pair_spacing: 6}",
            "error: platform.pair_burst takes a whole number from 1 to 45, not 46"
        ),
        (
            "platform: {recipients_per_day: 100001}",
            "error: platform.recipients_per_day is 100001, above the platform's largest tier, "
                + "100000; an account without a limit leaves it out"
        ),
        (
            "platform: {recipients_per_day: 500}",
            "warning: platform.recipients_per_day is 500, which is no tier; they are 250, 1000, "
                + "2000, 10000, 100000"
        ),
        (
            "consent: {service_window: 172800}",
            "error: consent.service_window is 172800 s; the platform's window is 24 hours, 86400"
        ),
        (
            "rate_limits: {cooldown_between_same_drop: 60}\nreservations: {lease: 300}",
            "error: reservations.lease is 300 s, longer than "
                + "rate_limits.cooldown_between_same_drop, 60 s: the next message would be due "
                + "before the outcome of the one before it is known"
        ),
        (
            "zone: UTC\npacing: {phases: [{up_to: 80, delay: [20, 28]}, {up_to: 30, delay: "
                + "[25, 35]}, {delay: [22, 30]}]}",
            "error: pacing.phases can never come to phase 2: it ends at 30, and the one before it "
                + "at 80"
        ),
        (
            "zone: UTC\npacing: {phases: [{delay: [20, 28]}, {up_to: 30, delay: [25, 35]}]}",
            "error: pacing.phases can never come to phase 2: phase 1 has no up_to, so that it "
                + "never ends"
        ),
        (
            "zone: UTC\npacing: {phases: [{up_to: 30, delay: [25, 35]}]}",
            "error: pacing.phases say nothing of what comes after 30 messages: leave up_to out of "
                + "the last phase"
        ),
        (
            "pacing: {pauses: [{after: 40, pause: [1, 2]}, {after: 20, pause: [1, 2]}]}",
            "error: pacing.pauses can never come to the pause after 20: it stands behind the one "
                + "after 40"
        ),
        (
            "pacing: {floor: 60, phases: [{delay: [20, 28]}]}",
            "error: pacing.floor is 60 s, above every delay of phase 1, which ends at 28 s"
        ),
        (
            "pacing: {chance_per_10000: 1000}",
            "error: pacing.chance_per_10000 has no effect without pacing.chance_pause"
        ),
        (
            "quiet: {times: [{from: \"00:00\", to: \"24:00\", categories: [marketing]}]}",
            "error: quiet.times never end: no marketing could ever be sent"
        ),
        (
            "instances: {restart_silent: true, silent_after: 60}\n"
                + "rate_limits: {startup_grace_period: 300}",
            "error: instances.silent_after is 60 s, not longer than "
                + "rate_limits.startup_grace_period, 300 s: a child that waits for its grace to "
                + "end is restarted, and waits again"
        ),
        (
            "queue: {merge: true, merged_text: \"{count} messages\"}",
            "error: queue.merged_text lacks {texts}, so that what was to be said is lost"
        ),
        (
            "breaker: {codes: {33: {closes: none}}}",
            "error: breaker.codes have no effect without breaker.codes_check: true"
        ),
        (
            "quality: {halve_yellow: true, red_per_10000: 400}",
            "error: quality.halve_yellow is true, and no quality.yellow_per_10000 says from when "
                + "the estimate is YELLOW"
        ),
        (
            "zone: Moon/Base", "error: zone names Moon/Base, which is no time zone of this system"
        ),
    ])
    func `says in a sentence what cannot be meant`(text: String, answer: String) {
        let found = Self.findings(text)
        #expect(found.contains { $0.hasSuffix(answer) }, "\(found)")
    }

    @Test func `finds what a scope makes of the policy around it`() {
        let found = Self.findings(
            """
            rate_limits: {messages_per_hour: 100}
            scopes:
              - role: campaign
                consent: {required: true}
              - role: bulk
                rate_limits: {messages_per_minute: 200}
            """)
        #expect(
            found == [
                "line 5: error: scopes[2]: rate_limits.messages_per_minute can never be reached: "
                    + "messages_per_hour stops at 100 before 200"
            ])
    }

    @Test func `knows no line for what a preset says`() {
        let found = Self.findings("extends: quiz-bot\nplatform: {pair_burst: 1}\n")
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("error: people.minimum_spacing is 3 s, below") == true)
    }

    static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        + "/Fixtures/policies/contradictions/"

    /// The names of the files, in order.
    static func contradictions() throws -> [String] {
        let directory = try #require(opendir(folder))
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml") { names.append(name) }
        }
        return names.sorted()
    }

    private static func text(_ path: String) throws -> String {
        let file = try #require(fopen(path, "r"))
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeSubrange(fread(&bytes, 1, bytes.count, file)...)
        return String(decoding: bytes, as: UTF8.self)
    }
}
