import Bytes
import Storage

/// Where things lie in the vault's file.
enum Layout {
    static let headerByteCount = 256
    static let headerCopyAt = 4096
    static let changesAt = 1024
    static let journalAt = 8192
    static let slotsAt = 8192 + 1 << 20
    /// How many used slots one group may change.
    static let journalSlotsMax = ((1 << 20) - Journal.headByteCount) / Journal.entryByteCount

    static func slotAt(_ number: Int) -> Int { slotsAt + number * Slot.byteCount }

    static func path(_ folder: String, _ generation: UInt64) -> String {
        folder + "/vault-\(generation)"
    }
}

/// The first bytes of the file and, again, those at 4,096: written once, when the file is made.
struct Header: Equatable {
    static let magic: UInt64 = 0x544C_5641_5244_474C  // "LGDRAVLT"

    var generation: UInt64
    var capacity: Int
    var origin: Fingerprint
    var masterTag: UInt64
    /// The root of the names' keys, wrapped under the master key.
    var root: [UInt8]

    func image() -> [UInt8] {
        var image = [UInt8](repeating: 0, count: Layout.headerByteCount)
        var span = image.mutableSpan
        span.store(Self.magic, at: 0)
        span.store(UInt32(1), at: 8)
        span.store(UInt32(Slot.byteCount), at: 12)
        span.store(generation, at: 16)
        span.store(UInt64(capacity), at: 24)
        span.store(origin.low, at: 32)
        span.store(origin.high, at: 40)
        span.store(masterTag, at: 48)
        for index in root.indices { span[56 + index] = root[index] }
        span.store(span.span.extracting(0..<248).checksum, at: 248)
        return image
    }

    init(
        generation: UInt64, capacity: Int, origin: Fingerprint, masterTag: UInt64, root: [UInt8]
    ) {
        self.generation = generation
        self.capacity = capacity
        self.origin = origin
        self.masterTag = masterTag
        self.root = root
    }

    /// The header that stands in `image`, or nil where it is damaged or of another version.
    init?(_ image: Span<UInt8>) {
        guard image.count == Layout.headerByteCount,
            image.load(at: 0, as: UInt64.self) == Self.magic,
            image.load(at: 8, as: UInt32.self) == 1,
            image.extracting(0..<248).checksum == image.load(at: 248, as: UInt64.self)
        else { return nil }
        generation = image.load(at: 16, as: UInt64.self)
        capacity = Int(image.load(at: 24, as: UInt64.self))
        origin = Fingerprint(image, at: 32)
        masterTag = image.load(at: 48, as: UInt64.self)
        root = image.extracting(56..<56 + Wrapping.byteCount).array
    }

    /// The first of both headers that can be read, and whether both can.
    static func read(_ file: PositionedFile) throws(StorageError) -> (Header, isWhole: Bool)? {
        let images = (
            try file.read(Layout.headerByteCount, at: 0),
            try file.read(Layout.headerByteCount, at: Layout.headerCopyAt)
        )
        let (first, copy) = (Header(images.0.span), Header(images.1.span))
        guard let header = first ?? copy else { return nil }
        return (header, first == copy)
    }
}

/// What tells other processes that something changed, and which slots.
struct Changes: Equatable {
    static let ringCount = 512
    static let byteCount = 40 + 4 * ringCount

    /// How many slots were changed since the file was made.
    var counter: UInt64 = 0
    /// How many owners were erased since the first file was made.
    var erasures: UInt64 = 0
    /// Whether a group is being written; if its process died, the next writer ends it.
    var isChanging = false
    /// Whether the file was found to be older than the log, and nobody has accepted that.
    var isOlder = false
    /// The generation that the vault went on in, or 0.
    var next: UInt64 = 0
    /// The numbers of the slots that were changed last; change `n` stands at `n % 512`.
    var ring = [UInt32](repeating: 0, count: ringCount)

    init() {}

    func image() -> [UInt8] {
        var image: [UInt8] = []
        image.append(littleEndian: counter)
        image.append(littleEndian: erasures)
        image.append(littleEndian: UInt64(isChanging ? 1 : 0) | UInt64(isOlder ? 2 : 0))
        image.append(littleEndian: next)
        for number in ring { image.append(littleEndian: number) }
        image.append(littleEndian: image.span.checksum)
        return image
    }

    init?(_ image: Span<UInt8>) {
        let end = Self.byteCount - 8
        guard image.count == Self.byteCount,
            image.extracting(0..<end).checksum == image.load(at: end, as: UInt64.self)
        else { return nil }
        counter = image.load(at: 0, as: UInt64.self)
        erasures = image.load(at: 8, as: UInt64.self)
        let flags = image.load(at: 16, as: UInt64.self)
        (isChanging, isOlder) = (flags & 1 != 0, flags & 2 != 0)
        next = image.load(at: 24, as: UInt64.self)
        for index in ring.indices { ring[index] = image.load(at: 32 + 4 * index, as: UInt32.self) }
    }

    /// The changes that stand in a file; nil where they are damaged, or just being written.
    static func read(_ file: PositionedFile) throws(StorageError) -> Changes? {
        let image = try file.read(byteCount, at: Layout.changesAt)
        return Changes(image.span)
    }

    mutating func note(_ slot: Int) {
        ring[Int(counter % UInt64(Self.ringCount))] = UInt32(slot)
        counter += 1
    }
}

/// New images of slots that are in use, written and flushed before they are changed in place.
enum Journal {
    static let headByteCount = 128
    static let entryByteCount = 8 + Slot.byteCount

    static func byteCount(_ slots: Int) -> Int { headByteCount + slots * entryByteCount }

    /// The journal's bytes: how many slots (8), checksum (8), then the slots from byte 128 on.
    static func image(_ slots: [(number: Int, image: [UInt8])]) -> [UInt8] {
        var image = [UInt8](repeating: 0, count: headByteCount)
        for slot in slots {
            image.append(littleEndian: UInt64(slot.number))
            image += slot.image
        }
        var span = image.mutableSpan
        let checksum = span.span.extracting(headByteCount..<span.count).checksum
        span.store(UInt64(slots.count), at: 0)
        span.store(checksum ^ UInt64(slots.count), at: 8)
        return image
    }

    /// Whether anything stands at its beginning, whole or torn.
    static func isBegun(_ file: PositionedFile) throws(StorageError) -> Bool {
        try file.read(16, at: Layout.journalAt).contains { $0 != 0 }
    }

    /// The slots of a journal that was written whole; none otherwise.
    static func read(
        _ file: PositionedFile
    ) throws(StorageError) -> [(number: Int, image: [UInt8])] {
        let head = try file.read(headByteCount, at: Layout.journalAt)
        guard head.count == headByteCount else { return [] }
        let count = head.span.load(at: 0, as: UInt64.self)
        guard count > 0, count <= UInt64(Layout.journalSlotsMax) else { return [] }
        let bytes = try file.read(
            Int(count) * entryByteCount, at: Layout.journalAt + headByteCount)
        guard bytes.span.checksum ^ count == head.span.load(at: 8, as: UInt64.self) else {
            return []
        }
        var slots: [(number: Int, image: [UInt8])] = []
        for at in stride(from: 0, to: bytes.count, by: entryByteCount) {
            let number = bytes.span.load(at: at, as: UInt64.self)
            let image = Array(bytes[at + 8..<at + entryByteCount])
            slots.append((Int(truncatingIfNeeded: number), image))
        }
        return slots
    }
}
