import Events
import TestSupport
import Testing

/// Every view and every verb on one ledger of sealed records.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Everything that reads a sealed ledger` {
    /// What is read, with what it says that rests on sealed fields: names, texts, ids.
    private struct Reading {
        let words: [String]
        let says: [String]

        init(_ words: [String], _ says: [String]) {
            self.words = words
            self.says = says
        }
    }

    /// A row, or rows, of each view.
    private static func views(_ rich: RichLedger) -> [String: Reading] {
        let person = "\"person\":\""
        return [
            "subjects": Reading(["DR2"], [person + RichLedger.bob, "wamid.in2", "send.failed"]),
            "rates": Reading(["whatsapp:" + RichLedger.thandi], ["27820000001", "\"day\":1"]),
            "cooldowns": Reading(["DR9"], ["\"last_send\":\"2025-10-01T10:01:06"]),
            "persons": Reading(["27820000003@s.whatsapp.net"], ["\"all\":\"withdrawn\""]),
            "messages": Reading(["wamid.out1"], ["\"status\":\"delivered\"", RichLedger.ours]),
            "reservations": Reading(
                [rich.reservations[0] ?? ""], [person + RichLedger.thandiJID]),
            "errors": Reading([RichLedger.ours], ["131049"]),
            "quality": Reading([RichLedger.ours], ["\"sent\":1", "\"delivered\":1"]),
            "templates": Reading(["welcome"], ["\"uses\":2", "approved"]),
            "reviews": Reading(["business"], ["\"count\":1"]),
            "instances": Reading(["m1"], ["\"running\":true", "\"sends\":2"]),
            "control": Reading(["120363000000000009@g.us"], ["\"stopped\":"]),
            "ids": Reading(["own 1"], ["test/rich"]),
            "zones": Reading(["300"], ["\"first\":"]),
            "queue": Reading(["crier"], [person + RichLedger.bob, person + RichLedger.thandi]),
            "shadows": Reading(["strict"], ["\"stricter\":1"]),
            "sightings": Reading([RichLedger.thandi], [person + RichLedger.thandi, "export"]),
        ]
    }

    /// What each verb that reads says.
    private static func verbs(_ rich: RichLedger) -> [String: Reading] {
        let (folder, policies) = (rich.place.folder, rich.policies)
        let by = ["--by", "ann", "--why", "a test"]
        return [
            "events": Reading(
                ["--person", RichLedger.thandiJID],
                ["hello, my photo is there", "\"name\":\"Thandi\"", "we saw your photo"]),
            "why": Reading(
                [rich.reservations[0] ?? ""], ["we saw your photo", RichLedger.thandiJID]),
            "state": Reading(["persons", RichLedger.bob], ["\"inbound\":1"]),
            "replay": Reading(
                ["--from", "2025-10-01T10:00:00Z"],
                [
                    RichLedger.thandiJID, "\"person\":\"Bob\"", "\"different\":[]",
                    "\"subject\":\"DR9\"",
                ]),
            "rebuild": Reading([], ["\"differing\":0"]),
            "status": Reading([], ["\"development\":true", "120363000000000009@g.us"]),
            "policy show": Reading([], ["\"by\":\"ann\""]),
            "policy check": Reading([policies[0]], ["\"rate_limits.messages_per_day\":1000"]),
            "policy diff": Reading(policies, ["stricter"]),
            "policy presets": Reading([], ["quiz-bot"]),
            "policy simulate": Reading([policies[1], "--messages", "2"], ["\"sent\":2"]),
            "instances": Reading([], ["\"instance\":\"m1\""]),
            "checkpoint": Reading([], ["test.example/end"]),
            "verify": Reading([], ["\"faults\":[]"]),
            "vault status": Reading([], ["\"erased\":1"]),
            "vault recover": Reading([], []),
            "compliance": Reading(
                ["--from", "2025-10-01T00:00:00Z"], ["\"opt_outs\":"]),
            "person show": Reading(
                [RichLedger.thandi],
                ["\"Thandi\"", RichLedger.thandiJID, "yes please", RichLedger.bob]),
            "person consent": Reading(["27820000003@s.whatsapp.net"], ["\"words\":\"STOP\""]),
            "person export": Reading(
                [RichLedger.thandi, "-o", folder + "/thandi"], ["\"events\":"]),
            "export": Reading(
                ["--format", "ndjson", "--person", RichLedger.thandi],
                ["hello, my photo is there", "queued for Thandi"]),
            "backup": Reading([folder + "/copy"], ["\"keys\":true"]),
            "restore": Reading([folder + "/copy", folder + "/second"] + by, ["\"erasures\":1"]),
            "retain": Reading(["--months", "1", "--dry-run"], []),
            "doctor": Reading([], ["\"check\":\"erasures\""]),
        ]
    }

    /// Verbs that write, or that read no ledger: tested elsewhere.
    private static let others: Set<String> = [
        "init", "append", "import", "ask", "report", "queue", "claim", "policy apply",
        "policy shadow", "pause", "resume", "stop", "mode", "reset", "instances stop",
        "instances restart", "instances beat", "run", "vault rotate", "person link",
        "person unlink", "adopt", "erase", "bench", "help", "completion",
    ]

    @Test func `tells each view, with what is sealed`() async throws {
        let help = try EndToEnd.run(["state", "--help"]).lines
        let line = try #require(help.first { $0.hasPrefix("  VIEW ") })
        let views = line.dropFirst("  VIEW ".count).split { ", ".contains($0) }.map(String.init)
        try await EndToEnd.withPlace(development: true) { place in
            let rich = try RichLedger(in: place)
            let readings = Self.views(rich)
            #expect(Set(views) == Set(readings.keys))
            for (view, reading) in readings.sorted(by: { $0.key < $1.key }) {
                let all = try place.run("state", view, "--json")
                #expect(all.code == 0 && !all.lines.isEmpty, "\(view): \(all.err)")
                let words = ["--ledger", place.ledger, "state", view] + reading.words
                Self.expect(reading, try EndToEnd.run(words + ["--json"]), "state \(view)")
                #expect(try EndToEnd.run(words).code == 0, "state \(view)")
                #expect(!all.out.contains("a secret of mine"), "\(view) tells what was erased")
            }
        }
    }

    @Test func `is told by each verb, with what is sealed`() async throws {
        let help = try EndToEnd.run(["help"]).lines
        let rows = help.drop { $0 != "Commands:" }.dropFirst().prefix { $0.hasPrefix("  ") }
        let verbs = rows.map { row in
            let words = row.dropFirst(2).split(separator: " ", omittingEmptySubsequences: false)
            return words.prefix { !$0.isEmpty }.joined(separator: " ")
        }
        try await EndToEnd.withPlace(development: true) { place in
            let rich = try RichLedger(in: place)
            let readings = Self.verbs(rich)
            #expect(Set(verbs) == Self.others.union(readings.keys))
            // A copy is made before it is read, and what is signed before it is verified.
            let order = ["checkpoint", "backup", "restore"]
            let sorted = readings.keys.sorted {
                (order.firstIndex(of: $0) ?? 9, $0) < (order.firstIndex(of: $1) ?? 9, $1)
            }
            for verb in sorted {
                guard let reading = readings[verb] else { continue }
                let words = verb.split(separator: " ").map(String.init) + reading.words
                let done = try EndToEnd.run(["--ledger", place.ledger] + words + ["--json"])
                Self.expect(reading, done, verb)
                for line in done.lines {
                    #expect(throws: Never.self, "\(verb): \(line)") { try JSONValue.parse(line) }
                }
            }
        }
    }

    private static func expect(_ reading: Reading, _ done: Finished, _ name: String) {
        #expect(done.code == 0, "\(name): \(done.out.prefix(2_000))\(done.err)")
        for part in reading.says {
            #expect(done.out.contains(part), "\(name) lacks \(part): \(done.out.prefix(2_000))")
        }
        #expect(!done.out.contains("a secret of mine"), "\(name) tells what was erased")
    }
}
