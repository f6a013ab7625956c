import Events
import Glibc
import Storage
import TestSupport
import Testing

/// A vault that is damaged or older than the log never decides.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Keys that are damaged or old` {
    private static let slots = 8_192 + 1 << 20
    private static let persons = (0..<4).map { "+2782123450\($0)" }

    private static func message(_ id: String, _ person: String, _ text: String = "hi") -> String {
        "{\"specversion\":\"1.0\",\"id\":\"\(id)\",\"source\":\"test/1\",\"type\":\"message.received\","
            + "\"time\":\"2026-03-02T09:00:00Z\",\"data\":{\"account\":\"+27000000001\","
            + "\"chat\":\"\(person)\",\"person\":\"\(person)\",\"text\":\"\(text)\","
            + "\"message\":\"\(id)\"}}"
    }

    private static func ask(_ place: EndToEnd.Place, _ person: String, _ key: String) throws
        -> JSONValue
    {
        let line =
            "{\"account\":\"+27000000001\",\"chat\":\"\(person)\",\"person\":\"\(person)\","
            + "\"text\":\"x\",\"key\":\"\(key)\"}\n"
        return try place.run("ask", "-", input: line).json.first ?? .null
    }

    /// A ledger with a policy in which the first three persons wrote STOP.
    private static func prepare(_ place: EndToEnd.Place) throws {
        let policy = try place.file("policy", "rate_limits:\n  messages_per_minute: 100\n")
        #expect(
            try place.run("policy", "apply", policy, "--by", "a", "--why", "b").code == 0)
        let lines = persons.prefix(3).map { message("s\($0)", $0, "STOP") }
        let done = try place.run("append", "-", input: lines.joined(separator: "\n") + "\n")
        #expect(done.json.allSatisfy { $0["position"] != nil }, "\(done.out)")
    }

    private static func change(_ path: String, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try Descriptor.contents(of: path)
        change(&bytes)
        let file = try PositionedFile(path: path)
        try file.write(bytes.span, at: 0)
    }

    @Test func `make nobody a stranger, whatever bit of a slot is flipped`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            try Self.prepare(place)
            let path = place.ledger + "/keys/vault-1"
            #expect(try Self.ask(place, Self.persons[0], "before")["verdict"]?.text == "refuse")
            // The ledger's own key may have a slot, too: all that are in use are tried.
            let whole = try Descriptor.contents(of: path)
            let used = (0..<8).filter { slot in
                let at = Self.slots + 128 * slot
                return whole[at..<at + 128].contains { $0 != 0 }
            }
            for (count, slot) in used.enumerated() {
                for offset in [0, 9, 25, 41, 113, 122] {
                    try Self.change(path) { $0[Self.slots + 128 * slot + offset] ^= 1 }
                    for person in Self.persons {
                        let answer = try Self.ask(place, person, "k\(slot)-\(offset)-\(person)")
                        let verdict = answer["verdict"]?.text
                        let isKnown = person != Self.persons[3]
                        #expect(
                            verdict == "refuse" || answer["error"]?["code"]?.text == "damaged",
                            "slot \(slot), byte \(offset), \(isKnown): \(answer)")
                    }
                    if count == 0, offset == 9 { try Self.told(place) }
                    try Self.change(path) { $0 = whole }
                    let after = try Descriptor.contents(of: path)
                    #expect(after.count == whole.count)
                }
            }
            #expect(try Self.ask(place, Self.persons[3], "after")["verdict"]?.text == "send")
        }
    }

    /// Who looks is told, and what to do.
    private static func told(_ place: EndToEnd.Place) throws {
        let doctor = try place.run("doctor", "--quick")
        #expect(doctor.code == 1)
        #expect(doctor.out.contains("FAULT  vault: 1 slots"), "\(doctor.out)")
        #expect(try place.run("vault", "status").code == 1)
        let verified = try place.run("verify")
        #expect(verified.code == 1)
        #expect(verified.out.contains("vault-1 are damaged"), "\(verified.out)")
    }

    @Test func `are missed where a block of slots reads as zeros`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            try Self.prepare(place)
            let path = place.ledger + "/keys/vault-1"
            try Self.change(path) { bytes in
                for at in Self.slots..<Self.slots + 4096 { bytes[at] = 0 }
            }
            for person in Self.persons {
                let answer = try Self.ask(place, person, "k\(person)")
                #expect(answer["error"]?["code"]?.text == "damaged", "\(answer)")
            }
            #expect(try place.run("doctor", "--quick").out.contains("FAULT  vault"))
        }
    }

    @Test func `decide nothing where a copy from before an opt-out was put back`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let (known, later, erased) = (Self.persons[0], Self.persons[1], Self.persons[2])
            let policy = try place.file("policy", "rate_limits:\n  messages_per_minute: 100\n")
            _ = try place.run("policy", "apply", policy, "--by", "a", "--why", "b")
            _ = try place.run(
                "append", "-",
                input: Self.message("a", known) + "\n" + Self.message("c", erased, "secret") + "\n")
            #expect(try place.run("backup", place.folder + "/copy").code == 0)
            _ = try place.run(
                "append", "-",
                input: Self.message("a2", known, "STOP") + "\n"
                    + Self.message("b", later, "STOP") + "\n")
            #expect(try place.run("erase", erased, "--by", "a", "--why", "b").code == 0)
            let path = place.ledger + "/keys/vault-1"
            let newest = try Descriptor.contents(of: path)
            let old = try Descriptor.contents(of: place.folder + "/copy/keys/vault-1")
            try Self.change(path) { $0 = old }
            // Who was erased stays so, before anybody writes and after.
            #expect(!(try place.run("events").out.contains("secret")))
            for person in [known, later, erased] {
                for round in 0..<2 {
                    let answer = try Self.ask(place, person, "k\(person)-\(round)")
                    #expect(answer["error"]?["code"]?.text == "keys", "\(answer)")
                }
            }
            #expect(!(try place.run("events").out.contains("secret")))
            let doctor = try place.run("doctor", "--quick")
            #expect(doctor.out.contains("FAULT  vault"), "\(doctor.out)")
            #expect(doctor.out.contains("older than the log"), "\(doctor.out)")
            #expect(try place.run("vault", "recover").code == 1)
            #expect(try place.run("verify").out.contains("older than the log"))
            // The newest copy is put back: all is well.
            try Self.change(path) { $0 = newest }
            #expect(try Self.ask(place, known, "k1")["verdict"]?.text == "refuse")
            #expect(try Self.ask(place, later, "k2")["verdict"]?.text == "refuse")
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `are gone on without only by an order that is recorded`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            try Self.prepare(place)
            #expect(try place.run("backup", place.folder + "/copy").code == 0)
            _ = try place.run("append", "-", input: Self.message("n", Self.persons[3]) + "\n")
            let words = ["vault", "recover", "--accept-loss", "--by", "ann", "--why", "lost"]
            let nothing = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(nothing.code == 1)
            #expect(nothing.err.contains("nothing to accept"), "\(nothing.err)")
            let old = try Descriptor.contents(of: place.folder + "/copy/keys/vault-1")
            try Self.change(place.ledger + "/keys/vault-1") { $0 = old }
            #expect(
                try Self.ask(place, Self.persons[3], "k")["error"]?["code"]?.text == "keys")
            #expect(try place.run("vault", "recover", "--accept-loss").code == 64)
            let accepted = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(accepted.code == 0, "\(accepted.out)\(accepted.err)")
            #expect(try Self.ask(place, Self.persons[3], "k")["verdict"]?.text == "send")
            #expect(try Self.ask(place, Self.persons[0], "k0")["verdict"]?.text == "refuse")
            let doctor = try place.run("doctor", "--quick")
            #expect(doctor.out.contains("ok     vault"), "\(doctor.out)")
            #expect(try place.run("events", "--type", "alert.cleared").out.contains("lost"))
        }
    }

    @Test func `are told of by verify, with what was signed and the erasures`() async throws {
        try await EndToEnd.withPlace { place in
            try Self.prepare(place)
            #expect(
                try place.run("erase", Self.persons[0], "--by", "a", "--why", "b").code == 0)
            #expect(try place.run("checkpoint").code == 0)
            #expect(try place.run("verify").code == 0)
            let keys = place.ledger + "/keys/"
            let cases: [(String, String, (String) throws -> Void)] = [
                ("checkpoint", "checkpoint is missing", { try Folder.remove($0) }),
                ("erasures", "lacks 1 aliases", { try Descriptor.create($0, []) }),
                (
                    "erasures", "that nobody had",
                    { path in
                        var text = try Descriptor.contents(of: path)
                        text += Array("3 \(String(repeating: "5a", count: 16)) 0 0\n".utf8)
                        try Descriptor.create(path, text)
                    }
                ),
                (
                    "signing", "signing key",
                    { try Descriptor.create($0, Array("PRIVATE+KEY+x+1bd5e9ca+AAAA\n".utf8)) }
                ),
            ]
            for (name, sentence, harm) in cases {
                let whole = try Descriptor.contents(of: keys + name)
                try harm(keys + name)
                let result = try place.run("verify")
                #expect(result.code == 1, "\(name)")
                #expect(result.out.contains(sentence), "\(name): \(result.out)")
                if name == "erasures" {
                    let examined = try place.run("doctor")
                    #expect(examined.code == 1 && examined.out.contains(sentence), "\(examined)")
                }
                try Descriptor.create(keys + name, whole)
            }
            #expect(try place.run("verify").code == 0)
        }
    }
}
