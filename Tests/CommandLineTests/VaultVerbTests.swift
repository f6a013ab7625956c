import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The keys of a ledger` {
    private func message(_ id: String, _ person: String) -> String {
        EndToEnd.event(id, data: "\"person\":\"\(person)\",\"text\":\"words of \(person)\"")
    }

    @Test func `are counted, and said to be well`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = ["+27820000001", "+27820000002"].enumerated().map {
                message("m\($0.offset)", $0.element)
            }
            _ = try place.run("append", place.file("e", lines.joined(separator: "\n")))
            let erased = try place.run("erase", "+27820000001", "--by", "ann", "--why", "asked")
            #expect(erased.code == 0, "\(erased.err)")
            let status = try place.run("vault", "status", "--json").json[0]
            #expect(status["persons"]?.integer == 1)
            #expect(status["erased"]?.integer == 1)
            #expect(status["master_key"]?.text == place.ledger + ".key")
            #expect(status["erasure_begun"]?.flag == false)
            let doctor = try place.run("doctor", "--quick", "--json")
            let check = doctor.json.first { $0["check"]?.text == "vault" }
            #expect(check?["ok"]?.flag == true, "\(doctor.out)")
        }
    }

    @Test func `go to another file, and to a program, and open with nothing else`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("e", message("m", "+27820000001")))
            let key = place.folder + "/keys/new.key"
            #expect(try place.run("vault", "rotate", "--master-key", key).code == 0)
            #expect(!Folder.exists(place.ledger + ".key"), "the old key is destroyed")
            #expect(try place.run("events").out.contains("words of +27820000001"))
            // A program that holds another key.
            let held = place.folder + "/held"
            try Descriptor.create(held, Array(String(repeating: "5a", count: 32).utf8))
            let program = try place.file("program", "#!/bin/sh\ncat \(held)\n")
            #expect(chmod(program, 0o700) == 0)
            let rotated = try place.run("vault", "rotate", "--master-command", program)
            #expect(rotated.code == 0, "\(rotated.err)")
            #expect(!Folder.exists(key))
            #expect(try place.run("events").out.contains("words of +27820000001"))
            // It answers with what is in use: no rotation, and nothing is destroyed.
            let same = try place.run("vault", "rotate", "--master-command", "\(program) again")
            #expect(same.code == 1)
            #expect(same.err.contains("which is in use"), "\(same.err)")
            #expect(try place.run("events").out.contains("words of +27820000001"))
            let plain = try place.run("vault", "rotate")
            #expect(plain.code == 1)
            #expect(plain.err.contains("held by a program"), "\(plain.err)")
        }
    }

    @Test func `that are lost are named by every verb that needs them`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("e", message("m", "+27820000001")))
            try Folder.rename(place.ledger + ".key", to: place.folder + "/away")
            for words in [
                ["events"], ["vault", "status"], ["erase", "x", "--by", "a", "--why", "b"],
            ] {
                let result = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect(result.code == 1, "\(words)")
                #expect(result.err.contains("master key"), "\(words): \(result.err)")
            }
            let redacted = try place.run("events", "--redact", "--json")
            #expect(redacted.code == 0)
            #expect(redacted.json[0]["sealed"]?.text == "id,person,text")
            #expect(try place.run("verify").code == 0)
            let doctor = try place.run("doctor", "--quick")
            #expect(doctor.code == 1)
            #expect(doctor.out.contains("FAULT  vault"), "\(doctor.out)")
            try Folder.rename(place.folder + "/away", to: place.ledger + ".key")
            #expect(try place.run("events").out.contains("words of"))
        }
    }

    @Test func `never lie inside the folder, and are given in one way`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = folder + "/l"
            let inside = try EndToEnd.run(
                ["--ledger", ledger, "init", "--master-key", ledger + "/keys/master.key"])
            #expect(inside.code == 1)
            #expect(inside.err.contains("inside the ledger's folder"), "\(inside.err)")
            let both = try EndToEnd.run([
                "--ledger", ledger, "init", "--master-key", "a", "--master-command", "/b",
            ])
            #expect(both.code == 64)
            let relative = try EndToEnd.run(["--ledger", ledger, "init", "--master-command", "b"])
            #expect(relative.code == 64)
            let made = try EndToEnd.run(
                ["--ledger", ledger, "init", "--master-key", folder + "/m", "--json"])
            #expect(made.code == 0, "\(made.err)")
            #expect(made.json[0]["master_key"]?.text?.hasSuffix("/m") == true)
            #expect(try Descriptor.contents(of: folder + "/m").count == 32)
        }
    }

    @Test func `mend what can be mended, and say what is lost`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("e", message("m", "+27820000001")))
            let vault = place.ledger + "/keys/vault-1"
            var bytes = try Descriptor.contents(of: vault)
            bytes[20] ^= 1
            try Descriptor.create(vault, bytes)
            let doctor = try place.run("doctor", "--quick")
            #expect(doctor.out.contains("one of two headers"), "\(doctor.out)")
            let recovered = try place.run("vault", "recover")
            #expect(recovered.code == 0, "\(recovered.out)")
            #expect(try place.run("vault", "status").code == 0)
            var slots = try Descriptor.contents(of: vault)
            slots[8_192 + 1 << 20 + 50] ^= 1
            try Descriptor.create(vault, slots)
            let lost = try place.run("vault", "recover")
            #expect(lost.code == 1)
            #expect(lost.out.contains("damaged"), "\(lost.out)")
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An audit export of sealed events` {
    @Test func `proves each of a person's events, and discloses what was sealed`() async throws {
        try await EndToEnd.withPlace { place in
            let lines = (0..<6).map { number in
                EndToEnd.event(
                    "m\(number)",
                    data: "\"person\":\"+2782000000\(number % 2)\",\"text\":\"word \(number)\"")
            }
            _ = try place.run("append", place.file("e", lines.joined(separator: "\n")))
            let folder = place.folder + "/audit"
            let made = try place.run("export", "-o", folder, "--person", "27820000001@c.us")
            #expect(made.code == 0, "\(made.err)")
            #expect(
                Folder.names(in: folder + "/proofs").sorted()
                    == ["1", "3", "5"].map {
                        $0 + ".tlog-proof"
                    })
            let told = String(
                decoding: try Descriptor.contents(of: folder + "/events.ndjson"), as: UTF8.self)
            #expect(told.contains("word 3"))
            #expect(try EndToEnd.run(["verify", folder]).code == 0)
            // Another salt opens nothing, whoever signs the digests.
            let start = try #require(told.firstRange(of: "\"disclosed\":\"id:")).upperBound
            var bytes = Array(told.utf8)
            let index = told.utf8.distance(from: told.startIndex, to: start)
            bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            try Descriptor.create(folder + "/events.ndjson", bytes)
            let found = try EndToEnd.run(["verify", folder])
            #expect(found.out.contains("discloses something else than was sealed"), "\(found.out)")
        }
    }

    @Test func `keeps sealed what is redacted or erased, and still verifies`() async throws {
        try await EndToEnd.withPlace { place in
            let line = EndToEnd.event(
                "m", data: "\"person\":\"+27820000001\",\"text\":\"a secret word\"")
            _ = try place.run("append", place.file("e", line))
            let redacted = place.folder + "/redacted"
            #expect(try place.run("export", "-o", redacted, "--redact").code == 0)
            #expect(try place.run("erase", "+27820000001", "--by", "a", "--why", "b").code == 0)
            let erased = place.folder + "/erased"
            #expect(try place.run("export", "-o", erased, "--since", redacted).code == 0)
            for folder in [redacted, erased] {
                let told = try Descriptor.contents(of: folder + "/events.ndjson")
                #expect(told.firstRange(of: Array("secret".utf8)) == nil)
                let checked = try EndToEnd.run(["verify", folder])
                #expect(checked.code == 0, "\(checked.out)")
            }
        }
    }
}
