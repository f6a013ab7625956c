import Bytes
import Crypto
import Events
import Evidence
import Glibc
import Storage
import TestSupport
import Testing

/// All files of a folder, by their paths in it.
func files(in folder: String, _ prefix: String = "") -> [String] {
    Folder.names(in: folder + "/" + prefix).flatMap { name in
        Folder.isFolder("\(folder)/\(prefix)\(name)")
            ? files(in: folder, "\(prefix)\(name)/") : [prefix + name]
    }
}

extension EndToEnd.Place {
    /// Appends so many events.
    func fill(_ range: Range<Int>) throws {
        let lines = range.map {
            EndToEnd.event("m\($0)", data: "\"text\":\"=1+\($0), \\\"quoted\\\"\"")
        }
        let added = try run("append", file("events", lines.joined(separator: "\n")))
        #expect(added.code == 0, "\(added.err)")
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb export` {
    @Test func `writes what verify accepts, and records it`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<600)
            let folder = place.folder + "/audit"
            let made = try place.run(
                "export", "-o", folder, "--proof", "@7", "--proof", "@599", "--by", "ann", "--json")
            #expect(made.code == 0, "\(made.err)")
            #expect(made.json[0]["events"]?.integer == 600)
            #expect(made.json[0]["position"]?.integer == 600)
            let event = try place.run("events", "--from", "@600", "--json").json[0]
            #expect(event["type"]?.text == "export.made")
            #expect(event["data"]?["by"]?.text == "ann")
            #expect(event["data"]?["hash"] == made.json[0]["hash"])
            let checked = try EndToEnd.run(["verify", folder, "--json"])
            #expect(checked.code == 0, "\(checked.out)")
            let report = checked.json[0]
            #expect(report["records"]?.integer == 600)
            #expect(report["events"]?.integer == 600)
            #expect(report["proofs"]?.integer == 2)
            #expect(report["origin"]?.text == "test.example/end")
            let key = try place.run("status", "--json").json[0]["vkey"]
            #expect(report["vkey"] == key)
            // Each line is that of 'events' with what discloses its sealed fields at its end.
            let told = String(
                decoding: try Descriptor.contents(of: folder + "/events.ndjson"), as: UTF8.self
            ).split(separator: "\n").map(String.init)
            let listed = try place.run("events", "--to", "@599", "--json").lines
            #expect(told.count == 600)
            for (line, own) in zip(told, listed) {
                let end = line.firstRange(of: ",\"disclosed\":\"")?.lowerBound ?? line.endIndex
                #expect(line[..<end] + "}" == own)
                #expect(line.contains("\"disclosed\":\"id:"))
            }
        }
    }

    @Test func `lets verify find a changed byte in every file`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let old = place.folder + "/old"
            #expect(try place.run("export", "-o", old).code == 0)
            try place.fill(300..<560)
            let folder = place.folder + "/new"
            let made = try place.run("export", "-o", folder, "--since", old, "--proof", "@300")
            #expect(made.code == 0, "\(made.err)")
            let whole = try EndToEnd.run(["verify", folder, "--json"])
            #expect(whole.code == 0, "\(whole.out)")
            #expect(whole.json[0]["grown_from"]?.integer == 300)
            var chance = SeededGenerator(seed: 5)
            let names = files(in: folder)
            #expect(names.count > 12, "\(names)")
            for name in names {
                let path = folder + "/" + name
                let bytes = try Descriptor.contents(of: path)
                let places = [0, bytes.count - 1, Int.random(in: 0..<bytes.count, using: &chance)]
                for place in places {
                    var altered = bytes
                    altered[place] ^= 1 << UInt8.random(in: 0..<7, using: &chance)
                    try Descriptor.create(path, altered)
                    let found = try EndToEnd.run(["verify", folder])
                    #expect(found.code == 1, "\(name), byte \(place): \(found.out)")
                }
                try Descriptor.create(path, Array(bytes.dropLast()))
                #expect(try EndToEnd.run(["verify", folder]).code == 1, "\(name) cut short")
                try Folder.remove(path)
                #expect(try EndToEnd.run(["verify", folder]).code == 1, "\(name) removed")
                try Descriptor.create(path, bytes)
            }
            #expect(try EndToEnd.run(["verify", folder]).code == 0)
        }
    }

    @Test(
        .enabled(
            if: PublicVerifier.isThere,
            "needs Debian's golang-go and golang-golang-x-mod-dev: run tools/setup --tests"))
    func `writes what a public verifier accepts`() async throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let old = place.folder + "/old"
            #expect(try place.run("export", "-o", old).code == 0)
            try place.fill(300..<560)
            let folder = place.folder + "/new"
            let made = try place.run("export", "-o", folder, "--since", old, "--proof", "@300")
            #expect(made.code == 0, "\(made.err)")
            func judge() throws -> String {
                try verifier.judge(
                    folder: folder, old: "since/checkpoint", growth: "since/growth")
            }
            #expect(
                try judge() == "ok: test.example/end, 561 records, 1 proofs\n"
                    + "ok: grown from 300 to 561 records\n")
            let bundle = folder + "/tile/entries/000"
            var bytes = try Descriptor.contents(of: bundle)
            bytes[100] ^= 1
            try Descriptor.create(bundle, bytes)
            #expect(try judge().contains("FAIL"))
        }
    }

    @Test(
        .enabled(
            if: PublicVerifier.isThere,
            "needs Debian's golang-go and golang-golang-x-mod-dev: run tools/setup --tests"))
    func `of an empty ledger is verified too, by both`() async throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        try await EndToEnd.withPlace { place in
            let folder = place.folder + "/audit"
            #expect(try place.run("export", "-o", folder).code == 0)
            let checked = try EndToEnd.run(["verify", folder])
            #expect(checked.code == 0, "\(checked.out)")
            #expect(checked.out.contains("0 of 0 records, 0 events"))
            func judge() throws -> String { try verifier.judge(folder: folder) }
            #expect(try judge() == "ok: test.example/end, 0 records, 0 proofs\n")
            let later = place.folder + "/later"
            #expect(try place.run("export", "-o", later, "--since", folder).code == 0)
            let grown = try verifier.judge(
                folder: later, old: "since/checkpoint", growth: "since/growth")
            #expect(grown.hasSuffix("ok: grown from 0 to 1 records\n"), "\(grown)")
            #expect(try EndToEnd.run(["verify", later]).code == 0)
        }
    }

    @Test func `lets verify name the position and the file at fault`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let folder = place.folder + "/audit"
            #expect(try place.run("export", "-o", folder).code == 0)
            let bundle = folder + "/tile/entries/001.p/44"
            let bytes = try Descriptor.contents(of: bundle)
            var altered = bytes
            altered[40] ^= 1
            try Descriptor.create(bundle, altered)
            let found = try EndToEnd.run(["verify", folder, "--json"]).json[0]
            let faults = found["faults"]?.elements ?? []
            #expect(faults.contains { $0["position"]?.integer == 256 }, "\(faults)")
            #expect(faults.contains { $0["message"]?.text?.contains("entries/001.p/44") == true })
            try Descriptor.create(bundle, bytes)
            let one = folder + "/tile/0/000"
            let other = folder + "/tile/entries/000"
            try Folder.rename(one, to: folder + "/x")
            try Folder.rename(other, to: one)
            try Folder.rename(folder + "/x", to: other)
            let swapped = try EndToEnd.run(["verify", folder])
            #expect(swapped.code == 1)
            #expect(swapped.out.contains("tile/0/000"), "\(swapped.out)")
        }
    }

    @Test func `lets verify refuse another key`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let folder = place.folder + "/audit"
            #expect(try place.run("export", "-o", folder).code == 0)
            let key = try place.run("status", "--json").json[0]["vkey"]?.text ?? ""
            let same = try EndToEnd.run(["verify", folder, "--vkey", key])
            #expect(same.code == 0, "\(same.out)")
            let other = try SignerKey(name: "test.example/end", key: .generate()).verifier.text
            let result = try EndToEnd.run(["verify", folder, "--vkey", other])
            #expect(result.code == 1)
            #expect(result.out.contains("is signed by the key \(key)"), "\(result.out)")
            #expect(try EndToEnd.run(["verify", folder, "--vkey", "nonsense"]).code == 1)
            try Descriptor.create(folder + "/vkey", Array("\(other)\n".utf8))
            #expect(try EndToEnd.run(["verify", folder]).code == 1)
        }
    }

    @Test func `refuses a folder that is not its own`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let folder = place.folder + "/audit"
            try Folder.create(folder)
            try Descriptor.create(folder + "/mine", [1])
            let refused = try place.run("export", "-o", folder)
            #expect(refused.code == 1)
            #expect(refused.err.contains("holds something already"), "\(refused.err)")
            #expect(files(in: folder) == ["mine"])
            #expect(try place.count() == 3, "nothing was exported, nothing is recorded")
            try Folder.remove(folder + "/mine")
            #expect(try place.run("export", "-o", folder).code == 0, "it is empty now")
            #expect(try place.run("export", "-o", folder).code == 1, "it is finished now")
        }
    }

    @Test func `tells a range, and verify says that it is one`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<800)
            let folder = place.folder + "/audit"
            let words = ["export", "-o", folder, "--from", "@300", "--to", "@310", "--proof", "@0"]
            let made = try EndToEnd.run(["--ledger", place.ledger] + words)
            #expect(made.code == 0, "\(made.err)")
            let report = try EndToEnd.run(["verify", folder, "--json"])
            #expect(report.code == 0, "\(report.out)")
            #expect(report.json[0]["events"]?.integer == 11)
            #expect(report.json[0]["records"]?.integer == 512, "two bundles of four")
            #expect(report.json[0]["size"]?.integer == 800)
            #expect(report.json[0]["proofs"]?.integer == 1)
        }
    }

    @Test func `refuses what it cannot prove`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let folder = place.folder + "/audit"
            #expect(try place.run("export").code == 64)
            #expect(try place.run("export", "-o", folder, "--proof", "7").code == 64)
            let csv = try place.run("export", "--format", "csv", "--proof", "@1")
            #expect(csv.code == 64)
            let beyond = try place.run("export", "-o", folder, "--proof", "@3")
            #expect(beyond.code == 1)
            #expect(beyond.err.contains("position 3"), "\(beyond.err)")
            #expect(try place.run("export", "-o", folder, "--since", place.folder).code == 1)
            #expect(!Folder.exists(folder))
        }
    }

    @Test func `writes lines and tables`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let lines = try place.run("export", "--format", "ndjson")
            #expect(lines.code == 0, "\(lines.err)")
            let listed = try place.run("events", "--to", "@2", "--json")
            #expect(lines.out == listed.out)
            let file = place.folder + "/events.csv"
            let table = try place.run("export", "--format", "csv", "-o", file, "--to", "@1")
            #expect(table.code == 0, "\(table.err)")
            let text = String(decoding: try Descriptor.contents(of: file), as: UTF8.self)
            let rows = text.components(separatedBy: "\r\n")
            #expect(rows.count == 4 && rows[3].isEmpty, "\(text)")
            #expect(rows[0].hasPrefix("position,recordedtime,time,type,source,id,subject,account,"))
            #expect(rows[1].contains("\"'=1+0, \"\"quoted\"\"\""), "no formula: \(rows[1])")
            #expect(try place.run("export", "--format", "csv", "-o", file).code == 1)
        }
    }
}

extension String {
    fileprivate func components(separatedBy end: String) -> [String] {
        split(separator: end, omittingEmptySubsequences: false).map(String.init)
    }
}
