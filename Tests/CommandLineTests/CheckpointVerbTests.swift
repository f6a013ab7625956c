import Events
import Evidence
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb checkpoint` {
    @Test func `signs what there is, once`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            let first = try place.run("checkpoint")
            #expect(first.code == 0, "\(first.err)")
            let text = try place.run("status", "--json").json[0]["vkey"]?.text ?? ""
            let key = try VerifierKey(text: text)
            let checkpoint = try Checkpoint(note: Array(first.out.utf8).span, by: key)
            #expect(checkpoint.size == 5)
            let again = try place.run("checkpoint", "--json").json[0]
            #expect(again["new"]?.flag == false)
            #expect(again["note"]?.text == first.out)
            try place.fill(5..<6)
            let published = place.folder + "/public"
            #expect(try place.run("checkpoint", "--to", published).code == 1, "no such folder")
            try Folder.create(published)
            let next = try place.run("checkpoint", "--to", published)
            #expect(next.code == 0, "\(next.err)")
            let file = try Descriptor.contents(of: published + "/checkpoint")
            #expect(next.out.utf8.elementsEqual(file))
            #expect(Folder.names(in: place.ledger + "/keys/checkpoints") == ["5", "6"])
            let status = try place.run("status", "--json").json[0]
            #expect(status["signed"]?.integer == 6)
        }
    }

    @Test func `keeps its key to itself, and ask and append do without`() async throws {
        try await EndToEnd.withPlace { place in
            let path = place.ledger + "/keys/signing"
            #expect(LocalHost.mode(of: path).map { $0 & 0o777 } == 0o600)
            try Descriptor.create(path, Array("no key".utf8))
            try place.fill(0..<2)
            let refused = try place.run("checkpoint")
            #expect(refused.code == 1)
            #expect(refused.err.contains("not a signing key"), "\(refused.err)")
            try Folder.removeAll(place.ledger + "/keys")
            #expect(try place.run("status", "--json").json[0]["vkey"]?.isNull == true)
            #expect(try place.run("checkpoint").code == 0, "a ledger without a key gets one")
            #expect(try place.run("status").out.contains("test.example/end+"))
        }
    }

    @Test func `refuses a log that was cut short or replaced`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let copy = place.folder + "/copy"
            _ = try place.run("verify")
            try Folder.create(copy)
            let log = place.ledger + "/log/data.mdb"
            try Descriptor.create(copy + "/data.mdb", Descriptor.contents(of: log))
            try place.fill(300..<310)
            #expect(try place.run("checkpoint", "--to", copy).code == 0)
            #expect(try place.run("verify", "--against", copy + "/checkpoint").code == 0)
            try Descriptor.create(log, Descriptor.contents(of: copy + "/data.mdb"))
            try Folder.removeAll(place.ledger + "/views")
            let short = try place.run("checkpoint")
            #expect(short.code == 1)
            #expect(short.err.contains("310 were signed"), "\(short.err)")
            let verified = try place.run("verify")
            #expect(verified.code == 1)
            #expect(verified.out.contains("310 were signed"), "\(verified.out)")
            // Grown again without what was signed at hand, it is another log from 300 on.
            try place.withoutSigned { try place.fill(400..<420) }
            let forked = try place.run("checkpoint")
            #expect(forked.code == 1)
            #expect(forked.err.contains("not those that were signed"), "\(forked.err)")
            let against = try place.run("verify", "--against", copy + "/checkpoint")
            #expect(against.code == 1)
            #expect(against.out.contains("first 310 records"), "\(against.out)")
            #expect(try place.run("export", "-o", place.folder + "/audit").code == 1)
        }
    }

    @Test func `signs beside a process that appends`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<10)
            let writer = try place.start("append", "-")
            var notes: [String] = []
            for round in 1...6 {
                // Signed while these are appended, and never before the ones of the last round.
                let events = ((round - 1) * 500..<round * 500).map { EndToEnd.event("w\($0)") }
                writer.writeAside(events.map { $0 + "\n" }.joined())
                let signed = try place.run("checkpoint")
                #expect(signed.code == 0, "\(signed.err)")
                notes.append(signed.out)
                _ = writer.waitForLines(round * 500)
            }
            writer.closeInput()
            #expect(writer.finish().code == 0)
            #expect(Set(notes).count > 1, "the log grew meanwhile")
            for (index, note) in notes.enumerated() {
                let file = try place.file("note\(index)", note)
                let verified = try place.run("verify", "--against", file)
                #expect(verified.code == 0, "\(verified.out)")
            }
        }
    }

    @Test func `is compared only with what this ledger signed`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let note = try place.run("checkpoint").out
            let altered = try place.file("altered", note.replacing("\n3\n", with: "\n2\n"))
            let result = try place.run("verify", "--against", altered)
            #expect(result.code == 1)
            #expect(result.err.contains("altered"), "\(result.err)")
            #expect(try place.run("verify", "--against", place.folder + "/none").code == 1)
            #expect(try place.run("verify", "--vkey", "x").code == 64)
            #expect(try EndToEnd.run(["verify", place.folder, "--against", altered]).code == 64)
        }
    }
}
