import Bytes
import Crypto
import Evidence
import Testing

@Suite struct `An inclusion proof` {
    /// Place, size and hashes of the certificate-transparency test vectors.
    static let published: [(index: UInt64, size: UInt64, hashes: [String])] = [
        (0, 1, []),
        (
            0, 8,
            [
                "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
            ]
        ),
        (
            5, 8,
            [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ]
        ),
        (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
        (
            1, 5,
            [
                "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ]
        ),
    ]

    @Test func `is the published one`() throws {
        var leaves = Leaves(Published.leaves)
        for (index, size, hashes) in Self.published {
            let proof = try InclusionProof(index: index, size: size, from: &leaves)
            #expect(proof.hashes == hashes.map(digest))
            try proof.verify(leaf: leaves.hashes[Int(index)], root: Published.roots[Int(size)])
        }
    }

    @Test func `holds for every record of every size up to 64`() throws {
        let all = Leaves(count: 64)
        for size in 1...64 {
            let root = all.root(of: size)
            var leaves = all
            for index in 0..<size {
                let proof = try InclusionProof(
                    index: UInt64(index), size: UInt64(size), from: &leaves)
                for (other, leaf) in all.hashes[..<size].enumerated() {
                    let refusal = code { try proof.verify(leaf: leaf, root: root) }
                    #expect(refusal == (other == index ? nil : .wrongRoot))
                }
            }
        }
    }

    @Test func `holds for some records of every size up to 600, and refuses what was altered`()
        throws
    {
        var chance = SeededGenerator(state: 6)
        var leaves = Leaves(count: 600)
        for size in 65...600 {
            let root = leaves.root(of: size)
            for index in [0, size - 1, Int.random(in: 0..<size, using: &chance)] {
                let proof = try InclusionProof(
                    index: UInt64(index), size: UInt64(size), from: &leaves)
                let leaf = leaves.hashes[index]
                try proof.verify(leaf: leaf, root: root)
                expectRefusals(proof, leaf, root, &chance)
            }
        }
    }

    @Test func `holds in logs of up to ten million records`() throws {
        for seed in 0..<300 as Range<UInt64> {
            var chance = SeededGenerator(state: seed)
            let size = UInt64.random(in: 600...10_000_000, using: &chance)
            let index = UInt64.random(in: 0..<size, using: &chance)
            let near = index ^ UInt64.random(in: 1..<256, using: &chance)
            var log = SparseLog(special: [index, near, size - 1])
            let root = try log.root(of: size)
            let proof = try InclusionProof(index: index, size: size, from: &log)
            #expect(throws: Never.self, "seed \(seed): record \(index) of \(size)") {
                try proof.verify(leaf: log.leaf(index), root: root)
            }
            expectRefusals(proof, log.leaf(index), root, &chance)
        }
    }

    @Test func `refuses positions and sizes that no log has`() {
        var leaves = Leaves(count: 4)
        for (index, size) in [(0, 0), (4, 4), (UInt64.max, 4), (0, UInt64.max)]
            as [(UInt64, UInt64)]
        {
            #expect(
                code { _ = try InclusionProof(index: index, size: size, from: &leaves) }
                    == .outOfRange)
            let proof = InclusionProof(index: index, size: size, hashes: [])
            #expect(code { _ = try proof.root(leaf: leaves.hashes[0]) } == .outOfRange)
        }
        let long = InclusionProof(
            index: 1, size: 1 << 62, hashes: [Digest](repeating: leaves.hashes[0], count: 64))
        #expect(code { _ = try long.root(leaf: leaves.hashes[0]) } == .malformed)
    }

    @Test func `refuses a size that the hashes do not reach or go beyond`() throws {
        var leaves = Leaves(count: 8)
        let root = leaves.root(of: 4)
        let proof = try InclusionProof(index: 1, size: 4, from: &leaves)
        for size in [2, 8, 9, 1 << 40] as [UInt64] {
            let stretched = InclusionProof(index: 1, size: size, hashes: proof.hashes)
            #expect(
                code { try stretched.verify(leaf: leaves.hashes[1], root: root) } == .malformed)
        }
    }

    /// Every hash of the proof altered, left out or doubled, another place, another leaf.
    private func expectRefusals(
        _ proof: InclusionProof, _ leaf: Digest, _ root: Digest, _ chance: inout SeededGenerator
    ) {
        func refuses(_ index: UInt64, _ hashes: [Digest], _ leaf: Digest) -> Bool {
            let altered = InclusionProof(index: index, size: proof.size, hashes: hashes)
            return code { try altered.verify(leaf: leaf, root: root) } != nil
        }
        for place in proof.hashes.indices {
            var hashes = proof.hashes
            hashes[place] = hashes[place].bytes.span.sha256
            #expect(refuses(proof.index, hashes, leaf))
            hashes.remove(at: place)
            #expect(refuses(proof.index, hashes, leaf))
            hashes = proof.hashes
            hashes.insert(hashes[place], at: place)
            #expect(refuses(proof.index, hashes, leaf))
        }
        let elsewhere = proof.index ^ (1 << UInt64.random(in: 0..<10, using: &chance))
        #expect(refuses(elsewhere, proof.hashes, leaf))
        #expect(refuses(proof.index, proof.hashes, leaf.bytes.span.sha256))
    }
}
