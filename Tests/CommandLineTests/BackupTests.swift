import Crypto
import Events
import Evidence
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A backup` {
    @Test func `holds the log byte for byte, and no signing key`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let events = try place.run("events", "--json").out
            let path = place.folder + "/copy"
            let made = try place.run("backup", path, "--json", "--by", "ann")
            #expect(made.code == 0, "\(made.err)")
            #expect(made.json[0]["count"]?.integer == 300)
            #expect(made.json[0]["keys"]?.flag == true)
            #expect(made.json[0]["position"]?.integer == 300)
            let note = try Descriptor.contents(of: path + "/keys/checkpoint")
            let signed = try Checkpoint(
                note: note.span, by: VerifierKey(text: place.line("keys/vkey")))
            #expect(signed.root.base64 == made.json[0]["root"]?.text)
            #expect(Folder.names(in: path) == ["SHA256SUMS", "backup.json", "keys", "records"])
            #expect(!Folder.exists(path + "/keys/signing"))
            let event = try place.run("events", "--type", "export.made", "--json").json[0]
            #expect(event["data"]?["format"]?.text == "backup")
            let restored = EndToEnd.Place(folder: place.folder + "/again")
            try Folder.create(restored.folder)
            let done = try EndToEnd.run(["restore", path, restored.ledger, "--json"])
            #expect(done.code == 0, "\(done.err)")
            #expect(done.json[0]["events"]?.integer == 300)
            #expect(try restored.run("events", "--json").out.hasPrefix(events))
            #expect(try restored.count() == 301)
            #expect(try restored.run("verify").code == 0)
            #expect(try restored.run("rebuild", "--json").json[0]["differing"]?.integer == 0)
            let last = try restored.run("events", "--reverse", "--limit", "1", "--json").json[0]
            #expect(last["type"]?.text == "alert.cleared")
            #expect(last["data"]?["code"]?.text == "restore")
            try restored.fill(300..<310)
            #expect(try restored.run("checkpoint").code == 0)
        }
    }

    @Test func `and its original each sign for themselves`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<20)
            let path = place.folder + "/copy"
            #expect(try place.run("backup", path).code == 0)
            var notes: [String] = []
            let twins = [place.folder + "/one", place.folder + "/two"]
            for twin in twins {
                let made = try EndToEnd.run(["restore", path, twin])
                #expect(made.code == 0, "\(made.err)")
            }
            for ledger in [place.ledger] + twins {
                let signed = try EndToEnd.run(["--ledger", ledger, "checkpoint"])
                #expect(signed.code == 0, "\(signed.err)")
                notes.append(try place.file("note\(notes.count)", signed.out))
            }
            let names = try notes.map { try first(of: $0) }
            #expect(Set(names).count == 3, "\(names)")
            for (index, ledger) in ([place.ledger] + twins).enumerated() {
                for (other, note) in notes.enumerated() {
                    let verified = try EndToEnd.run(
                        ["--ledger", ledger, "verify", "--against", note])
                    #expect(verified.code == (index == other ? 0 : 1), "\(index) \(other)")
                }
            }
        }
    }

    @Test func `is taken while others write, and holds what was there`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            try place.fill(0..<500)
            let writer = try place.start("append", "-")
            writer.writeAside((0..<4_000).map { EndToEnd.event("w\($0)") + "\n" }.joined())
            _ = writer.waitForLines(100)
            for round in 0..<3 {
                let path = place.folder + "/copy\(round)"
                let made = try place.run("backup", path, "--json")
                #expect(made.code == 0, "\(made.err)")
                let ledger = place.folder + "/again\(round)"
                let restored = try EndToEnd.run(["restore", path, ledger, "--json"])
                #expect(restored.code == 0, "\(restored.err)")
                #expect(restored.json[0]["events"] == made.json[0]["count"])
                #expect(try EndToEnd.run(["--ledger", ledger, "verify"]).code == 0)
            }
            writer.closeInput()
            let told = writer.finish()
            #expect(told.code == 0)
            #expect(told.lines.count == 4_000)
        }
    }

    @Test func `is refused where something lies, and inside the ledger`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let path = place.folder + "/copy"
            try Folder.create(path)
            #expect(try place.run("backup", path).code == 0, "an empty folder will do")
            let again = try place.run("backup", path)
            #expect(again.code == 1)
            #expect(again.err.contains("holds something already"), "\(again.err)")
            let inside = try place.run("backup", place.ledger + "/copy")
            #expect(inside.code == 1)
            #expect(inside.err.contains("own folder"), "\(inside.err)")
            let opened = try EndToEnd.run(["--ledger", path, "status"])
            #expect(opened.code == 66)
            #expect(opened.err.contains("'ledger restore"), "\(opened.err)")
            let made = try EndToEnd.run(["--ledger", path, "init"])
            #expect(made.code == 1)
            #expect(made.err.contains("'ledger restore"), "\(made.err)")
            let over = try EndToEnd.run(["restore", path, place.ledger])
            #expect(over.code == 1)
            #expect(over.err.contains("holds something already"), "\(over.err)")
            let none = try EndToEnd.run(["restore", place.ledger, place.folder + "/x"])
            #expect(none.err.contains("holds no backup"), "\(none.err)")
        }
    }

    @Test func `leaves out the keys of persons only if told to`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let (with, without) = (place.folder + "/with", place.folder + "/without")
            #expect(try place.run("backup", with).out.contains("with the keys"))
            #expect(try place.run("backup", without, "--without-keys").out.contains("without the"))
            let vault = try Descriptor.contents(of: place.ledger + "/keys/vault-1")
            #expect(try Descriptor.contents(of: with + "/keys/vault-1") == vault)
            #expect(!Folder.exists(without + "/keys/vault-1"))
            let target = place.folder + "/again"
            let restored = try EndToEnd.run(["restore", without, target, "--json"])
            #expect(restored.code == 0, "\(restored.err)")
            // What was sealed is lost with its keys; the ledger goes on.
            let events = try EndToEnd.run(["--ledger", target, "events", "--json"])
            #expect(events.code == 0, "\(events.err)")
            #expect(events.json[0]["sealed"]?.text?.contains("id") == true)
            let line = try place.file("new", EndToEnd.event("new"))
            #expect(try EndToEnd.run(["--ledger", target, "append", line]).code == 0)
        }
    }

    @Test func `forgets again whom the original has forgotten since`() async throws {
        try await EndToEnd.withPlace { place in
            func event(_ id: String, _ person: String, _ type: String = "message.received")
                -> String
            {
                """
                {"specversion":"1.0","id":"\(id)","source":"t/1","type":"\(type)",\
                "data":{"person":"\(person)","text":"words of \(person)"}}
                """
            }
            let lines = [
                event("a", "+27820000001"), event("b", "+27820000002"),
                event("c", "+27820000001", "consent.withdrawn"),
            ]
            let first = try place.run(
                "append", place.file("e", lines.joined(separator: "\n")))
            #expect(first.code == 0, "\(first.err)")
            let path = place.folder + "/copy"
            #expect(try place.run("backup", path).code == 0)
            let erased = try place.run("erase", "+27820000001", "--by", "ann", "--why", "asked")
            #expect(erased.code == 0, "\(erased.err)")
            let target = place.folder + "/again"
            let restored = try EndToEnd.run(
                ["restore", path, target, "--keys", place.ledger + "/keys", "--json"])
            #expect(restored.code == 0, "\(restored.err)")
            #expect(restored.json[0]["erasures"]?.integer == 1)
            let events = try EndToEnd.run(["--ledger", target, "events"])
            #expect(!events.out.contains("+27820000001"), "\(events.out)")
            #expect(events.out.contains("words of +27820000002"), "\(events.out)")
            let back = try place.file("f", event("d", "27820000001@c.us"))
            #expect(try EndToEnd.run(["--ledger", target, "append", back]).code == 0)
            let told = try EndToEnd.run(
                ["--ledger", target, "events", "--type", "consent.withdrawn", "--json"])
            #expect(told.json.last?["data"]?["evidence"]?.text == "erased", "\(told.out)")
        }
    }

    @Test func `is refused once one bit of it is another`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<40)
            let path = place.folder + "/copy"
            #expect(try place.run("backup", path).code == 0)
            var random = SeededGenerator(seed: 11)
            let files = ["records", "backup.json", "SHA256SUMS", "keys/vkey", "keys/checkpoint"]
            for file in files {
                for _ in 0..<4 {
                    let whole = try Descriptor.contents(of: path + "/" + file)
                    var other = whole
                    other[Int.random(in: 0..<other.count, using: &random)] ^= 1
                    try Descriptor.create(path + "/" + file, other)
                    let target = place.folder + "/again"
                    let refused = try EndToEnd.run(["restore", path, target])
                    #expect(refused.code == 1, "\(file)")
                    #expect(refused.err.contains(path), "\(file): \(refused.err)")
                    #expect(!Folder.exists(target), "\(file)")
                    try Descriptor.create(path + "/" + file, whole)
                }
            }
            let short = try Descriptor.contents(of: path + "/records")
            try Descriptor.create(path + "/records", Array(short.dropLast(100)))
            #expect(try EndToEnd.run(["restore", path, place.folder + "/again"]).code == 1)
        }
    }

    @Test func `keeps a driven clock, and what may be sent when`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            let who = ["--by", "ann", "--why", "test", "--now", "2026-01-01T00:00:00Z"]
            let applied = try EndToEnd.run(
                ["--ledger", place.ledger, "policy", "apply", policy] + who)
            #expect(applied.code == 0, "\(applied.err)")
            let granted = try place.ask("DR1")
            let path = place.folder + "/copy"
            #expect(try place.run("backup", path).code == 0)
            let restored = EndToEnd.Place(folder: place.folder + "/again")
            try Folder.create(restored.folder)
            #expect(try EndToEnd.run(["restore", path, restored.ledger]).code == 0)
            let now = try restored.run("status", "--json").json[0]["now"]?.text
            #expect(now?.hasPrefix("2026-01-01T00:00:00") == true, "\(now as Any)")
            let report = try restored.run(
                "report", "--reservation", granted, "--outcome", "accepted")
            #expect(report.code == 0, "\(report.err)")
            let again = try restored.run(
                "ask", "--account", "DR1", "--chat", "c@g.us", "--subject", "DR1", "--json")
            #expect(again.json[0]["verdict"]?.text != "send", "\(again.out)")
        }
    }

    private func first(of path: String) throws -> String {
        let text = String(decoding: try Descriptor.contents(of: path), as: UTF8.self)
        return text.split(separator: "\n").first.map(String.init) ?? ""
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A backup or a restore that is killed` {
    @Test(arguments: 1...3) func `leaves a folder that is refused, or a whole one`(
        seed: UInt64
    ) async throws {
        var random = SeededGenerator(seed: seed)
        try await EndToEnd.withPlace { place in
            let lines = (0..<4_000).map { EndToEnd.event("m\($0)") }
            #expect(
                try place.run("append", place.file("e", lines.joined(separator: "\n"))).code == 0)
            #expect(try place.run("backup", place.folder + "/whole").code == 0)
            for round in 0..<6 {
                let path = place.folder + "/copy\(round)"
                let backup = try place.start("backup", path)
                usleep(UInt32.random(in: 0..<300_000, using: &random))
                backup.signal(SIGKILL)
                _ = backup.finish()
                let target = place.folder + "/again\(round)"
                try check(EndToEnd.run(["restore", path, target]), target, "seed \(seed)")
                let other = place.folder + "/other\(round)"
                let restore = try RunningProcess(["restore", place.folder + "/whole", other])
                usleep(UInt32.random(in: 0..<400_000, using: &random))
                restore.signal(SIGKILL)
                _ = restore.finish()
                try check(EndToEnd.run(["--ledger", other, "status"]), other, "seed \(seed)")
            }
            #expect(try place.run("verify").code == 0)
        }
    }

    private func check(_ result: Finished, _ ledger: String, _ what: String) throws {
        if result.code == 0 {
            let status = try EndToEnd.run(["--ledger", ledger, "status", "--json"]).json[0]
            #expect(status["origin"]?.text?.contains("~2-") == true, "\(what): \(result.out)")
            #expect(status["count"]?.integer ?? 0 >= 4_001, "\(what)")
            #expect(try EndToEnd.run(["--ledger", ledger, "verify"]).code == 0, "\(what)")
        } else {
            #expect(result.code == 1 || result.code == 66, "\(what)")
            let isTold =
                result.err.contains("cut short") || result.err.contains("holds no")
            #expect(isTold, "\(what): \(result.err)")
            let made = try EndToEnd.run(["--ledger", ledger, "append", "-"], input: "{}")
            #expect(made.code == 66, "\(what): \(made.out)")
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A disk without room` {
    @Test func `takes neither a backup nor what is restored, and keeps no half of one`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let text = String(repeating: "x", count: 4_000)
            let lines = (0..<500).map { EndToEnd.event("m\($0)", data: "\"text\":\"\(text)\"") }
            #expect(
                try place.run("append", place.file("e", lines.joined(separator: "\n"))).code == 0)
            let disk = place.folder + "/disk"
            try Folder.create(disk)
            guard mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 else {
                try Test.cancel("only root may mount a small disk")
            }
            defer { umount2(disk, Int32(MNT_DETACH)) }
            let refused = try place.run("backup", disk + "/copy")
            #expect(refused.code == 1)
            #expect(refused.err.contains("disk is full"), "\(refused.err)")
            #expect(Folder.names(in: disk + "/copy") == [])
            #expect(try place.run("backup", place.folder + "/copy").code == 0)
            let half = try EndToEnd.run(["restore", place.folder + "/copy", disk + "/ledger"])
            #expect(half.code == 1)
            #expect(half.err.contains("disk is full"), "\(half.err)")
            #expect(!Folder.exists(disk + "/ledger"))
        }
    }

    @Test func `loses no checkpoint`() async throws {
        try await withTemporaryFolder { folder in
            guard mount("tmpfs", folder, "tmpfs", 0, "size=4m") == 0 else {
                try Test.cancel("only root may mount a small disk")
            }
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let place = EndToEnd.Place(folder: folder)
            #expect(try place.run("init", "--name", "test.example/end", "--quiet").code == 0)
            try place.fill(0..<20)
            let note = try place.run("checkpoint").out
            try place.fill(20..<30)
            var number = 0
            let filler = [UInt8](repeating: 0, count: 4_096)
            while (try? Descriptor.create("\(folder)/\(number)", filler)) != nil { number += 1 }
            let refused = try place.run("checkpoint")
            #expect(refused.code == 1)
            #expect(refused.err.contains("disk is full"), "\(refused.err)")
            let kept = try Descriptor.contents(of: place.ledger + "/keys/checkpoint")
            #expect(note.utf8.elementsEqual(kept))
            for one in 0...number { try Folder.remove("\(folder)/\(one)") }
            let signed = try place.run("checkpoint", "--json")
            #expect(signed.json[0]["size"]?.integer == 30, "\(signed.err)")
            #expect(try place.run("verify").code == 0)
        }
    }
}
