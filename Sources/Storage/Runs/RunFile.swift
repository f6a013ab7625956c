import Bytes
import CPosix
import Glibc

/// A sorted run: external ids and the positions that first named them, written once, then mapped.
///
/// ```
/// offset  size
///      0    64   header: "LEDGRUN2", entries (8), entry blocks (8), filter lines (8), tag of the
///                ledger (4), family (1), zeros (3), the run's number (8), checksum of the
///                checksums of all blocks and lines (8), checksum of the first 56 bytes (8)
///     64  4096   zeros up to the first block
///   4096  4096b  blocks of at most 255 entries, ascending: hash (8), position (8);
///                unused entries are all ones; then a zero (8) and the block's checksum (8)
///      .    64l  filter lines: 480 bits of a Bloom filter, then 4 bytes of their checksum
/// ```
/// The hash is the high half of a fingerprint; who finds an entry verifies it in the record. Blocks
/// and lines carry checksums because a flipped bit could hide an id, which would be stored twice.
///
/// The header names whose run it is, so that no other is believed in its place; the checkpoint
/// keeps the header's checksum, and with it that of the content.
@safe
public final class RunFile: @unchecked Sendable {
    static let blockBytes = 4096
    static let blockEntries = 255
    static let lineBits: UInt64 = 480
    static let probes = 6

    /// Where the file lies.
    public let path: String
    /// The number of entries.
    public let count: Int
    /// The checksum of the header, which covers all checksums of the content.
    public let checksum: UInt64
    /// The checksum of the checksums of all blocks and lines.
    let content: UInt64
    let blocks: Int
    let lines: Int
    private let base: UnsafeRawPointer
    private let byteCount: Int

    /// Maps a run.
    ///
    /// - Parameters:
    ///   - name: Whose run it has to be.
    ///   - expected: The checksum that it had when it was written; nil believes any.
    /// - Throws: ``StorageError`` with `damaged` where the header or the size is wrong, or where it
    ///   is another run than the one that is named.
    public init(
        path: String, name: RunName = RunName(), checksum expected: UInt64? = nil
    ) throws(StorageError) {
        let descriptor = unsafe shim_open(path, O_RDONLY, 0)
        guard descriptor >= 0 else { throw StorageError.of(errno, "opening \(path)") }
        defer { close(descriptor) }
        let size = Folder.size(of: path)
        guard size >= Self.blockBytes else { throw Self.damaged(path) }
        let mapped = unsafe mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0)
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
            throw StorageError.of(errno, "mapping \(path)")
        }
        unsafe base = UnsafeRawPointer(mapped)
        byteCount = size
        self.path = path
        let bytes = unsafe UnsafeBufferPointer(
            start: base.assumingMemoryBound(to: UInt8.self), count: 64)
        let header = unsafe Span(_unsafeElements: bytes)
        let entries = header.load(at: 8, as: UInt64.self)
        let blockCount = header.load(at: 16, as: UInt64.self)
        let lineCount = header.load(at: 24, as: UInt64.self)
        count = Int(truncatingIfNeeded: entries)
        blocks = Int(truncatingIfNeeded: blockCount)
        lines = Int(truncatingIfNeeded: lineCount)
        content = header.load(at: 48, as: UInt64.self)
        checksum = header.load(at: 56, as: UInt64.self)
        guard header.extracting(0..<56).checksum == checksum, checksum == expected ?? checksum,
            RunName(header) == name,
            header.load(at: 0, as: UInt64.self) == RunWriter.magic,
            blocks >= 0, blocks <= size / Self.blockBytes, lines >= 0, lines <= size / 64,
            count >= 0, count <= blocks * Self.blockEntries,
            (1 + blocks) * Self.blockBytes + 64 * lines == size
        else { throw Self.damaged(path) }
    }

    deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: base), byteCount) }

    static func damaged(_ path: String) -> StorageError {
        StorageError(.damaged, "\(path) is damaged; it is rebuilt from the log")
    }

    /// Lends `count` bytes from `offset`.
    func withBytes<V>(_ offset: Int, _ count: Int, _ body: (Span<UInt8>) -> V) -> V {
        precondition(offset >= 0 && offset + count <= byteCount, "out of bounds")
        let start = unsafe (base + offset).assumingMemoryBound(to: UInt8.self)
        return unsafe body(Span(_unsafeStart: start, count: count))
    }

    /// Fetches the filter's line for a hash: of many runs, all lines are then waited for at once.
    public func prefetch(_ hash: UInt64) {
        let line = Int((UInt128(hash) * UInt128(lines)) >> 64)
        unsafe prefetchLines(base + (1 + blocks) * Self.blockBytes + 64 * line, 64)
    }

    /// Calls `body` with the position of each entry of that hash.
    ///
    /// - Throws: ``StorageError`` with `damaged` where a checksum fails.
    public func positions(of hash: UInt64, _ body: (UInt64) -> Void) throws(StorageError) {
        guard count > 0, try mayContain(hash) else { return }
        // The search below trusts no checksum; a misled one only makes the verified walk longer.
        var block = lastBlock(startingBelow: hash)
        while block > 0, try first(of: block) >= hash { block -= 1 }
        while block < blocks {
            let found = withBytes((1 + block) * Self.blockBytes, Self.blockBytes) { bytes in
                Self.search(bytes, hash, body)
            }
            guard let found else { throw Self.damaged(path) }
            if found == .past { return }
            block += 1
        }
    }

    private enum Found { case past, maybeNext }

    private static func search(
        _ bytes: Span<UInt8>, _ hash: UInt64, _ body: (UInt64) -> Void
    ) -> Found? {
        guard bytes.extracting(0..<4088).checksum == bytes.load(at: 4088, as: UInt64.self) else {
            return nil
        }
        var low = 0
        var high = blockEntries
        while low < high {
            let middle = (low + high) / 2
            if bytes.load(at: 16 * middle, as: UInt64.self) < hash {
                low = middle + 1
            } else {
                high = middle
            }
        }
        while low < blockEntries, bytes.load(at: 16 * low, as: UInt64.self) == hash {
            let position = bytes.load(at: 16 * low + 8, as: UInt64.self)
            if position != .max { body(position) }
            low += 1
        }
        return low < blockEntries ? .past : .maybeNext
    }

    /// The first hash of a block whose checksum holds.
    private func first(of block: Int) throws(StorageError) -> UInt64 {
        let first = withBytes((1 + block) * Self.blockBytes, Self.blockBytes) { bytes -> UInt64? in
            bytes.extracting(0..<4088).checksum == bytes.load(at: 4088, as: UInt64.self)
                ? bytes.load(at: 0, as: UInt64.self) : nil
        }
        guard let first else { throw Self.damaged(path) }
        return first
    }

    /// The last block whose first hash, unverified, is below `hash`; 0 if there is none.
    private func lastBlock(startingBelow hash: UInt64) -> Int {
        // Hashes are uniform: the block lies near its share of the whole.
        let guess = Int((UInt128(hash) * UInt128(blocks)) >> 64)
        var low = max(0, guess - 64)
        var high = min(blocks, guess + 64)
        if low > 0, peek(low) >= hash { low = 0 }
        if high < blocks, peek(high) < hash { high = blocks }
        while high - low > 1 {
            let middle = (low + high) / 2
            if peek(middle) < hash { low = middle } else { high = middle }
        }
        return low
    }

    private func peek(_ block: Int) -> UInt64 {
        withBytes((1 + block) * Self.blockBytes, 8) { $0.load(at: 0, as: UInt64.self) }
    }

    private func mayContain(_ hash: UInt64) throws(StorageError) -> Bool {
        let line = Int((UInt128(hash) * UInt128(lines)) >> 64)
        let answer = withBytes((1 + blocks) * Self.blockBytes + 64 * line, 64) { bytes -> Bool? in
            let check = UInt32(truncatingIfNeeded: bytes.extracting(0..<60).checksum)
            guard check == bytes.load(at: 60, as: UInt32.self) else { return nil }
            var bits = Self.bits(of: hash)
            for _ in 0..<Self.probes {
                let bit = bits.next()
                if bytes[bit >> 3] & (1 << UInt8(bit & 7)) == 0 { return false }
            }
            return true
        }
        guard let answer else { throw Self.damaged(path) }
        return answer
    }

    /// The bits of a line that a hash sets.
    struct Bits {
        var state: UInt64
        mutating func next() -> Int {
            defer { state = state &* 0xD129_0E71_1F3D_5B2D &+ 0x9E37_79B9 }
            return Int((UInt128(state) * UInt128(RunFile.lineBits)) >> 64)
        }
    }

    static func bits(of hash: UInt64) -> Bits {
        Bits(state: hash &* 0x9FB2_1C65_1E98_DF25 ^ hash << 32)
    }

    /// Calls `body` with every entry, ascending.
    public func forEach(_ body: (UInt64, UInt64) -> Void) throws(StorageError) {
        for block in 0..<blocks {
            let intact = withBytes((1 + block) * Self.blockBytes, Self.blockBytes) { bytes in
                guard bytes.extracting(0..<4088).checksum == bytes.load(at: 4088, as: UInt64.self)
                else { return false }
                for entry in 0..<Self.blockEntries {
                    let position = bytes.load(at: 16 * entry + 8, as: UInt64.self)
                    guard position != .max else { continue }
                    body(bytes.load(at: 16 * entry, as: UInt64.self), position)
                }
                return true
            }
            if !intact { throw Self.damaged(path) }
        }
    }
}
