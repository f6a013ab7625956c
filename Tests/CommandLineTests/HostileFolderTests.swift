import Events
import Glibc
import Storage
import TestSupport
import Testing

/// Whoever audits an export trusts nothing that the audited party put into its folder.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A hostile export` {
    private static let names = [
        "events.ndjson", "checkpoint", "manifest.json", "SHA256SUMS", "vkey", "REPORT.md",
        "manifest.note",
    ]

    private static func withExport(_ body: (EndToEnd.Place, String) throws -> Void) async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("e", EndToEnd.event("a")))
            let folder = place.folder + "/out"
            #expect(try place.run("export", "-o", folder).code == 0)
            #expect(try EndToEnd.run(["verify", folder]).code == 0)
            try body(place, folder)
        }
    }

    @Test func `with a pipe or a link for a file is refused at once`() async throws {
        try await Self.withExport { _, folder in
            for name in Self.names {
                let path = folder + "/" + name
                let whole = try Descriptor.contents(of: path)
                for kind in ["pipe", "zeros", "link"] {
                    try Folder.remove(path)
                    switch kind {
                    case "pipe": #expect(mkfifo(path, 0o600) == 0)
                    case "zeros": #expect(symlink("/dev/zero", path) == 0)
                    default: #expect(symlink("/etc/hostname", path) == 0)
                    }
                    let result = try EndToEnd.run(["verify", folder], seconds: 10)
                    #expect(result.code == 1, "\(name), \(kind): \(result.code)")
                    #expect(result.out.contains("neither a file nor a folder"), "\(result.out)")
                }
                try Folder.remove(path)
                try Descriptor.create(path, whole)
            }
            #expect(try EndToEnd.run(["verify", folder]).code == 0)
        }
    }

    @Test func `with files of holes, or larger than may be, is not read`() async throws {
        try await Self.withExport { _, folder in
            for name in Self.names {
                let path = folder + "/" + name
                let whole = try Descriptor.contents(of: path)
                #expect(truncate(path, 1 << 40) == 0)
                let result = try EndToEnd.run(["verify", folder], seconds: 10)
                #expect(result.code == 1, "\(name): \(result.code)")
                #expect(result.out.contains("\(name) has"), "\(result.out)")
                try Folder.remove(path)
                try Descriptor.create(path, whole)
            }
        }
    }

    @Test func `tells its names cut`() async throws {
        try await Self.withExport { _, folder in
            let sums = folder + "/SHA256SUMS"
            let name = String(repeating: "n", count: 20_000)
            var text = try Descriptor.contents(of: sums)
            text += Array("\(String(repeating: "0", count: 64))  \(name)\n".utf8)
            try Descriptor.create(sums, text)
            let result = try EndToEnd.run(["verify", folder])
            #expect(result.code == 1)
            #expect(result.out.contains("nnn…"), "\(result.out.prefix(300))")
            #expect(result.out.utf8.count < 4_000)
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A folder that somebody else prepared` {
    @Test func `is no place for a ledger`() async throws {
        try await withTemporaryFolder { folder in
            let place = EndToEnd.Place(folder: folder)
            try Folder.create(place.ledger)
            chmod(place.ledger, 0o777)
            let shared = try place.run("init", "--quiet")
            #expect(shared.code == 1)
            #expect(shared.err.contains("may be written by others"), "\(shared.err)")
            chmod(place.ledger, 0o700)
            try Folder.create(place.ledger + "/keys")
            chmod(place.ledger + "/keys", 0o777)
            #expect(try place.run("init", "--quiet").code == 1)
            chmod(place.ledger + "/keys", 0o700)
            // A link where the key is to be written leads it elsewhere.
            #expect(symlink(folder + "/elsewhere", place.ledger + ".key") == 0)
            let linked = try place.run("init", "--quiet")
            #expect(linked.code == 1)
            #expect(linked.err.contains("is a link"), "\(linked.err)")
            #expect(!Folder.exists(folder + "/elsewhere"))
            try Folder.remove(place.ledger + ".key")
            guard geteuid() == 0 else {
                return print("skipped a part: only root may give a file away")
            }
            try Descriptor.create(place.ledger + ".key", (0..<32).map { UInt8($0) })
            #expect(chown(place.ledger + ".key", 12_345, 12_345) == 0)
            let foreign = try place.run("init", "--quiet")
            #expect(foreign.code == 1)
            #expect(foreign.err.contains("belongs to another user"), "\(foreign.err)")
            try Folder.remove(place.ledger + ".key")
            #expect(chown(place.ledger, 12_345, 12_345) == 0)
            #expect(try place.run("init", "--quiet").code == 1)
            #expect(chown(place.ledger, 0, 0) == 0)
            #expect(try place.run("init", "--quiet").code == 0)
        }
    }
}
