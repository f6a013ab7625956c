import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The doctor` {
    @Test func `looks at everything, and at the records only if there is time`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            #expect(try place.run("checkpoint").code == 0)
            let whole = try place.examine()
            #expect(whole.faults.isEmpty, "\(whole.findings)")
            #expect(
                whole.findings.keys.sorted() == [
                    "accounts", "backup", "checkpoint", "clock", "disk", "erasures", "format",
                    "key", "log", "orders", "permissions", "readers", "records", "tree", "vault",
                    "views",
                ])
            #expect(whole.findings["log"] == "5 records, which begin with the 5 that were signed")
            let quick = try place.examine("--quick")
            #expect(quick.findings["records"] == nil)
            #expect(quick.findings.count == 14)
            #expect(try place.run("doctor", "--quick", "--accept-clock").code == 64)
            #expect(try place.run("doctor").out.contains("ok     tree: 5 records hashed"))
        }
    }

    /// What is true depends on the machine; each place must say what the kernel says.
    @Test func `says whether the machine's clock follows a time source, as status and init do`()
        async throws
    {
        try await EndToEnd.withPlace { place in
            let isFree = SystemClock.isSynchronised == false
            let sentence = "follows no time source"
            let other = try EndToEnd.run(["--ledger", place.folder + "/other", "init"])
            #expect(other.code == 0 && other.err.contains(sentence) == isFree, "\(other.err)")
            let examined = try place.examine()
            #expect(examined.findings["clock"]?.contains(sentence) == isFree)
            #expect(examined.faults.isEmpty, "it is taken: \(examined.findings)")
            let status = try place.run("status", "--json").json.first
            #expect(status?["clock_synchronised"]?.flag == SystemClock.isSynchronised)
            #expect(status?["clock_note"]?.text?.contains(sentence) ?? false == isFree)
            #expect(try place.run("status").out.contains(sentence) == isFree)
            // Where the policy asks for a source it is a fault, and the doctor says so.
            let policy = try place.file("policy.yaml", "clock: {require_sync: true}\n")
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            #expect(applied.code == 0, "\(applied.err)")
            let strict = try place.run("doctor")
            #expect((strict.code == 1) == isFree, "\(strict.out)")
            #expect(strict.out.contains("clock.require_sync") == isFree, "\(strict.out)")
        }
    }

    @Test func `says what to do about keys`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<5)
            #expect(try place.run("checkpoint").code == 0)
            let keys = place.ledger + "/keys"
            let note = try Descriptor.contents(of: keys + "/checkpoint")
            try Descriptor.create(keys + "/checkpoint", Array("no note".utf8))
            let damaged = try place.examine("--quick")
            #expect(damaged.faults == ["checkpoint"])
            #expect(damaged.findings["checkpoint"]?.contains("'ledger checkpoint'") == true)
            #expect(try place.run("checkpoint").code == 0)
            #expect(try Descriptor.contents(of: keys + "/checkpoint") == note)
            #expect(try place.examine("--quick").faults.isEmpty)
            chmod(keys + "/signing", 0o644)
            #expect(try place.examine("--quick").faults == ["permissions"])
            chmod(keys + "/signing", 0o600)
            let other = "PRIVATE+KEY+test.example/other+1bd5e9ca+AAAA\n"
            try Descriptor.create(keys + "/signing", Array(other.utf8))
            #expect(try place.examine("--quick").faults == ["key"])
            try Folder.remove(keys + "/signing")
            let missing = try place.examine("--quick")
            #expect(missing.faults == ["key"])
            #expect(missing.findings["key"]?.contains("--accept-rollback") == true)
            try Descriptor.create(keys + "/erasures", Array("nobody\n".utf8))
            #expect(try place.examine("--quick").faults == ["key", "erasures"])
        }
    }

    @Test func `says when the last backup was taken`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let first = try place.file(
                "first", EndToEnd.event("a", time: "2026-01-01T00:00:00Z"))
            #expect(try place.run("append", first).code == 0)
            #expect(try place.examine().findings["backup"]?.hasPrefix("none is known") == true)
            #expect(try place.run("backup", place.folder + "/copy").code == 0)
            #expect(try place.examine().findings["backup"]?.hasPrefix("taken 2026-01-01") == true)
            let later = try place.file(
                "later", EndToEnd.event("b", time: "2026-01-11T00:00:00Z"))
            #expect(try place.run("append", later).code == 0)
            let old = try place.examine()
            #expect(old.faults == ["backup"])
            #expect(old.findings["backup"] == "the last is 10 days old; run 'ledger backup DIR'")
        }
    }
}

extension EndToEnd.Place {
    /// What the doctor finds: sentences by check, and the checks that are not well, without that of
    /// the disk, which is the machine's.
    func examine(
        _ words: String...
    ) throws -> (findings: [String: String], faults: [String]) {
        let result = try EndToEnd.run(["--ledger", ledger, "doctor", "--json"] + words)
        var findings: [String: String] = [:]
        var faults: [String] = []
        for check in result.json {
            let name = check["check"]?.text ?? "?"
            findings[name] = check["finding"]?.text
            if check["ok"] != .flag(true) { faults.append(name) }
        }
        #expect(result.code == (faults.isEmpty ? 0 : 1), "\(result.err)")
        return (findings, faults.filter { $0 != "disk" })
    }
}
