import Events
import Storage
import TestSupport
import Testing

/// A backup that an earlier version made: its records, its vault and its own layout are read for
/// ever.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The golden backup of format 1` {
    private static let folder: String = {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(root)/Tests/Fixtures/golden-format-1"
    }()

    @Test func `is restored, opened and read as it was`() async throws {
        try await withTemporaryFolder { folder in
            // Whoever checks a tree out gives its files another mode.
            let key = folder + "/master.key"
            try Descriptor.create(key, Descriptor.contents(of: Self.folder + "/master.key"))
            let ledger = folder + "/ledger"
            let restored = try EndToEnd.run([
                "restore", Self.folder + "/backup", ledger, "--master-key", key,
            ])
            #expect(restored.code == 0, "\(restored.err)")
            let told = try EndToEnd.run(["--ledger", ledger, "events", "--json"])
            let bytes = try Descriptor.contents(of: Self.folder + "/events.ndjson")
            let golden = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            #expect(golden.count == 9)
            #expect(told.lines.prefix(9).elementsEqual(golden) { $0 == $1 }, "\(told.out)")
            // One person is in clear, and one was erased before.
            #expect(told.out.contains("27820000002@s.whatsapp.net"))
            #expect(!told.out.contains("3EB0C767D82B0A"))
            let verified = try EndToEnd.run(["--ledger", ledger, "verify"])
            #expect(verified.code == 0, "\(verified.err)")
            let replayed = try EndToEnd.run(["--ledger", ledger, "replay", "--from", "@0"])
            #expect(replayed.code == 0, "\(replayed.err)")
        }
    }
}
