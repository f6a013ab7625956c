import Bytes
import CPosix
import Glibc

/// An entry of a sorted run.
public struct RunEntry: Comparable, Sendable, BitwiseCopyable {
    /// The high half of the id's fingerprint.
    public var hash: UInt64
    /// The position that first named the id.
    public var position: UInt64

    /// An entry.
    @inlinable
    public init(hash: UInt64, position: UInt64) {
        self.hash = hash
        self.position = position
    }

    /// Orders by hash, then by position.
    @inlinable
    public static func < (left: RunEntry, right: RunEntry) -> Bool {
        left.hash == right.hash ? left.position < right.position : left.hash < right.hash
    }
}

/// Whose run it is: it stands in the file, so that no other run is taken for it.
public struct RunName: Equatable, Sendable {
    /// The tag of the ledger.
    public var tag: UInt32
    /// The number of the family of ids.
    public var family: UInt8
    /// The number of the file.
    public var number: UInt64

    /// A name; without arguments that of nobody's run.
    public init(tag: UInt32 = 0, family: UInt8 = 0, number: UInt64 = 0) {
        (self.tag, self.family, self.number) = (tag, family, number)
    }

    init(_ header: Span<UInt8>) {
        tag = header.load(at: 32, as: UInt32.self)
        family = header[36]
        number = header.load(at: 40, as: UInt64.self)
    }
}

/// Writes a sorted run: entries in ascending order, then ``finish()``.
public struct RunWriter: ~Copyable {
    static let magic: UInt64 = 0x324E_5552_4744_454C  // "LEDGRUN2"

    private let path: String
    private let name: RunName
    /// The checksums of all blocks and lines so far, each of the one before and the next.
    private var content: UInt64 = 0
    private let descriptor: Int32
    private let expected: Int
    private var count = 0
    private var buffer: [UInt8] = []
    private var block: [UInt8] = []
    private var blocks = 0
    private var filter: [UInt8]
    private let lines: Int

    /// Begins a run of at most `count` entries in a new file of mode 0600.
    public init(
        path: String, count: Int, name: RunName = RunName()
    ) throws(StorageError) {
        self.path = path
        self.name = name
        expected = count
        descriptor = unsafe shim_open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
        lines = max(1, (count * 10 + Int(RunFile.lineBits) - 1) / Int(RunFile.lineBits))
        filter = [UInt8](repeating: 0, count: 64 * lines)
        if descriptor < 0 { throw StorageError.of(errno, "creating \(path)") }
        buffer.append(contentsOf: [UInt8](repeating: 0, count: RunFile.blockBytes))
        buffer.reserveCapacity(1 << 20)
    }

    deinit { close(descriptor) }

    /// Appends an entry that is not below the last.
    public mutating func append(_ entry: RunEntry) throws(StorageError) {
        precondition(count < expected, "more entries than announced")
        buffer.append(littleEndian: entry.hash)
        buffer.append(littleEndian: entry.position)
        count += 1
        mark(entry.hash)
        if count % RunFile.blockEntries == 0 { try closeBlock() }
    }

    private mutating func mark(_ hash: UInt64) {
        let line = Int((UInt128(hash) * UInt128(lines)) >> 64)
        var bits = RunFile.bits(of: hash)
        for _ in 0..<RunFile.probes {
            let bit = bits.next()
            filter[64 * line + bit >> 3] |= 1 << UInt8(bit & 7)
        }
    }

    private mutating func closeBlock() throws(StorageError) {
        let used = (count - 1) % RunFile.blockEntries + 1
        for _ in used..<RunFile.blockEntries {
            buffer.append(littleEndian: UInt64.max)
            buffer.append(littleEndian: UInt64.max)
        }
        buffer.append(littleEndian: UInt64(0))
        let start = buffer.count - 4088
        let checksum = buffer.span.extracting(start..<buffer.count).checksum
        buffer.append(littleEndian: checksum)
        content = Self.chained(content, checksum)
        blocks += 1
        if buffer.count >= 1 << 20 { try flush() }
    }

    /// The checksum of a chain that goes on.
    static func chained(_ chain: UInt64, _ checksum: UInt64) -> UInt64 {
        // Multiplied, so that the order counts: each checksum is one of its content already.
        (chain ^ checksum) &* 0x9FB2_1C65_1E98_DF25 &+ (checksum >> 32)
    }

    private mutating func flush() throws(StorageError) {
        var done = 0
        while done < buffer.count {
            let written = unsafe buffer.withUnsafeBytes { bytes in
                unsafe write(
                    descriptor, bytes.baseAddress.unsafelyUnwrapped + done, bytes.count - done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw StorageError.of(errno, "writing \(path)") }
            done += written
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Writes the filter and the header, and flushes the file; its folder is the caller's to flush.
    ///
    /// - Returns: The header's checksum: see ``RunFile/checksum``.
    @discardableResult
    public mutating func finish() throws(StorageError) -> UInt64 {
        if count % RunFile.blockEntries != 0 { try closeBlock() }
        for line in 0..<lines {
            let at = 64 * line
            let check = filter.span.extracting(at..<at + 60).checksum
            filter.store(UInt32(truncatingIfNeeded: check), at: at + 60)
            content = Self.chained(content, check)
        }
        buffer.append(contentsOf: filter)
        try flush()
        var header: [UInt8] = []
        header.append(littleEndian: Self.magic)
        header.append(littleEndian: UInt64(count))
        header.append(littleEndian: UInt64(blocks))
        header.append(littleEndian: UInt64(lines))
        header.append(littleEndian: name.tag)
        header.append(contentsOf: [name.family, 0, 0, 0])
        header.append(littleEndian: name.number)
        header.append(littleEndian: content)
        let checksum = header.span.checksum
        header.append(littleEndian: checksum)
        let written = unsafe header.withUnsafeBytes { bytes in
            unsafe pwrite(descriptor, bytes.baseAddress, bytes.count, 0)
        }
        guard written == 64, Descriptor.flushData(descriptor) == 0 else {
            throw StorageError.of(errno, "writing \(path)")
        }
        return checksum
    }
}

extension RunWriter {
    /// Merges runs, and entries that are sorted, into one new file.
    ///
    /// - Returns: The header's checksum: see ``RunFile/checksum``.
    @discardableResult
    public static func merge(
        _ runs: [RunFile], with entries: [RunEntry] = [], into path: String,
        name: RunName = RunName()
    ) throws(StorageError) -> UInt64 {
        let count = runs.reduce(entries.count) { $0 + $1.count }
        var writer = try RunWriter(path: path, count: count, name: name)
        var cursors = runs.map { RunCursor($0) }
        var next = 0
        while true {
            var lowest = -1
            for index in cursors.indices {
                guard let entry = cursors[index].entry else { continue }
                if lowest < 0 || entry < cursors[lowest].entry! { lowest = index }
            }
            let limit = lowest < 0 ? nil : cursors[lowest].entry
            while next < entries.count, limit.map({ entries[next] < $0 }) ?? true {
                try writer.append(entries[next])
                next += 1
            }
            guard let limit else { break }
            try writer.append(limit)
            cursors[lowest].advance()
        }
        for cursor in cursors where !cursor.isIntact { throw RunFile.damaged(cursor.run.path) }
        return try writer.finish()
    }
}

/// Walks the entries of a run.
struct RunCursor {
    let run: RunFile
    private(set) var entry: RunEntry?
    private(set) var isIntact = true
    private var at = -1

    init(_ run: RunFile) {
        self.run = run
        advance()
    }

    mutating func advance() {
        at += 1
        guard at < run.count else {
            entry = nil
            return
        }
        let (block, index) = at.quotientAndRemainder(dividingBy: RunFile.blockEntries)
        if index == 0 {
            isIntact =
                isIntact
                && run.withBytes((1 + block) * RunFile.blockBytes, RunFile.blockBytes) { bytes in
                    bytes.extracting(0..<4088).checksum == bytes.load(at: 4088, as: UInt64.self)
                }
        }
        entry = run.withBytes((1 + block) * RunFile.blockBytes + 16 * index, 16) { bytes in
            RunEntry(
                hash: bytes.load(at: 0, as: UInt64.self),
                position: bytes.load(at: 8, as: UInt64.self))
        }
    }
}
