import Events
import Gate
import Testing

@Suite struct `A policy` {
    /// The first policy that the ledger was asked to take.
    static let burst = """
        rate_limits:
          messages_per_minute: 2
          messages_per_hour: 20
          messages_per_day: 100
          cooldown_between_same_drop: 3600
          startup_grace_period: 300
        """

    @Test func `takes the limits after the burst as they stand`() throws {
        let policy = try Policy.parse(Self.burst)
        var expected = Policy()
        expected.rateLimits.messagesPerMinute = 2
        expected.rateLimits.messagesPerHour = 20
        expected.rateLimits.messagesPerDay = 100
        expected.rateLimits.cooldownBetweenSameDrop = .seconds(3_600)
        expected.rateLimits.startupGracePeriod = .seconds(300)
        #expect(policy == expected)
        #expect(policy.rateLimits.messagesPerSecond == nil)
        #expect(policy.duplicates.contentWindow == nil)
    }

    @Test func `takes every key`() throws {
        let policy = try Policy.parse(
            """
            name: "after the burst"
            rate_limits: {messages_per_second: 1, minimum_spacing: 1.25}
            duplicates:
              content_window: 600
            reservations:
              lease: 45
            """)
        #expect(policy.name == "after the burst")
        #expect(policy.rateLimits.messagesPerSecond == 1)
        #expect(policy.rateLimits.minimumSpacing == .milliseconds(1_250))
        #expect(policy.duplicates.contentWindow == .seconds(600))
        #expect(policy.reservations.lease == .seconds(45))
    }

    @Test func `leaves a reservation 30 seconds unless it says otherwise`() throws {
        #expect(try Policy.parse(Self.burst).reservations.lease == .seconds(30))
    }

    @Test func `is read from bytes as from text`() throws {
        #expect(try Policy.parse(Array(Self.burst.utf8).span) == Policy.parse(Self.burst))
    }

    @Test(arguments: [
        ("1", 1_000), ("0", 0), ("0.001", 1), ("12.5", 12_500), ("86400", 86_400_000),
        ("86400.000", 86_400_000), ("007", 7_000),
    ])
    func `holds spacing exactly to the millisecond`(text: String, milliseconds: Int64) throws {
        let policy = try Policy.parse("rate_limits:\n  minimum_spacing: \(text)")
        #expect(policy.rateLimits.minimumSpacing == .milliseconds(milliseconds))
    }

    @Test func `takes each number at both ends of its range`() throws {
        for key in PolicyKey.all {
            guard let range = key.range else { continue }
            for number in [range.lowerBound, range.upperBound] {
                let policy = try Policy.parse(Self.file(key.path, String(number)))
                let setting = try #require(policy.settings.first { $0.path == key.path })
                #expect(setting.value == String(number))
            }
            for number in [range.lowerBound - 1, range.upperBound + 1] {
                #expect(throws: PolicyError.self, "\(key.path)") {
                    try Policy.parse(Self.file(key.path, String(number)))
                }
            }
        }
    }

    @Test func `shows the keys in force, and names the sections of which it says nothing`() throws {
        var policy = try Policy.parse(Self.burst)
        policy.rateLimits.minimumSpacing = .milliseconds(1_500)
        #expect(
            policy.render() == """
                rate_limits:
                #   messages_per_second: off
                  messages_per_minute: 2  # messages
                  messages_per_hour: 20  # messages
                  messages_per_day: 100  # messages
                  cooldown_between_same_drop: 3600  # seconds
                  startup_grace_period: 300  # seconds
                  minimum_spacing: 1.5  # seconds
                reservations:
                  lease: 30  # seconds
                subjects:
                  patterns: ["DR\\\\d{7}"]
                # says nothing of name, zone, accounts, limits, people, duplicates, backlog, instances, \
                platform, consent, templates, quiet, pacing, breaker, critical, quality, queue, \
                ingest, clock, scopes

                """)
    }

    @Test(arguments: ["plain", "quotes \" and \\", "line\nbreak \u{1B}[31m", "☺ 漢字 é", "\u{202E}x"])
    func `reads back what it shows`(name: String) throws {
        var policy = try Policy.parse(Self.burst)
        policy.name = name
        policy.rateLimits.minimumSpacing = .milliseconds(7)
        policy.duplicates.contentWindow = .seconds(0)
        let shown = policy.render()
        #expect(try Policy.parse(shown) == policy)
        #expect(!shown.unicodeScalars.contains("\u{1B}"))
        #expect(!shown.unicodeScalars.contains("\u{202E}"))
    }

    @Test func `says which values are defaults`() throws {
        let settings = try Policy.parse("rate_limits: {messages_per_day: 9}").settings
        #expect(settings.map(\.path) == PolicyKey.all.map(\.path))
        let day = try #require(settings.first { $0.path == "rate_limits.messages_per_day" })
        #expect(day.value == "9" && !day.isDefault && day.unit == "messages")
        let lease = try #require(settings.first { $0.path == "reservations.lease" })
        #expect(lease.value == "30" && lease.isDefault && lease.unit == "seconds")
    }

    /// A policy file of one key.
    static func file(_ path: String, _ value: String) -> String {
        var text = ""
        for (depth, name) in path.split(separator: ".").enumerated() {
            text += (depth == 0 ? "" : "\n") + String(repeating: "  ", count: depth) + "\(name):"
        }
        return "\(text) \(value)"
    }
}
