import Events
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb verify` {
    @Test func `checks the ledger in a folder, views included`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<30)
            let found = try EndToEnd.run(["verify", place.ledger])
            #expect(found.code == 0, "\(found.err)")
            #expect(found.out.contains("30 records, no fault"), "\(found.out)")
            #expect(found.out.contains("rows of the views follow from them"), "\(found.out)")
            let json = try place.run("verify", "--json").json[0]
            #expect(json["events"]?.integer == 30)
            #expect((json["view_rows"]?.integer ?? 0) > 0)
            #expect(json["faults"]?.elements.isEmpty == true)
        }
    }

    @Test func `finds views that do not follow from the log, and mends them`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<30)
            _ = try place.run("status")
            // Another ledger's views of as many events, under this one's name.
            let other = EndToEnd.Place(folder: place.folder + "/other")
            try Folder.create(other.folder)
            let words = ["init", "--name", "test.example/end", "--quiet"]
            #expect(try EndToEnd.run(["--ledger", other.ledger] + words).code == 0)
            let lines = (0..<30).map { EndToEnd.event("m\($0)", subject: "DR\($0)") }
            _ = try other.run("append", other.file("e", lines.joined(separator: "\n")))
            _ = try other.run("rebuild")
            _ = try place.run("rebuild")
            let mine = try generation(place)
            let theirs = try generation(other)
            try copyHeaderless(from: theirs, to: mine)
            let found = try place.run("verify")
            // Either the difference is found row by row, or the checkpoint is known to be foreign.
            let isMended = found.err.contains("rebuilding the views")
            #expect(found.code == 1 || isMended, "\(found.out) \(found.err)")
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `compares every checkpoint that was signed`() async throws {
        try await EndToEnd.withPlace { place in
            for part in 0..<3 {
                try place.fill(part * 10..<part * 10 + 10)
                #expect(try place.run("checkpoint").code == 0)
            }
            let folder = place.ledger + "/keys/checkpoints"
            #expect(Folder.names(in: folder) == ["10", "20", "30"])
            #expect(try place.run("verify").code == 0)
            // A checkpoint of another history, under the right key, is found though it is old.
            let twenty = try Descriptor.contents(of: folder + "/20")
            var altered = twenty
            altered[altered.count - 10] ^= 4
            try Descriptor.create(folder + "/20", altered)
            let broken = try place.run("verify")
            #expect(broken.code == 1)
            #expect(broken.out.contains("checkpoints/20"), "\(broken.out)")
            try Descriptor.create(folder + "/20", try Descriptor.contents(of: folder + "/10"))
            let moved = try place.run("verify")
            #expect(moved.code == 1)
            #expect(moved.out.contains("keys/checkpoints/20 is of 10 records"), "\(moved.out)")
            try Descriptor.create(folder + "/20", twenty)
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `refuses options that belong to the other kind of folder`() async throws {
        try await EndToEnd.withPlace { place in
            let key = try EndToEnd.run(["verify", place.ledger, "--vkey", "x"])
            #expect(key.code == 64)
            let now = try place.run("verify", "--now", "2025-10-01T00:00:00Z")
            #expect(now.code == 64)
        }
    }

    private func generation(_ place: EndToEnd.Place) throws -> String {
        let numbers = Folder.names(in: place.ledger + "/views").compactMap { Int($0) }
        return place.ledger + "/views/\(try #require(numbers.max()))"
    }

    private func copyHeaderless(from: String, to: String) throws {
        for name in Folder.names(in: from) where name == "data.mdb" || name.hasSuffix(".run") {
            try Descriptor.create(to + "/" + name, try Descriptor.contents(of: from + "/" + name))
        }
    }
}
