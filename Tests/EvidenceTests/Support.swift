import Bytes
import Crypto
import Evidence

/// Random numbers from a seed: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The UTF-8 bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A digest from 64 hexadecimal digits.
func digest(_ hex: String) -> Digest {
    let digits = Array(hex)
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(digits[$0...($0 + 1)]), radix: 16)
    }
    return Digest(bytes.span) ?? TreeHasher.emptyRoot
}

/// Leaf hashes in memory, and the tree over them as RFC 6962 defines it, word by word.
struct Leaves: HashSource {
    var hashes: [Digest]

    /// Leaves of so many records, no two alike.
    init(count: Int) {
        self.init((0..<count).map { bytes("leaf \($0)") })
    }

    init(_ records: [[UInt8]]) {
        var hasher = TreeHasher()
        hashes = records.map { hasher.leaf($0.span) }
    }

    mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest {
        let count = 1 << (level * 8)
        let start = Int(index) * count
        guard start + count <= hashes.count else {
            throw EvidenceError(.missing, "There is no hash \(index) on level \(level).")
        }
        return Self.root(hashes[start..<start + count])
    }

    /// MTH of section 2.1.
    static func root(_ leaves: ArraySlice<Digest>) -> Digest {
        if leaves.isEmpty { return TreeHasher.emptyRoot }
        if leaves.count == 1 { return leaves[leaves.startIndex] }
        var half = 1
        while half * 2 < leaves.count { half *= 2 }
        let middle = leaves.startIndex + half
        var hasher = TreeHasher()
        return hasher.node(root(leaves[..<middle]), root(leaves[middle...]))
    }

    func root(of count: Int) -> Digest { Self.root(hashes[..<count]) }
}

/// A log of any size whose leaves are all alike, but for a few: its hashes cost next to nothing.
struct SparseLog: HashSource {
    private var alike: [Digest] = []
    private var special: [UInt64: Digest] = [:]
    private var hasher = Hasher()

    /// A hasher that a copyable value can hold.
    private final class Hasher {
        var tree = TreeHasher()
    }

    init(special positions: [UInt64]) {
        var hash = hasher.tree.leaf(bytes("like all others").span)
        for _ in 0..<64 {
            alike.append(hash)
            hash = hasher.tree.node(hash, hash)
        }
        for position in positions {
            special[position] = hasher.tree.leaf(bytes("special \(position)").span)
        }
    }

    func leaf(_ index: UInt64) -> Digest { special[index] ?? alike[0] }

    mutating func stored(level: Int, index: UInt64) throws(EvidenceError) -> Digest {
        hash(height: level * 8, index: index)
    }

    private func hash(height: Int, index: UInt64) -> Digest {
        guard height > 0 else { return leaf(index) }
        guard special.keys.contains(where: { $0 >> UInt64(height) == index }) else {
            return alike[height]
        }
        return hasher.tree.node(
            hash(height: height - 1, index: index * 2),
            hash(height: height - 1, index: index * 2 + 1))
    }
}

/// What the test expects to be refused, and as what.
func code(_ body: () throws -> Void) -> EvidenceError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? EvidenceError)?.code
    }
}

/// A log of the records of the golden one: `{"seq":i,"type":"send.attempt"}`.
struct SampleLog {
    let records: [[UInt8]]
    let leaves: Leaves
    let key: SignerKey

    init(count: Int, origin: String = "ledger.example/acct1") throws {
        records = (0..<count).map { bytes(#"{"seq":\#($0),"type":"send.attempt"}"#) }
        leaves = Leaves(records)
        let seed = (0..<32).map { UInt8($0) }
        guard let key = Ed25519.PrivateKey(seed: seed.span) else {
            throw EvidenceError(.malformed, "no key")
        }
        self.key = try SignerKey(name: origin, key: key)
    }

    /// The signed checkpoint of the first `count` records, of all unless said otherwise.
    func checkpoint(_ count: Int? = nil) throws -> Note {
        let count = count ?? records.count
        return try Checkpoint(
            origin: key.verifier.name, size: UInt64(count), root: leaves.root(of: count)
        ).signed(by: key)
    }

    func proof(_ index: Int) throws -> RecordProof {
        var leaves = leaves
        let proof = try InclusionProof(
            index: UInt64(index), size: UInt64(records.count), from: &leaves)
        return RecordProof(proof, checkpoint: try checkpoint())
    }

    func growth(from oldSize: Int) throws -> GrowthProof {
        var leaves = leaves
        let proof = try ConsistencyProof(
            from: UInt64(oldSize), to: UInt64(records.count), from: &leaves)
        return GrowthProof(proof, checkpoint: try checkpoint())
    }

    /// Every file that an exported folder of this log has, by its path.
    func files(proofs: [Int] = []) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = ["checkpoint": bytes(try checkpoint().serialised)]
        files["vkey"] = bytes(key.verifier.text + "\n")
        var leaves = leaves
        for tile in TileGrowth(from: 0, to: UInt64(records.count)) {
            if tile.row == .entries {
                var bundle: [UInt8] = []
                let first = Int(tile.index) * Tile.widthMax
                for record in records[first..<first + tile.width] {
                    try EntryBundle.append(record.span, to: &bundle)
                }
                files[tile.path] = bundle
            } else {
                files[tile.path] = try tile.contents(from: &leaves)
            }
        }
        for index in proofs {
            files["proofs/\(index).tlog-proof"] = bytes(try proof(index).text)
        }
        return files
    }
}
