import Events
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verbs that forget` {
    private static let person = "\"person\":\"+27820000001\",\"text\":\"hello\",\"message\":\"m1\""
    private static let who = ["--by", "ann", "--why", "asked"]

    /// Words, exit code, and a part of what is said.
    private static let wrong: [([String], Int, String)] = [
        (["erase"], 64, "needs ALIAS"),
        (["erase", "+27820000001"], 64, "needs --by NAME and --why REASON"),
        (["erase", "+27820000001", "--by", "ann"], 64, "--why"),
        (["erase", "+27820000001", "+27820000002"] + who, 64, ""),
        (["erase", "nobody"] + who, 1, "nobody with the alias nobody is known"),
        (["erase", ""] + who, 1, ""),
        (["erase", "nobody", "--dry-run"], 1, "nobody with the alias"),
        (["retain"] + who, 64, "retain needs --months N"),
        (["retain", "--months", "0"] + who, 64, ""),
        (["retain", "--months", "many"] + who, 64, ""),
        (["retain", "--months", "12"], 64, "--by"),
        (["vault"], 64, ""),
        (["vault", "burn"], 64, ""),
        (["vault", "rotate", "--master-command", "program"], 64, "the whole path of a program"),
        (["vault", "rotate", "--master-command", "/none/such"], 1, ""),
        (
            ["vault", "rotate", "--master-key", "a", "--master-command", "/b"], 64,
            "lies in a file or behind a command, not both"
        ),
    ]

    @Test(arguments: 0..<16)
    func `refuse with a sentence`(number: Int) async throws {
        let (words, code, part) = Self.wrong[number]
        try await EndToEnd.withPlace { place in
            let event = EndToEnd.event("1", data: Self.person)
            #expect(try place.run("append", "-", input: event + "\n").code == 0)
            let found = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(Int(found.code) == code, "\(found.err)")
            #expect(found.err.contains(part), "\(found.err)")
            #expect(found.err.split(separator: " ").count > 3, "a sentence: \(found.err)")
            // Nothing is begun.
            #expect(try place.count() == 1)
            #expect(try place.run("events", "--json").out.contains("hello"))
            #expect(!Folder.exists(place.ledger + "/keys/erasing"))
        }
    }

    @Test func `refuse an erasure twice, a wrong key and a key inside the folder`() async throws {
        try await EndToEnd.withPlace { place in
            let event = EndToEnd.event("1", data: Self.person)
            #expect(try place.run("append", "-", input: event + "\n").code == 0)
            let inside = try place.run("vault", "rotate", "--master-key", place.ledger + "/k")
            #expect(inside.code == 1)
            #expect(inside.err.contains("inside the ledger's folder"), "\(inside.err)")
            let erase = ["--ledger", place.ledger, "erase", "+27820000001"] + Self.who
            #expect(try EndToEnd.run(erase).code == 0)
            let again = try EndToEnd.run(erase)
            #expect(again.code == 1)
            #expect(again.err.contains("was erased already"), "\(again.err)")
            try Descriptor.create(place.ledger + ".key", [UInt8](repeating: 7, count: 32))
            for words in [
                ["vault", "status"], ["vault", "rotate"], ["events"], ["vault", "recover"],
            ] {
                let found = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect(found.code == 1, "\(words)")
                let text = found.out + found.err
                #expect(text.contains("master key"), "\(words): \(text)")
            }
        }
    }

    @Test func `end an erasure that was not listed yet before they begin another`() async throws {
        try await EndToEnd.withPlace { place in
            for number in 1...2 {
                let data = Self.person.replacing("0001\"", with: "000\(number)\"")
                let event = EndToEnd.event("\(number)", data: data)
                #expect(try place.run("append", "-", input: event + "\n").code == 0)
            }
            let first = try Self.erase(1, place)
            #expect(first.code == 0)
            // As a crash leaves it, after the commit and before the list.
            let keys = place.ledger + "/keys/"
            let list = try Descriptor.contents(of: keys + "erasures")
            let words = String(decoding: list, as: UTF8.self).split(separator: " ")
            let id = try #require(first.json.first?["person"]?.text)
            let intent = "ann\nasked\n\n\n\(id) \(words[1]) 0 0\n"
            try Descriptor.create(keys + "erasing", Array(intent.utf8))
            try Folder.remove(keys + "erasures")
            #expect(try Self.erase(2, place).code == 0)
            let both = try Descriptor.contents(of: keys + "erasures")
            let lines = String(decoding: both, as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.first == String(decoding: list, as: UTF8.self).dropLast())
            #expect(!Folder.exists(keys + "erasing"))
            #expect(try place.count() == 4)
        }
    }

    private static func erase(_ number: Int, _ place: EndToEnd.Place) throws -> Finished {
        let words = ["--ledger", place.ledger, "erase", "+2782000000\(number)", "--json"]
        return try EndToEnd.run(words + who)
    }
}
