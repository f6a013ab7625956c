import Bytes
import Crypto
import Evidence
import Testing

/// The leaves and roots of the certificate-transparency test vectors.
enum Published {
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        Array(0x50...0x57), Array(0x60...0x6F),
    ]

    static let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ].map(digest)
}

@Suite struct `The tree` {
    @Test func `has the published roots`() throws {
        var frontier = Frontier()
        var hasher = TreeHasher()
        var leaves = Leaves(Published.leaves)
        #expect(frontier.root == Published.roots[0])
        for (index, record) in Published.leaves.enumerated() {
            let leaf = hasher.leaf(record.span)
            frontier.append(leaf, with: &hasher)
            #expect(frontier.root == Published.roots[index + 1])
            #expect(leaves.root(of: index + 1) == Published.roots[index + 1])
            let root = try leaves.root(of: UInt64(index + 1))
            #expect(root == Published.roots[index + 1])
        }
    }

    @Test func `never takes a node for a leaf`() {
        var hasher = TreeHasher()
        let left = hasher.leaf([1].span)
        let right = hasher.leaf([2].span)
        let node = hasher.node(left, right)
        let leaf = hasher.leaf((left.bytes + right.bytes).span)
        #expect(node != leaf)
        let swapped = hasher.node(right, left)
        #expect(node != swapped)
    }
}

@Suite struct `A frontier` {
    @Test func `knows the root of every size up to 600`() throws {
        let leaves = Leaves(count: 600)
        var hasher = TreeHasher()
        var frontier = Frontier()
        for count in 0...600 {
            #expect(frontier.count == UInt64(count))
            #expect(frontier.root == leaves.root(of: count), "\(count) leaves")
            var source = leaves
            let read = try Frontier(count: UInt64(count), from: &source)
            #expect(read == frontier)
            let root = try source.root(of: UInt64(count))
            #expect(root == frontier.root)
            if count < 600 { frontier.append(leaves.hashes[count], with: &hasher) }
        }
    }

    @Test func `goes on from its bytes`() throws {
        let leaves = Leaves(count: 300)
        var hasher = TreeHasher()
        var frontier = Frontier()
        for count in 0..<300 {
            let encoded = frontier.encoded
            #expect(encoded.count == 8 + count.nonzeroBitCount * 32)
            var again = try Frontier(encoded: encoded.span)
            #expect(again == frontier)
            frontier.append(leaves.hashes[count], with: &hasher)
            again.append(leaves.hashes[count], with: &hasher)
            #expect(again.root == frontier.root)
        }
    }

    @Test func `refuses bytes that do not fit their count`() throws {
        var hasher = TreeHasher()
        var frontier = Frontier()
        for leaf in Leaves(count: 7).hashes { frontier.append(leaf, with: &hasher) }
        let encoded = frontier.encoded
        for count in 0..<encoded.count {
            let cut = Array(encoded.prefix(count))
            #expect(code { _ = try Frontier(encoded: cut.span) } == .truncated, "\(count) bytes")
        }
        let longer = encoded + [0]
        #expect(code { _ = try Frontier(encoded: longer.span) } == .truncated)
        let endless = [UInt8](repeating: 0xFF, count: 8 + 64 * 32)
        #expect(code { _ = try Frontier(encoded: endless.span) } == .truncated)
    }

    @Test func `tells of every stored hash once, when it is complete`() throws {
        let count = 66_000
        let leaves = Leaves(count: count)
        var hasher = TreeHasher()
        var frontier = Frontier()
        var rows: [[Digest]] = [[], [], [], []]
        for leaf in leaves.hashes {
            frontier.append(leaf, with: &hasher) { level, index, hash in
                #expect(index == UInt64(rows[level].count))
                rows[level].append(hash)
            }
        }
        #expect(rows.map(\.count) == [66_000, 257, 1, 0])
        #expect(rows[0] == leaves.hashes)
        for index in [0, 1, 100, 256] {
            #expect(rows[1][index] == Leaves.root(leaves.hashes[index * 256..<index * 256 + 256]))
        }
        #expect(rows[2][0] == Leaves.root(leaves.hashes[..<65_536]))
    }
}
