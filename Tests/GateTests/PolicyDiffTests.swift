import Gate
import Testing

@Suite struct `The difference of two policies` {
    private func changes(_ old: String, _ new: String) throws -> [String] {
        try Policy.parse(old).changes(to: Policy.parse(new)).map { change in
            "\(change.path) \(change.old ?? "off") \(change.new ?? "off") \(change.unit) "
                + "\(change.direction?.rawValue ?? "-")"
        }
    }

    @Test(arguments: [
        ("messages_per_day: 5", "messages_per_day: 6", "messages_per_day 5 6 messages looser"),
        ("messages_per_day: 5", "messages_per_day: 4", "messages_per_day 5 4 messages stricter"),
        (
            "messages_per_day: off", "messages_per_day: 4",
            "messages_per_day off 4 messages stricter"
        ),
        ("messages_per_day: 5", "messages_per_day: off", "messages_per_day 5 off messages looser"),
        ("minimum_spacing: 1.5", "minimum_spacing: 2", "minimum_spacing 1.5 2 seconds stricter"),
        ("minimum_spacing: 2", "minimum_spacing: off", "minimum_spacing 2 off seconds looser"),
    ])
    func `says which lets less through`(old: String, new: String, answer: String) throws {
        #expect(
            try changes("rate_limits: {\(old)}", "rate_limits: {\(new)}") == [
                "rate_limits.\(answer)"
            ])
    }

    @Test func `names every key that differs, in the order of the table`() throws {
        let changed = try changes(
            "name: a\nconsent: {required: true}\ncritical: {replies_within: 60}\n",
            "name: a\npacing: {floor: 10}\nlimits: {pair: {messages_per_hour: 3}}\n"
                + "critical: {trust_callers: false}\nreservations: {lease: 60}\n")
        #expect(
            changed == [
                "limits.pair.messages_per_hour off 3 messages stricter",
                "reservations.lease 30 60 seconds -", "consent.required true false flag looser",
                "pacing.jitter off 0 seconds -", "pacing.floor off 10 seconds stricter",
                "pacing.per_500_characters off 0 seconds stricter",
                "pacing.length_max off 5 seconds stricter",
                "pacing.chance_per_10000 off 0 per 10,000 -", "pacing.idle off 3600 seconds -",
                "critical.trust_callers true false flag stricter",
                "critical.replies_within 60 off seconds stricter",
            ])
    }

    @Test func `is nothing between equal policies`() throws {
        #expect(try changes("zone: UTC", "zone: \"UTC\"").isEmpty)
    }
}
