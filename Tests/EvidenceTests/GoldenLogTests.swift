import Bytes
import Crypto
import Evidence
import Foundation
import TestSupport
import Testing

/// A log of 300 records that other software wrote, byte for byte.
///
/// It lies among the shared fixtures, in `evidence/`.
@Suite(.enabled(if: SharedFixtures.folder != nil, "\(SharedFixtures.absence)"))
struct `The golden log` {
    @Test func `is what this room writes`() throws {
        let files = try SampleLog(count: 300).files()
        #expect(files.keys.filter { $0.hasPrefix("tile/") }.count == 5)
        for path in ["checkpoint"] + files.keys.filter({ $0.hasPrefix("tile/") }) {
            let golden = try GoldenLog.read(path)
            #expect(files[path] == golden, "\(path)")
        }
        let log = try SampleLog(count: 300)
        #expect(
            log.key.verifier.text
                == "ledger.example/acct1+ae7ab8d1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
        let proof = try GoldenLog.read("entry257.tlog-proof")
        #expect(bytes(try log.proof(257).text) == proof)
    }

    @Test func `is accepted by this room`() throws {
        let key = try VerifierKey(
            text: "ledger.example/acct1+ae7ab8d1+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4")
        let note = try GoldenLog.read("checkpoint")
        let checkpoint = try Checkpoint(note: note.span, by: key)
        var tiles = TileHashes(size: checkpoint.size) { tile throws(EvidenceError) in
            do {
                return try GoldenLog.read(tile.path)
            } catch {
                throw EvidenceError(.missing, "There is no tile \(tile.path).", cause: error)
            }
        }
        var hasher = TreeHasher()
        var position: UInt64 = 0
        for tile in [Tile(.entries, 0), Tile(.entries, 1, width: 44)] {
            let bundle = try GoldenLog.read(tile.path)
            for range in try EntryBundle.records(in: bundle.span, of: tile) {
                let leaf = hasher.leaf(bundle.span.extracting(range))
                try InclusionProof(index: position, size: checkpoint.size, from: &tiles)
                    .verify(leaf: leaf, root: checkpoint.root)
                position += 1
            }
        }
        #expect(position == 300)
    }
}

enum GoldenLog {
    static func read(_ path: String) throws -> [UInt8] {
        let url = URL(fileURLWithPath: (SharedFixtures.folder ?? "") + "/evidence/" + path)
        return [UInt8](try Data(contentsOf: url))
    }
}
