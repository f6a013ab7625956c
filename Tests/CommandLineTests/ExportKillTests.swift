import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An export that is killed` {
    @Test func `goes on until it is whole, and both verifiers accept it`() async throws {
        try await EndToEnd.withPlace(development: true, onDisk: true) { place in
            try place.fill(0..<20_000)
            let copy = place.folder + "/copy"
            try copyFolder(place.ledger, to: copy)
            try Descriptor.create(
                copy + ".key", Descriptor.contents(of: place.ledger + ".key"))
            try deceive(copy)
            let whole = place.folder + "/whole"
            let words = ["export", "--proof", "@19999", "-o"]
            let made = try EndToEnd.run(["--ledger", copy] + words + [whole])
            #expect(made.code == 0, "\(made.err)")
            let folder = place.folder + "/audit"
            var chance = SystemRandomNumberGenerator()
            var kills = 0
            while kills < 8 {
                let running = try place.start("export", "--proof", "@19999", "-o", folder)
                usleep(UInt32.random(in: 5_000...400_000, using: &chance))
                running.signal(SIGKILL)
                if running.finish().code == 0 { break }
                kills += 1
                if Folder.exists(folder + "/export.unfinished") {
                    #expect(try EndToEnd.run(["verify", folder]).code == 1, "after \(kills) kills")
                }
            }
            if Folder.exists(folder + "/export.unfinished") || !Folder.exists(folder) {
                let refused = try place.run("export", "--to", "@5", "-o", folder)
                if Folder.exists(folder + "/tile") {
                    #expect(refused.code == 1)
                    #expect(refused.err.contains("cut short"), "\(refused.err)")
                    #expect(try place.run("export", "--proof", "@19999", "-o", folder).code == 0)
                    for name in files(in: whole) {
                        let cut = try? Descriptor.contents(of: folder + "/" + name)
                        #expect(try cut == Descriptor.contents(of: whole + "/" + name), "\(name)")
                    }
                    #expect(files(in: folder) == files(in: whole))
                }
            }
            let checked = try EndToEnd.run(["verify", folder])
            #expect(checked.code == 0, "\(checked.out)")
            guard PublicVerifier.isThere else { return }
            let verifier = try PublicVerifier()
            defer { verifier.remove() }
            let judged = try verifier.judge(folder: folder)
            #expect(judged.hasPrefix("ok: test.example/end"), "\(judged)")
        }
    }

    /// Lets a copy believe that it is the original: nobody else would get the same bytes twice.
    private func deceive(_ ledger: String) throws {
        let birth = try #require(Folder.birth(of: ledger + "/log/data.mdb"))
        let numbers = [birth.number.littleEndian, UInt64(bitPattern: birth.born.littleEndian)]
        let row = numbers.withUnsafeBytes { Array($0) }
        let environment = try Environment.open(
            path: ledger + "/log", options: .init(integerTables: ["log"]))
        let (key, value) = (Array("file".utf8), row)
        try environment.write {
            try $0.put(key.span, value.span, in: environment.table(""))
        }
    }

    private func copyFolder(_ from: String, to: String) throws {
        try Folder.create(to)
        for name in Folder.names(in: from) {
            let (source, target) = (from + "/" + name, to + "/" + name)
            if Folder.isFolder(source) {
                try copyFolder(source, to: target)
            } else {
                try Descriptor.create(target, try Descriptor.contents(of: source))
            }
        }
    }
}
