import Events
import Gate
import TestSupport
import Testing

@Suite struct `Every policy` {
    @Test func `reads back what it shows, whatever it says`() throws {
        for seed in UInt64(0)..<300 {
            var random = RandomPolicy(seed: seed)
            let text = random.text()
            let policy = try Policy.parse(text)
            let shown = policy.render()
            #expect(try Policy.parse(shown) == policy, "seed \(seed):\n\(text)\n\(shown)")
            #expect(try Policy.parse(shown).render() == shown, "seed \(seed)")
        }
    }

    @Test func `holds each key that the table names`() throws {
        var random = RandomPolicy(seed: 1)
        for key in PolicyKey.all where key.path != "extends" {
            let example = random.value(of: key)
            let value = try #require(example, "\(key.path) has no example")
            let policy = try Policy.parse(`A policy`.file(key.path, value))
            let setting = try #require(policy.settings.first { $0.path == key.path })
            #expect(setting.value != nil, "\(key.path): \(value)")
        }
    }
}

/// Policies made by chance from the table of keys.
struct RandomPolicy {
    private var events: RandomEvents

    init(seed: UInt64) { events = RandomEvents(seed: seed) }

    /// A file in which each key stands with a chance of one in three.
    mutating func text() -> String {
        var text = sections(without: ["extends", "scopes"], odds: 3, indent: "")
        if events.isOne(in: 2) {
            text += "scopes:\n"
            for _ in 0...events.below(4) { text += scope() }
        }
        return text.isEmpty ? "name: nothing\n" : text
    }

    private mutating func scope() -> String {
        let selectors = [
            "account: \"+27\(events.below(3))\"", "chat: \"\(events.below(3))@g.us\"",
            "role: \"role \(events.below(2))\"", "category: marketing",
        ]
        var text = "  - \(selectors[events.below(4)])\n"
        text += sections(
            without: ["extends", "scopes", "name", "accounts"], odds: 12, indent: "    ")
        return text + "    limits: {person: {messages_per_day: off}}\n"
    }

    private mutating func sections(without: [String], odds: Int, indent: String) -> String {
        var text = ""
        var open: [String] = []
        for key in PolicyKey.all where !without.contains(key.path) && events.isOne(in: odds) {
            let isWhole = ["limits.", "ingest.", "subjects.", "clock."].contains {
                key.path.hasPrefix($0)
            }
            if odds > 3, isWhole { continue }
            guard let value = value(of: key) else { continue }
            let names = key.path.split(separator: ".").map(String.init)
            for depth in 0..<names.count - 1
            where Array(open.prefix(depth + 1)) != Array(names[0...depth]) {
                text += indent + String(repeating: "  ", count: depth) + "\(names[depth]):\n"
                open = Array(names[0...depth])
            }
            open = Array(names.dropLast())
            text +=
                indent + String(repeating: "  ", count: names.count - 1)
                + "\(names[names.count - 1]): \(value)\n"
        }
        return text
    }

    /// A value of a key as YAML, or nil for a key that is not known here.
    mutating func value(of key: PolicyKey) -> String? {
        if let range = key.range {
            return String(
                Int64(events.below(Int(range.upperBound - range.lowerBound + 1))) + range.lowerBound
            )
        }
        switch key.path {
        case "name": return "\"name \(events.below(100)) \\u001b \\\" é\""
        case "zone", "quiet.zone": return "Africa/Harare"
        case "people.region": return "ZA"
        case "accounts":
            return "{\"+27110000001\": [\"10000000000000\(events.below(9))\", shop], "
                + "\"x y\": []}"
        case "instances.second": return events.isOne(in: 2) ? "refuse" : "fence"
        case "templates.promotional_words": return "[sale, \"50% off\"]"
        case "queue.merged_text": return "\"{count} messages:\\n{texts}\""
        case "pacing.typing", "pacing.chance_pause": return "[\(events.below(9)).25, 9.5]"
        case "quiet.times": return quietTimes()
        case "pacing.phases":
            return "[{up_to: \(1 + events.below(99)), delay: [1, 2]}, {delay: [1.5, 3]}]"
        case "pacing.pauses": return "[{after: \(1 + events.below(99)), pause: [60, 120]}]"
        case "breaker.codes":
            return "{131056: {closes: pair, lasts: 4, grows: true}, blocked: {closes: account, "
                + "manual: true, after: \(1 + events.below(5))}, 33: {closes: none}}"
        case "critical.kinds":
            return "{payment: [pay, \"credit*\"], exams: [exam \(events.below(9))]}"
        case "ingest.chats":
            return "[\"1203630000000000\(events.below(90))@g.us\", \"+27820000001\"]"
        case "subjects.patterns":
            return "[\"DR\\\\d{\(1 + events.below(9))}\", \"[A-Z]{2}-\\\\d+\"]"
        case "scopes": return "[{role: x, consent: {required: true}}]"
        case "consent.texts.request": return "\"{business}: YES\\nor NO?\""
        case let path where path.hasPrefix("consent.words."): return "[hou op, \"é\"]"
        case let path where path.hasPrefix("consent.texts."): return "\"{business} \\\"x\\\"\""
        case "consent.satisfaction.question": return "How was it?"
        case "consent.satisfaction.answers": return "[good, \"5\"]"
        case let path where path.hasPrefix("consent.") && key.unit == "text": return "some text"
        default: return key.unit == "flag" ? (events.isOne(in: 2) ? "true" : "false") : nil
        }
    }

    private mutating func quietTimes() -> String {
        let times = [
            "{preset: night}", "{preset: south-africa-direct-marketing}",
            "{preset: night, categories: [marketing, utility]}",
            "{from: \"0\(events.below(9)):30\", to: \"12:00\", days: [mon, sun]}",
            "{from: \"20:00\", to: \"24:00\", days: [sat, holidays], holidays: ZA}",
        ]
        return "[\(times[events.below(5)]), \(times[events.below(5)])]"
    }
}
