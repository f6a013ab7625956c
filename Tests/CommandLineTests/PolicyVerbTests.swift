import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs of policies` {
    private let who = ["--by", "ann", "--why", "test"]

    @Test func `list the presets, and print one that can be checked and applied`() async throws {
        try await EndToEnd.withPlace { place in
            let listed = try place.run("policy", "presets", "--json").json[0]
            guard case .array(let presets) = listed else {
                Issue.record("no list")
                return
            }
            #expect(presets.count == 5)
            for preset in presets {
                let name = try #require(preset["name"]?.text)
                #expect(preset["summary"]?.text?.isEmpty == false)
                let text = try place.run("policy", "presets", name).out
                let file = try place.file("\(name).yaml", text)
                #expect(try place.run("policy", "check", file).out.hasPrefix("name: \"\(name)\""))
                _ = try place.run(
                    "policy", "apply", "preset:\(name)", "--by", "ann", "--why", "test")
                #expect(try place.run("policy", "show", "--json").json[0]["text"]?.text == text)
            }
            let wrong = try EndToEnd.run(["policy", "presets", "quizbot"])
            #expect(wrong.code == 1 && wrong.err.contains("campaign-warmup"), "\(wrong.err)")
        }
    }

    @Test func `record a policy with its preset and variables put in`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.file("house.yaml", "extends: qa-feedback\nzone: Africa/Johannesburg\n")
            let text = "extends: house.yaml\nrate_limits:\n  messages_per_day: ${POLICY_DAY:-60}\n"
            let file = try place.file("policy.yaml", text)
            _ = try place.run(
                "policy", "apply", file, "--by", "ann", "--why", "test")
            let shown = try place.run("policy", "show", "--json").json[0]
            #expect(shown["settings"]?["rate_limits.messages_per_day"]?.integer == 60)
            #expect(shown["settings"]?["rate_limits.messages_per_hour"]?.integer == 20)
            #expect(shown["settings"]?["zone"]?.text == "Africa/Johannesburg")
            #expect(shown["text"]?.text?.contains("extends") == false)
            #expect(shown["text"]?.text?.contains("${") == false)
            let checked = try place.run("policy", "check", file, "--json").json[0]
            #expect(checked["hash"] == shown["hash"])
        }
    }

    @Test func `refuse presets in a circle and variables that are not set`() async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("a.yaml", "extends: b.yaml\n")
            _ = try place.file("b.yaml", "extends: a.yaml\n")
            let unset = try place.file(
                "c.yaml", "rate_limits:\n  messages_per_day: ${NO_SUCH_NUMBER}\n")
            for (path, answer) in [
                (file, "b.yaml extends a.yaml extends b.yaml"), (unset, "NO_SUCH_NUMBER"),
            ] {
                let result = try EndToEnd.run(
                    ["--ledger", place.ledger, "policy", "apply", path] + who)
                #expect(result.code == 1 && result.err.contains(answer), "\(result.err)")
            }
            #expect(try place.count() == 0)
        }
    }

    @Test func `find what a policy cannot mean, and apply none of it`() async throws {
        try await EndToEnd.withPlace { place in
            let text = "rate_limits:\n  messages_per_minute: 9\n  messages_per_hour: 5\n"
            let file = try place.file("policy.yaml", text)
            let checked = try EndToEnd.run(["policy", "check", file, "--json"])
            #expect(checked.code == 1)
            let finding = checked.json[0]["findings"]
            guard case .array(let findings) = finding, let first = findings.first else {
                Issue.record("no findings")
                return
            }
            #expect(first["level"]?.text == "error" && first["line"]?.integer == 2)
            #expect(first["key"]?.text == "rate_limits.messages_per_minute")
            let applied = try EndToEnd.run(
                ["--ledger", place.ledger, "policy", "apply", file] + who)
            #expect(applied.code == 1)
            #expect(applied.err.contains("can never be reached"), "\(applied.err)")
            #expect(try place.count() == 0)
            let warned = try place.file("warned.yaml", "platform: {throughput: 90}\n")
            #expect(try place.run("policy", "check", warned).out.hasPrefix("# line 1: warning: "))
        }
    }

    @Test func `show what changes between files, presets and what was applied`() async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("policy.yaml", EndToEnd.policy)
            _ = try place.run(
                "policy", "apply", file, "--by", "ann", "--why", "test")
            let same = try place.run("policy", "diff", "active", file)
            #expect(same.out == "both say the same\n")
            let next = try place.file(
                "next.yaml", EndToEnd.policy + "people: {messages_per_day: 5}\n")
            let line = "people.messages_per_day: off -> 5 messages  (stricter)\n"
            #expect(try place.run("policy", "diff", "@0", next).out == line)
            let json = try place.run("policy", "diff", file, "preset:qa-feedback", "--json").json[0]
            guard case .array(let changes) = json["changes"] else {
                Issue.record("no changes")
                return
            }
            let batch = try #require(changes.first { $0["key"]?.text == "queue.batch" })
            #expect(batch["old"]?.isNull == true && batch["new"]?.integer == 3)
            let wrong = try EndToEnd.run(["--ledger", place.ledger, "policy", "diff", "@7", file])
            #expect(wrong.code == 1 && wrong.err.contains("no event at @7"), "\(wrong.err)")
        }
    }

    @Test(.enabled(if: python != nil, "needs Python's jsonschema: set LEDGER_PYTHON"))
    func `read what fits the schema, and what does not fit is refused`() async throws {
        try await EndToEnd.withPlace { place in
            for (index, name) in ["qa-feedback", "quiz-bot", "campaign-warmup"].enumerated() {
                let checked = try place.run("policy", "check", "preset:\(name)", "--json")
                _ = try place.file("\(index).json", checked.out)
            }
            let script = """
                import json, sys, jsonschema
                rules = json.load(open(sys.argv[2]))
                jsonschema.Draft202012Validator.check_schema(rules)
                check = jsonschema.Draft202012Validator(rules)
                for index in range(3):
                    policy = {}
                    settings = json.load(open(f"{sys.argv[1]}/{index}.json"))["settings"]
                    for path, value in settings.items():
                        *sections, name = path.split(".")
                        if value is None:
                            continue
                        place = policy
                        for section in sections:
                            place = place.setdefault(section, {})
                        place[name] = value
                    check.validate(policy)
                    for name, value in [("lease", 0), ("lease", "30"), ("leese", 30)]:
                        assert not check.is_valid(policy | {"reservations": {name: value}})
                print("valid")
                """
            let file = try place.file("check.py", script)
            let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
            let schema = "/\(folder)/schemas/policy.v1.json"
            let check = shell("'\(python ?? "")' '\(file)' '\(place.folder)' '\(schema)'")
            #expect(check == "valid\n")
        }
    }
}
