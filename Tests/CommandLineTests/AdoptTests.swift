import Events
import Glibc
import Storage
import TestSupport
import Testing

/// Ledgers whose log lies in another file than they know.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A ledger that was copied or moved` {
    private static let by = ["--by", "ann", "--why", "a test"]

    /// A ledger that anything may be sent through, and a copy of its folder.
    private func withCopy(
        _ body: (EndToEnd.Place, _ copy: String) async throws -> Void
    ) async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", "reservations: {lease: 30}\n")
            _ = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            #expect(try place.run("ask", "--chat", "1@g.us").code == 0)
            let copy = place.folder + "/copy"
            try copyFolder(place.ledger, to: copy)
            try await body(place, copy)
        }
    }

    private func run(_ ledger: String, _ words: [String]) throws -> Finished {
        try EndToEnd.run(["--ledger", ledger] + words)
    }

    @Test func `grants nothing until somebody says which it is`() async throws {
        try await withCopy { place, copy in
            for words in [["ask", "--chat", "2@g.us"], ["append", "-"], ["doctor", "--quick"]] {
                let result = try run(copy, words)
                #expect(result.code == 1, "\(words)")
                #expect((result.err + result.out).contains("ledger adopt"), "\(words)")
            }
            // It can be read, and stopped.
            #expect(try run(copy, ["events"]).lines.count == 2)
            #expect(try run(copy, ["status", "--json"]).json[0]["read_only"]?.text != nil)
            #expect(try run(copy, ["verify"]).code == 0)
            #expect(try run(copy, ["adopt"] + Self.by).code == 64)
            #expect(try run(copy, ["adopt", "--moved", "--copy"] + Self.by).code == 64)
            #expect(try run(copy, ["adopt", "--moved"]).code == 64)
            #expect(try place.run("ask", "--chat", "2@g.us").code == 0, "the original goes on")
            let nothing = try run(place.ledger, ["adopt", "--moved"] + Self.by)
            #expect(nothing.code == 1)
            #expect(nothing.err.contains("nothing to adopt"))
        }
    }

    @Test func `goes on under another name where it is a copy`() async throws {
        try await withCopy { place, copy in
            let state = try run(copy, ["state", "reservations", "--json"]).json[0]
            let old = state["reservation"]?.text
            let adopted = try run(copy, ["adopt", "--copy", "--json"] + Self.by)
            #expect(adopted.code == 0, "\(adopted.err)")
            let name = try #require(adopted.json[0]["origin"]?.text)
            #expect(name.hasPrefix("test.example/end~2-"), "\(name)")
            #expect(adopted.json[0]["vkey"]?.text?.hasPrefix(name) == true)
            let event = try run(copy, ["events", "--type", "ledger.adopted", "--json"]).json[0]
            #expect(event["data"]?["kind"]?.text == "copy")
            #expect(event["data"]?["previous"]?.text == "test.example/end")
            let asked = try run(copy, ["ask", "--chat", "2@g.us", "--json"])
            #expect(asked.code == 0, "\(asked.err)")
            let new = try #require(asked.json[0]["reservation"]?.text)
            #expect(old?.suffix(8) != new.suffix(8), "no report of the one is taken by the other")
            let report = try place.run("report", "--reservation", new, "--outcome", "accepted")
            #expect(report.code == 1)
            #expect(report.err.contains("another ledger"), "\(report.err)")
            #expect(try run(copy, ["verify"]).code == 0)
            #expect(try run(copy, ["checkpoint"]).code == 0)
        }
    }

    @Test func `goes on as it was where it was moved`() async throws {
        try await withCopy { place, copy in
            let adopted = try run(copy, ["adopt", "--moved", "--json"] + Self.by)
            #expect(adopted.code == 0, "\(adopted.err)")
            #expect(adopted.json[0]["origin"]?.text == "test.example/end")
            #expect(try run(copy, ["ask", "--chat", "2@g.us"]).code == 0)
            #expect(try run(copy, ["doctor", "--quick"]).err == "")
        }
    }

    @Test func `is the same after a renaming, and finds its key`() async throws {
        try await withCopy { place, _ in
            let other = place.folder + "/renamed"
            try Folder.rename(place.ledger, to: other)
            let asked = try run(other, ["ask", "--person", "+27820000001", "--text", "x"])
            #expect(asked.code == 0, "\(asked.err)")
            try Folder.rename(place.ledger + ".key", to: place.folder + "/away")
            let lost = try run(other, ["ask", "--person", "+27820000002", "--text", "x"])
            #expect(lost.code == 1)
            #expect(lost.err.contains(other + ".key"), "\(lost.err)")
            #expect(lost.err.contains(Folder.canonical(place.folder) + "/ledger.key"))
            try Folder.rename(place.folder + "/away", to: other + ".key")
            #expect(try run(other, ["ask", "--person", "+27820000002", "--text", "x"]).code == 0)
        }
    }

    @Test func `is its own where it was restored`() async throws {
        try await withCopy { place, _ in
            let backup = place.folder + "/backup"
            #expect(try place.run("backup", backup).code == 0)
            let target = place.folder + "/restored"
            let restored = try EndToEnd.run(["restore", backup, target])
            #expect(restored.code == 0, "\(restored.err)")
            #expect(try run(target, ["ask", "--chat", "3@g.us"]).code == 0)
            #expect(try run(target, ["verify"]).code == 0)
        }
    }

    @Test func `has a name of its own where nobody gives one`() async throws {
        try await withTemporaryFolder { folder in
            var names: Set<String> = []
            for number in 0..<2 {
                let path = folder + "/\(number)/ledger-data"
                try Folder.create(folder + "/\(number)")
                let made = try run(path, ["init", "--json"])
                names.insert(try #require(made.json[0]["origin"]?.text))
            }
            #expect(names.count == 2, "\(names)")
        }
    }

    @Test func `lets no second pid namespace in`() async throws {
        try await withCopy { place, _ in
            let sender = try place.start("ask", "-")
            sender.write("{\"chat\":\"1@g.us\"}\n")
            #expect(sender.waitForLines(1).count == 1)
            let binary = try #require(EndToEnd.binary)
            let words = ["--pid", "--fork", "--mount-proc", binary, "--ledger", place.ledger]
            let other = try EndToEnd.run(words + ["status"], program: "/usr/bin/unshare")
            guard !other.err.contains("unshare") else {
                try Test.cancel("this machine lets the tests make no pid namespace")
            }
            #expect(other.code == 1)
            #expect(other.err.contains("another pid namespace"), "\(other.err)")
            #expect(try place.run("status").code == 0, "one more of the same is let in")
            sender.closeInput()
            #expect(sender.finish().code == 0)
            let alone = try EndToEnd.run(words + ["status"], program: "/usr/bin/unshare")
            #expect(alone.code == 0, "\(alone.err)")
        }
    }

    private func copyFolder(_ from: String, to: String) throws {
        try Folder.create(to)
        for name in Folder.names(in: from) {
            let (source, target) = (from + "/" + name, to + "/" + name)
            if Folder.isFolder(source) {
                try copyFolder(source, to: target)
            } else {
                try Descriptor.create(target, try Descriptor.contents(of: source))
            }
        }
    }
}
