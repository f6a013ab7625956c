import Events
import Glibc
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `What a person says of consent` {
    static func said(_ text: String, _ id: Int, person: String = "+27820000001") -> String {
        "{\"specversion\":\"1.0\",\"id\":\"m\(id)\",\"source\":\"webhook\","
            + "\"type\":\"message.received\",\"data\":{\"account\":\"+27000000001\","
            + "\"person\":\"\(person)\",\"message\":\"wamid.\(id)\",\"text\":\"\(text)\"}}\n"
    }

    static let policy = """
        rate_limits: {messages_per_hour: 100}
        consent:
          business: Fibre Works
          resubscribe: Reply START.
          role: answers
          texts: {opt_out_confirmation: "{business}: out. {resubscribe}"}

        """

    @Test func `is answered once by the role that claims it, and told by the verbs`() async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("policy.yaml", Self.policy)
            #expect(try place.run("policy", "check", file).code == 0)
            #expect(try place.run("policy", "apply", file, "--by", "ann", "--why", "x").code == 0)
            let added = try place.run(
                "append", "-", input: Self.said("Stop!", 1) + Self.said("stop", 2))
            #expect(added.json.map { $0["position"]?.integer } == [1, 4])
            let claimed = try place.run("claim", "--role", "answers", "--max", "9")
            #expect(claimed.out.contains("Fibre Works: out. Reply START."), "\(claimed)")
            let told = try place.run("person", "consent", "+27820000001", "--json")
            #expect(told.code == 0, "\(told.err)")
            #expect(told.json[0]["standing"]?["all"]?.text == "withdrawn")
            let events = told.json[0]["events"]?.elements ?? []
            #expect(events.count == 3)
            #expect(events[0]["evidence"]?["rule"]?.text == "opt_out")
            let page = try place.run("person", "consent", "+27820000001")
            #expect(page.out.contains("consent, all: withdrawn"), "\(page.out)")
            let receipt = try place.run("person", "consent", "+27820000001", "--receipt")
            #expect(
                receipt.json[0]["piiControllers"]?.elements[0]["piiController"]?.text
                    == "Fibre Works")
            let view = try place.run("compliance", "--json")
            #expect(view.json[0]["days"]?.elements[0]["opt_outs"]?.integer == 1)
            #expect(try place.run("compliance").out.contains("no red flags"))
            #expect(try place.run("compliance", "--from", "1h", "--to", "2h").code == 64)
            #expect(try place.run("person", "consent", "+27829999999").code == 1)
        }
    }

    @Test(arguments: 0..<6)
    func `is never parted from what it means by a process that dies`(_ turn: Int) async throws {
        try await EndToEnd.withPlace { place in
            let process = try place.start("append", "-")
            var input = ""
            for number in 0..<4_000 {
                input += Self.said("stop", number, person: "+2782\(1_000_000 + number % 50)")
            }
            process.writeAside(input)
            _ = process.waitForLines(1 + turn * 150)
            process.signal(SIGKILL)
            _ = process.finish()
            let events = try place.run("events", "--json").json
            let types = events.map { $0["type"]?.text ?? "" }
            #expect(!types.isEmpty)
            for (index, type) in types.enumerated() where type == "message.received" {
                #expect(index + 1 < types.count && types[index + 1] == "consent.withdrawn")
            }
            #expect(types.count % 2 == 0)
        }
    }
}
