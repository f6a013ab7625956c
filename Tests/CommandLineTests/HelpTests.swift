import Events
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The command line of the ledger` {
    private static let verbs = [
        "init", "append", "import", "events", "why", "ask", "report", "state", "rebuild", "status",
        "policy show", "policy check", "policy apply", "pause", "resume", "stop", "reset",
        "checkpoint", "export", "verify", "backup", "restore", "doctor",
    ]

    @Test func `explains every verb`() throws {
        let help = try EndToEnd.run(["help"]).out
        for verb in Self.verbs {
            #expect(help.contains("  \(verb) "), "\(verb)")
            let own = try EndToEnd.run(verb.split(separator: " ").map(String.init) + ["--help"])
            #expect(own.code == 0)
            #expect(own.out.contains("Usage: ledger \(verb)"), "\(own.out)")
        }
    }

    @Test func `answers usage errors with 64 and a hint`() throws {
        let wrong = try EndToEnd.run(["apend"])
        #expect(wrong.code == 64)
        #expect(wrong.err.contains("append"), "\(wrong.err)")
        #expect(try EndToEnd.run([]).code == 64)
        #expect(try EndToEnd.run(["--version"]).out.hasPrefix("ledger "))
    }

    @Test func `tells what a new ledger is`() async throws {
        try await withTemporaryFolder { folder in
            let place = EndToEnd.Place(folder: folder)
            let made = try place.run("init", "--json")
            #expect(made.code == 0, "\(made.err)")
            #expect(made.json[0]["origin"]?.text?.contains("/ledger") == true)
            let status = try place.run("status", "--json").json[0]
            #expect(status["count"]?.integer == 0)
            #expect(status["policy"]?.isNull == true)
            #expect(status["development"]?.flag == false)
            #expect(try place.run("status").out.contains("policy apply"))
        }
    }

    @Test func `finds the ledger by its variable`() async throws {
        try await EndToEnd.withPlace { place in
            let status = try EndToEnd.run(["status"], environment: ["LEDGER_DIR": place.ledger])
            #expect(status.out.contains("test.example/end"), "\(status.out)")
        }
    }

    @Test func `moves only a driven clock`() async throws {
        try await EndToEnd.withPlace { place in
            let file = try place.file("e", EndToEnd.event("a"))
            let result = try place.run("append", file, "--now", "2030-01-01T00:00:00Z")
            #expect(result.code == 1)
            #expect(result.err.contains("--development"), "\(result.err)")
            #expect(try place.run("append", file, "--now", "soon").code == 64)
        }
    }
}
