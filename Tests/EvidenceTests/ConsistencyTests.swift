import Bytes
import Crypto
import Evidence
import Testing

@Suite struct `A consistency proof` {
    /// Both sizes and the hashes of the certificate-transparency test vectors.
    static let published: [(old: UInt64, new: UInt64, hashes: [String])] = [
        (1, 1, []),
        (
            1, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            6, 8,
            [
                "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (
            2, 5,
            [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ]

    @Test func `is the published one`() throws {
        var leaves = Leaves(Published.leaves)
        for (old, new, hashes) in Self.published {
            let proof = try ConsistencyProof(from: old, to: new, from: &leaves)
            #expect(proof.hashes == hashes.map(digest))
            try proof.verify(
                oldRoot: Published.roots[Int(old)], newRoot: Published.roots[Int(new)])
        }
    }

    @Test func `holds between all sizes up to 64, and for no other root`() throws {
        var leaves = Leaves(count: 64)
        let roots = (0...64).map { leaves.root(of: $0) }
        for new in 0...64 {
            for old in 0...new {
                let proof = try ConsistencyProof(
                    from: UInt64(old), to: UInt64(new), from: &leaves)
                try proof.verify(oldRoot: roots[old], newRoot: roots[new])
                for other in 0...64 where other != old {
                    #expect(
                        code { try proof.verify(oldRoot: roots[other], newRoot: roots[new]) } != nil
                    )
                }
                // From nothing anything may grow: then the new root cannot be wrong.
                for other in 0...64 where other != new && old > 0 {
                    #expect(
                        code { try proof.verify(oldRoot: roots[old], newRoot: roots[other]) } != nil
                    )
                }
            }
        }
    }

    @Test func `holds for some sizes before every size up to 600, and refuses what was altered`()
        throws
    {
        var chance = SeededGenerator(state: 7)
        var leaves = Leaves(count: 600)
        for new in 65...600 {
            let newRoot = leaves.root(of: new)
            for old in [1, new - 1, Int.random(in: 1..<new, using: &chance)] {
                let proof = try ConsistencyProof(
                    from: UInt64(old), to: UInt64(new), from: &leaves)
                try proof.verify(oldRoot: leaves.root(of: old), newRoot: newRoot)
                expectRefusals(proof, leaves.root(of: old), newRoot)
            }
        }
    }

    @Test func `holds in logs of up to ten million records`() throws {
        for seed in 0..<300 as Range<UInt64> {
            var chance = SeededGenerator(state: seed)
            let new = UInt64.random(in: 600...10_000_000, using: &chance)
            let old = UInt64.random(in: 1..<new, using: &chance)
            var log = SparseLog(special: [0, old - 1, old, new - 1])
            let oldRoot = try log.root(of: old)
            let newRoot = try log.root(of: new)
            let proof = try ConsistencyProof(from: old, to: new, from: &log)
            #expect(throws: Never.self, "seed \(seed): from \(old) to \(new)") {
                try proof.verify(oldRoot: oldRoot, newRoot: newRoot)
            }
            expectRefusals(proof, oldRoot, newRoot)
        }
    }

    @Test func `refuses a log that is shorter than it was, and one of another size`() {
        var leaves = Leaves(count: 8)
        let roots = (0...8).map { leaves.root(of: $0) }
        #expect(code { _ = try ConsistencyProof(from: 5, to: 4, from: &leaves) } == .outOfRange)
        #expect(
            code { _ = try ConsistencyProof(from: 5, to: .max, from: &leaves) } == .outOfRange)
        let shorter = ConsistencyProof(oldSize: 5, newSize: 4, hashes: [])
        #expect(code { try shorter.verify(oldRoot: roots[5], newRoot: roots[4]) } == .outOfRange)
        let same = ConsistencyProof(oldSize: 5, newSize: 5, hashes: [])
        #expect(code { try same.verify(oldRoot: roots[5], newRoot: roots[4]) } == .wrongRoot)
        let useless = ConsistencyProof(oldSize: 5, newSize: 5, hashes: [roots[1]])
        #expect(code { try useless.verify(oldRoot: roots[5], newRoot: roots[5]) } == .malformed)
        let fromNothing = ConsistencyProof(oldSize: 0, newSize: 5, hashes: [])
        #expect(code { try fromNothing.verify(oldRoot: roots[1], newRoot: roots[5]) } == .wrongRoot)
        let short = ConsistencyProof(oldSize: 5, newSize: 8, hashes: [])
        #expect(code { try short.verify(oldRoot: roots[5], newRoot: roots[8]) } == .malformed)
    }

    @Test func `refuses a size that the hashes do not reach or go beyond`() throws {
        var leaves = Leaves(count: 8)
        let roots = (0...8).map { leaves.root(of: $0) }
        let proof = try ConsistencyProof(from: 1, to: 4, from: &leaves)
        for size in [2, 8, 9, 1 << 40] as [UInt64] {
            let stretched = ConsistencyProof(oldSize: 1, newSize: size, hashes: proof.hashes)
            #expect(
                code { try stretched.verify(oldRoot: roots[1], newRoot: roots[4]) } == .malformed)
        }
    }

    /// Every hash altered, left out or doubled, and both roots exchanged.
    private func expectRefusals(_ proof: ConsistencyProof, _ oldRoot: Digest, _ newRoot: Digest) {
        func refuses(_ hashes: [Digest]) -> Bool {
            let altered = ConsistencyProof(
                oldSize: proof.oldSize, newSize: proof.newSize, hashes: hashes)
            return code { try altered.verify(oldRoot: oldRoot, newRoot: newRoot) } != nil
        }
        for place in proof.hashes.indices {
            var hashes = proof.hashes
            hashes[place] = hashes[place].bytes.span.sha256
            #expect(refuses(hashes))
            hashes.remove(at: place)
            #expect(refuses(hashes))
            hashes = proof.hashes
            hashes.insert(hashes[place], at: place)
            #expect(refuses(hashes))
        }
        #expect(code { try proof.verify(oldRoot: newRoot, newRoot: oldRoot) } != nil)
    }
}
