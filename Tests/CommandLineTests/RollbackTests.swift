import Events
import Evidence
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A log that lost its end` {
    @Test func `is read-only for every verb that appends, and read by the others`() async throws {
        try await withShortLog { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            let event = try place.file("e", EndToEnd.event("late"))
            let who = ["--by", "ann", "--why", "test"]
            for words in [
                ["append", event], ["append", "-"], ["ask", "-"], ["report", "-"],
                ["policy", "apply", policy] + who,
                ["doctor", "--accept-clock"] + who, ["export", "-o", place.folder + "/x"],
            ] {
                let refused = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect(refused.code == 1, "\(words)")
                #expect(refused.err.contains("60 were signed"), "\(words): \(refused.err)")
                #expect(refused.err.contains("--accept-rollback"), "\(words): \(refused.err)")
            }
            #expect(try place.count() == 40)
            let status = try place.run("status")
            #expect(status.code == 0)
            #expect(status.out.contains("read-only     nothing is written"), "\(status.out)")
            #expect(try place.run("state", "subjects").code == 0)
            let doctor = try place.run("doctor", "--json")
            #expect(doctor.code == 1)
        }
    }

    @Test func `is written again once the right log is put back`() async throws {
        try await withShortLog { place in
            #expect(try place.run("verify").code == 1)
            let log = place.ledger + "/log/data.mdb"
            try Descriptor.create(log, Descriptor.contents(of: place.folder + "/whole.mdb"))
            try Folder.removeAll(place.ledger + "/views")
            try place.fill(60..<61)
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `goes on under a new name, which the old key does not speak for`() async throws {
        try await withShortLog { place in
            let old = try VerifierKey(text: place.line("keys/vkey"))
            let note = try Descriptor.contents(of: place.ledger + "/keys/checkpoint")
            let words = ["doctor", "--accept-rollback", "--by", "ann", "--why", "old disk"]
            let done = try EndToEnd.run(["--ledger", place.ledger] + words + ["--json"])
            #expect(done.code == 0, "\(done.err)")
            let origin = done.json[0]["origin"]?.text ?? ""
            #expect(origin.hasPrefix("test.example/end~2-"), "\(origin)")
            #expect(done.json[0]["position"]?.integer == 40)
            let key = try VerifierKey(text: done.json[0]["vkey"]?.text ?? "")
            #expect(key.name == origin)
            let event = try place.run("events", "--type", "alert.cleared", "--json").json[0]
            #expect(event["data"]?["code"]?.text == "rollback")
            #expect(event["data"]?["why"]?.text == "old disk")
            try place.fill(100..<103)
            let signed = try place.run("checkpoint")
            #expect(signed.code == 0, "\(signed.err)")
            let bytes = Array(signed.out.utf8)
            #expect(try Checkpoint(note: bytes.span, by: key).size == 44)
            #expect(throws: EvidenceError.self) { try Checkpoint(note: bytes.span, by: old) }
            let before = try place.file("before", String(decoding: note, as: UTF8.self))
            let against = try place.run("verify", "--against", before)
            #expect(against.code == 1)
            #expect(against.err.contains("went on as another after 40 records"), "\(against.err)")
            // What was signed before is kept, and its key is not.
            let past = Folder.names(in: place.ledger + "/keys/past")
            #expect(past.count == 1)
            let kept = place.ledger + "/keys/past/" + past[0]
            #expect(try Descriptor.contents(of: kept + "/checkpoint") == note)
            #expect(Folder.names(in: kept + "/checkpoints") == ["60"])
            #expect(Folder.names(in: kept) == ["checkpoint", "checkpoints", "vkey"])
            #expect(try place.run("verify").code == 0)
            #expect(try place.run("rebuild", "--json").json[0]["differing"]?.integer == 0)
            let again = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(again.code == 1)
            #expect(again.err.contains("nothing to accept"), "\(again.err)")
        }
    }

    @Test func `settles what it granted, and not what the lost end granted`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            #expect(
                try place.run("policy", "apply", policy, "--by", "ann", "--why", "test").code == 0)
            let kept = try place.ask("DR1")
            let copy = try Descriptor.contents(of: place.ledger + "/log/data.mdb")
            for subject in ["DR2", "DR5"] { _ = try place.ask(subject) }
            let lost = try place.ask("DR4")
            #expect(try place.run("checkpoint").code == 0)
            try Descriptor.create(place.ledger + "/log/data.mdb", copy)
            #expect(
                try place.run("doctor", "--accept-rollback", "--by", "ann", "--why", "test").code
                    == 0)
            let report = ["report", "--outcome", "accepted", "--reservation"]
            let settled = try EndToEnd.run(["--ledger", place.ledger] + report + [kept])
            #expect(settled.code == 0, "\(settled.err)")
            let refused = try EndToEnd.run(["--ledger", place.ledger] + report + [lost])
            #expect(refused.code == 1, "\(refused.out)")
            #expect(refused.err.contains("another ledger"), "\(refused.err)")
            let next = try place.ask("DR3")
            #expect(Reservation(next)?.position == Reservation(lost)?.position)
            #expect(try EndToEnd.run(["--ledger", place.ledger] + report + [next]).code == 0)
            #expect(try place.run("why", kept).code == 0)
            #expect(try place.run("why", lost).code == 1)
            let rows = try place.run("state", "reservations").out
            #expect(rows.contains(kept) && rows.contains(next), "\(rows)")
        }
    }

    @Test func `refuses a fork that grew beyond what was signed`() async throws {
        try await withShortLog { place in
            try place.withoutSigned { try place.fill(200..<240) }
            let refused = try place.run("append", place.file("e", EndToEnd.event("late")))
            #expect(refused.code == 1)
            #expect(refused.err.contains("first 60 records are not those"), "\(refused.err)")
        }
    }

    @Test func `refuses the log of before it went on`() async throws {
        try await withShortLog { place in
            let log = place.ledger + "/log/data.mdb"
            let before = try Descriptor.contents(of: log)
            let words = ["doctor", "--accept-rollback", "--by", "ann", "--why", "test"]
            #expect(try EndToEnd.run(["--ledger", place.ledger] + words).code == 0)
            #expect(try place.run("checkpoint").code == 0)
            try Descriptor.create(log, before)
            let refused = try place.run("append", place.file("e", EndToEnd.event("late")))
            #expect(refused.code == 1)
            #expect(refused.err.contains("older copy of the log"), "\(refused.err)")
            #expect(try EndToEnd.run(["--ledger", place.ledger] + words).code == 0)
            try place.fill(300..<301)
            #expect(try place.run("checkpoint").code == 0)
            #expect(Folder.names(in: place.ledger + "/keys/past").count == 2)
        }
    }

    /// A ledger of 40 events that signed 60; `whole.mdb` is the log of 60.
    private func withShortLog(_ body: (EndToEnd.Place) throws -> Void) async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<40)
            let log = place.ledger + "/log/data.mdb"
            let short = try Descriptor.contents(of: log)
            try place.fill(40..<60)
            #expect(try place.run("checkpoint").code == 0)
            try Descriptor.create(place.folder + "/whole.mdb", Descriptor.contents(of: log))
            try Descriptor.create(log, short)
            try body(place)
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The folder of keys` {
    @Test func `serves with one of two copies of the last checkpoint, and mends the other`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            let note = try place.run("checkpoint").out
            for file in ["checkpoint", "checkpoints/5", "edge"] {
                let path = place.ledger + "/keys/" + file
                let whole = try Descriptor.contents(of: path)
                var damaged = whole
                damaged[damaged.count / 2] ^= 1
                try Descriptor.create(path, damaged)
                try place.fill(0..<1)
                let again = try place.run("checkpoint")
                #expect(again.out == note, "\(file): \(again.err)")
                let mended = try Descriptor.contents(of: path)
                #expect(file == "checkpoints/5" || mended == whole)
                try Descriptor.create(path, whole)
            }
        }
    }

    @Test func `stops the ledger if no copy of the last checkpoint can be read`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            #expect(try place.run("checkpoint").code == 0)
            for file in ["checkpoint", "checkpoints/5", "edge"] {
                try Descriptor.create(place.ledger + "/keys/" + file, Array("no".utf8))
            }
            let refused = try place.run("append", place.file("e", EndToEnd.event("late")))
            #expect(refused.code == 1)
            #expect(refused.err.contains("keys/checkpoint"), "\(refused.err)")
        }
    }

    @Test func `does not replace a signing key that is missing`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            #expect(try place.run("checkpoint").code == 0)
            let old = try place.line("keys/vkey")
            try Folder.remove(place.ledger + "/keys/signing")
            try place.fill(5..<6)
            let refused = try place.run("checkpoint")
            #expect(refused.code == 1)
            #expect(refused.err.contains("keys/signing is missing"), "\(refused.err)")
            #expect(try place.line("keys/vkey") == old)
            let words = ["doctor", "--accept-rollback", "--by", "ann", "--why", "key lost"]
            let done = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(done.code == 0, "\(done.err)")
            #expect(try place.run("checkpoint").code == 0)
        }
    }
}

extension EndToEnd.Place {
    /// The one line of a file in the ledger's folder.
    func line(_ name: String) throws -> String {
        let bytes = try Descriptor.contents(of: ledger + "/" + name)
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    /// Asks for a send about a subject that is granted; answers the reservation.
    func ask(_ subject: String) throws -> String {
        let answer = try run(
            "ask", "--account", subject, "--chat", "c@g.us", "--subject", subject, "--json")
        return answer.json[0]["reservation"]?.text ?? "none: \(answer.out)\(answer.err)"
    }
}
