import Events
import Storage
import TestSupport
import Testing

private let phone = "+27821234567"
private let lid = "2233445566@lid"

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs of links` {
    private let why = ["--by", "ann", "--why", "asked"]

    /// A person with two aliases, one of which opted out of marketing, and another person.
    private func withTwo(_ body: (EndToEnd.Place) async throws -> Void) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let names = [phone, lid, "+27829999999"]
            let lines =
                names.enumerated().map { index, name in
                    EndToEnd.event(
                        "\(index)", time: "2025-10-01T09:00:00Z",
                        data: "\"person\":\"\(name)\",\"text\":\"hello\"")
                } + [
                    EndToEnd.event(
                        "3", type: "consent.withdrawn", time: "2025-10-01T09:01:00Z",
                        data:
                            "\"person\":\"\(lid)\",\"category\":\"marketing\",\"evidence\":\"STOP\""
                    )
                ]
            let file = try place.file("lines", lines.joined(separator: "\n"))
            #expect(try place.run("append", file).code == 0)
            let policy = try place.file("policy.yaml", "name: test\n")
            _ = try place.run(["policy", "apply", policy] + why)
            try await body(place)
        }
    }

    @Test func `link, once, and take it back, once`() async throws {
        try await withTwo { place in
            let linked = try place.run(["person", "link", phone, lid] + why)
            #expect(linked.out == "linked \(phone) and \(lid) (position 5)\n", "\(linked.err)")
            let again = try place.run(
                ["person", "link", lid, "whatsapp:\(phone)", "--json"] + why)
            #expect(again.code == 0)
            #expect(again.json.first?["position"]?.integer == 5)
            #expect(again.json.first?["duplicate"]?.flag == true)
            #expect(try place.count() == 6)
            let parted = try place.run(["person", "unlink", lid, phone, "--json"] + why)
            #expect(parted.json.first?["type"]?.text == "identity.unlinked")
            #expect(parted.json.first?["duplicate"]?.flag == false)
            let twice = try place.run(["person", "unlink", phone, lid] + why)
            #expect(twice.code == 0)
            #expect(twice.out.contains("were parted already (position 6)"), "\(twice.out)")
            #expect(try place.count() == 7)
        }
    }

    @Test func `refuse what says nothing, each with a sentence`() async throws {
        try await withTwo { place in
            let third = "+27829999999"
            _ = try place.run(["person", "link", phone, lid] + why)
            _ = try place.run(["person", "link", lid, third] + why)
            let cases: [([String], Int32, String)] = [
                (["link", phone, "+27820000000"] + why, 1, "nobody with the alias +27820000000"),
                (["link", phone, "27821234567@c.us"] + why, 1, "lead to one person as it is"),
                (["unlink", phone, "27821234567@c.us"] + why, 1, "nothing joins them"),
                (["unlink", phone, third] + why, 1, "through other links, such as with \(lid)"),
                (["link", phone, third], 64, "needs --by NAME and --why REASON"),
                (["link", phone, third, "--by", "a", "--why", "has 27821234567"], 64, "leave the"),
            ]
            let count = try place.count()
            for (words, code, sentence) in cases {
                let result = try place.run(["person"] + words)
                #expect(result.code == code, "\(words)")
                #expect(result.err.contains(sentence), "\(result.err)")
                #expect(result.out.isEmpty)
            }
            #expect(try place.count() == count)
            _ = try place.run(["person", "unlink", lid, third] + why)
            let apart = try place.run(["person", "unlink", phone, third] + why)
            #expect(apart.code == 1)
            #expect(apart.err.contains("are not linked"), "\(apart.err)")
        }
    }

    @Test func `show on the page whom and what is decided by`() async throws {
        try await withTwo { place in
            _ = try place.run(["person", "link", phone, lid] + why)
            let shown = try place.run("person", "show", phone)
            for text in [
                "\(lid), since 2025-10-01 09:01:00 (position 5): by hand, by ann.",
                "Consent of all, the strictest: marketing: withdrawn.",
                "DR1854951 at 2025-10-01 09:00:00 (position 0)", "Aliases: \(phone).",
            ] {
                #expect(shown.out.contains(text), "\(text)\n\(shown.out)")
            }
            let json = try #require(try place.run("person", "show", lid, "--json").json.first)
            let linked = json["linked"]?.elements.first
            #expect(linked?["alias"]?.text == phone)
            #expect(linked?["by"]?.text == "ann")
            #expect(json["consent_together"]?["marketing"]?.text == "withdrawn")
            #expect(json["consent_history"]?.elements.first?["evidence"]?.text == "STOP")
            #expect(json["posted"]?.elements.first?["subject"]?.text == "DR1854951")
            let erase = try place.run("erase", phone, "--dry-run")
            #expect(erase.out.contains("\(lid), and stays as it is"), "\(erase.out)")
            let both = try place.run("erase", phone, "--linked", "--dry-run", "--json")
            let others = both.json.first?["linked"]?.elements
            #expect(others?.first?["erased"]?.flag == true)
            #expect(try place.count() == 6)
        }
    }

    @Test func `change decisions that come out again, with and without the link`() async throws {
        try await withTwo { place in
            func ask(_ key: String) throws -> (code: Int32, position: Int64) {
                let asked = try place.run(
                    "ask",
                    "{\"key\":\"\(key)\",\"account\":\"a\",\"person\":\"\(phone)\","
                        + "\"category\":\"marketing\",\"text\":\"hi\"}", "--json")
                return (asked.code, asked.json.first?["position"]?.integer ?? -1)
            }
            #expect(try ask("1").code == 0)
            _ = try place.run(["person", "link", phone, lid] + why)
            let refused = try ask("2")
            #expect(refused.code == 77)
            let told = try place.run("why", "\(refused.position)", "--json")
            #expect(told.json.first?["rederived"]?.text == "equal")
            let consent = told.json.first?["rules"]?.elements.first {
                $0["rule"]?.text == "consent"
            }
            #expect(consent?["positions"]?.elements.first?.integer == 3)
            _ = try place.run(["person", "unlink", phone, lid] + why)
            let last = try place.run("events", "--person", phone)
            #expect(last.lines.count == 5, "\(last.out)")
            let replay = try place.run("replay", "--from", "@0")
            #expect(replay.code == 0, "\(replay.out)\(replay.err)")
            #expect(try place.run("verify").code == 0)
        }
    }
}

extension EndToEnd.Place {
    /// Runs a verb on the ledger.
    fileprivate func run(_ words: [String]) throws -> Finished {
        try EndToEnd.run(["--ledger", ledger] + words)
    }
}
