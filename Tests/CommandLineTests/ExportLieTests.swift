import Bytes
import Crypto
import Evidence
import Storage
import TestSupport
import Testing

/// The owner of a ledger has the key: digests that were signed anew must not hide a change.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `An export whose digests were signed anew` {
    @Test func `is refused all the same, whatever was changed`() async throws {
        try await withExport { place, folder in
            try sign(folder, place)
            let same = try EndToEnd.run(["verify", folder])
            #expect(same.code == 0, "the list can be signed anew: \(same.out)")
            var chance = SeededGenerator(seed: 8)
            let unlisted = ["SHA256SUMS", "manifest.note", "manifest.json"]
            for name in files(in: folder) where !unlisted.contains(name) {
                let path = folder + "/" + name
                let bytes = try Descriptor.contents(of: path)
                for _ in 0..<3 {
                    let place = Int.random(in: 0..<bytes.count, using: &chance)
                    var altered = bytes
                    altered[place] ^= 1 << UInt8.random(in: 0..<7, using: &chance)
                    try expectRefusal(of: altered, "\(name), byte \(place)", path, folder)
                }
                try expectRefusal(of: Array(bytes.dropLast()), "\(name), cut", path, folder)
                try expectRefusal(of: bytes + bytes.suffix(40), "\(name), longer", path, folder)
                try Descriptor.create(path, bytes)
            }
        }
    }

    @Test(arguments: [
        ("\"events\":561", "\"events\":559"), ("\"last_position\":560", "\"last_position\":559"),
        ("\"message.received\":560", "\"message.received\":561"), ("\"size\":561", "\"size\":562"),
        ("\"last\":null", "\"last\":400"), ("\"policies\":[]", "\"policies\":[{}]"),
    ])
    func `is refused when its manifest lies`(_ truth: String, _ lie: String) async throws {
        try await withExport { place, folder in
            let path = folder + "/manifest.json"
            let text = String(decoding: try Descriptor.contents(of: path), as: UTF8.self)
            let range = try #require(text.firstRange(of: truth), "\(text)")
            try Descriptor.create(
                path, Array((text[..<range.lowerBound] + lie + text[range.upperBound...]).utf8))
            try sign(folder, place)
            let found = try EndToEnd.run(["verify", folder])
            #expect(found.code == 1, "\(found.out)")
        }
    }

    /// An export with everything: bundles, tiles of two levels, a proof, growth.
    private func withExport(
        _ body: (EndToEnd.Place, String) async throws -> Void
    ) async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<300)
            let old = place.folder + "/old"
            #expect(try place.run("export", "-o", old).code == 0)
            try place.fill(300..<560)
            let folder = place.folder + "/new"
            let made = try place.run("export", "-o", folder, "--since", old, "--proof", "@300")
            #expect(made.code == 0, "\(made.err)")
            try await body(place, folder)
        }
    }

    /// Changes a file, signs the digests, and sees it refused.
    private func expectRefusal(
        of altered: [UInt8], _ what: String, _ path: String, _ folder: String
    ) throws {
        try Descriptor.create(path, altered)
        try sign(folder, EndToEnd.Place(folder: Folder.parent(of: folder)))
        let found = try EndToEnd.run(["verify", folder])
        #expect(found.code == 1, "\(what): \(found.out)")
        #expect(!found.out.contains("digest differs"), "\(what): \(found.out)")
    }

    /// Writes the list of digests and its note for what lies in the folder now.
    private func sign(_ folder: String, _ place: EndToEnd.Place) throws {
        var sums = ""
        for name in files(in: folder) where name != "SHA256SUMS" && name != "manifest.note" {
            let bytes = try Descriptor.contents(of: folder + "/" + name)
            sums += sum(bytes, name)
        }
        try Descriptor.create(folder + "/SHA256SUMS", Array(sums.utf8))
        let secret = try Descriptor.contents(of: place.ledger + "/keys/signing").dropLast()
        let key = try SignerKey(text: String(decoding: secret, as: UTF8.self))
        let listed = sum(Array(sums.utf8), "SHA256SUMS")
        var note = try Note(text: "\(key.verifier.name) export\n\(listed)")
        note.sign(with: key)
        try Descriptor.create(folder + "/manifest.note", Array(note.serialised.utf8))
    }

    /// A line of `sha256sum`.
    private func sum(_ bytes: [UInt8], _ name: String) -> String {
        let digest = bytes.span.sha256
        return digest.hex + "  " + name + "\n"
    }
}
