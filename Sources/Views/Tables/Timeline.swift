import Bytes
import Events

/// A sorted multiset of stamps, exact for any number of them: counts in O(log n), inserts anywhere.
///
/// Few stamps lie in the row itself. Many lie in chunks of at most 256, rows of their own, and the
/// row keeps a directory of them, so that a change rewrites one chunk and not all.
public struct Timeline: Sendable, Equatable {
    /// A chunk: its first stamp, how many it holds, and its number.
    struct Segment: Sendable, Equatable {
        var first: Stamp
        var count: UInt32
        var id: UInt32
    }

    /// The only stamp, where there is one: most timelines hold no more, and need no array.
    private var one = Stamp.never
    private var few: [Stamp] = []
    private(set) var segments: [Segment] = []
    private(set) var nextID: UInt32 = 0
    /// The number of stamps.
    public private(set) var count = 0

    static let smallMax = 64
    static let chunkMax = 256

    /// No stamps.
    public init() {}

    /// Whether there are none.
    public var isEmpty: Bool { count == 0 }

    /// Enters a stamp; one that is there already stays once.
    mutating func insert(_ stamp: Stamp, of owner: ChunkOwner, in store: inout RowTable<StampChunk>)
    {
        if segments.isEmpty {
            insertFew(stamp)
            if few.count > Self.smallMax { spill(of: owner, in: &store) }
            return
        }
        let at = max(0, segment(containing: stamp))
        let inserted = store.modify(segments[at].id, of: owner) { stamps in
            let place = Self.lowerBound(stamps, stamp)
            if place < stamps.count, stamps[place] == stamp { return false }
            stamps.insert(stamp, at: place)
            return true
        }
        guard inserted else { return }
        count += 1
        segments[at].count += 1
        segments[at].first = min(segments[at].first, stamp)
        if segments[at].count > UInt32(Self.chunkMax) { split(at, of: owner, in: &store) }
    }

    /// Removes a stamp; answers whether it was there.
    @discardableResult
    mutating func remove(_ stamp: Stamp, of owner: ChunkOwner, in store: inout RowTable<StampChunk>)
        -> Bool
    {
        if segments.isEmpty { return removeFew(stamp) }
        let at = segment(containing: stamp)
        guard at >= 0 else { return false }
        var first = stamp
        let removed = store.modify(segments[at].id, of: owner) { stamps in
            let place = Self.lowerBound(stamps, stamp)
            guard place < stamps.count, stamps[place] == stamp else { return false }
            stamps.remove(at: place)
            first = stamps.first ?? stamp
            return true
        }
        guard removed else { return false }
        count -= 1
        segments[at].count -= 1
        segments[at].first = first
        if segments[at].count == 0 { segments.remove(at: at) }
        return true
    }

    /// Forgets stamps at or before `time`; of chunks, whole ones only.
    mutating func prune(
        through time: Instant, of owner: ChunkOwner, in store: inout RowTable<StampChunk>
    ) {
        if segments.isEmpty {
            pruneFew(through: time)
            return
        }
        var gone = 0
        while gone + 1 < segments.count, segments[gone + 1].first.time <= time {
            count -= Int(segments[gone].count)
            store.modify(segments[gone].id, of: owner) { stamps in
                stamps = []
                return true
            }
            gone += 1
        }
        if gone > 0 { segments.removeFirst(gone) }
    }

    private mutating func insertFew(_ stamp: Stamp) {
        if count == 0 {
            one = stamp
        } else if few.isEmpty {
            if one == stamp { return }
            few = one < stamp ? [one, stamp] : [stamp, one]
            one = .never
        } else {
            let at = Self.lowerBound(few, stamp)
            if at < few.count, few[at] == stamp { return }
            few.insert(stamp, at: at)
        }
        count += 1
    }

    private mutating func removeFew(_ stamp: Stamp) -> Bool {
        if few.isEmpty {
            guard count == 1, one == stamp else { return false }
            one = .never
        } else {
            let at = Self.lowerBound(few, stamp)
            guard at < few.count, few[at] == stamp else { return false }
            few.remove(at: at)
            settleFew()
        }
        count -= 1
        return true
    }

    private mutating func pruneFew(through time: Instant) {
        if few.isEmpty {
            guard count == 1, one.time <= time else { return }
            one = .never
            count = 0
            return
        }
        guard few[0].time <= time else { return }
        few.removeFirst(few.firstIndex { $0.time > time } ?? few.count)
        count = few.count
        settleFew()
    }

    /// One stamp lies in the row itself, whatever it came from.
    private mutating func settleFew() {
        guard few.count == 1 else { return }
        one = few[0]
        few = []
    }

    private mutating func spill(of owner: ChunkOwner, in store: inout RowTable<StampChunk>) {
        let half = few.count / 2
        for part in [few[..<half], few[half...]] {
            segments.append(Segment(first: part.first!, count: UInt32(part.count), id: nextID))
            store.modify(nextID, of: owner) { stamps in
                stamps = Array(part)
                return true
            }
            nextID += 1
        }
        few = []
    }

    private mutating func split(
        _ at: Int, of owner: ChunkOwner, in store: inout RowTable<StampChunk>
    ) {
        var upper: [Stamp] = []
        // A chunk at the end splits where it grows: times mostly come in order.
        let keep = at == segments.count - 1 ? Self.chunkMax : Self.chunkMax / 2
        store.modify(segments[at].id, of: owner) { stamps in
            upper = Array(stamps[keep...])
            stamps.removeSubrange(keep...)
            return true
        }
        segments[at].count = UInt32(keep)
        let id = nextID
        nextID += 1
        segments.insert(
            Segment(first: upper[0], count: UInt32(upper.count), id: id), at: at + 1)
        store.modify(id, of: owner) { stamps in
            stamps = upper
            return true
        }
    }

    /// The last segment whose first stamp is at or before `stamp`; -1 if there is none.
    private func segment(containing stamp: Stamp) -> Int {
        var low = 0
        var high = segments.count
        while low < high {
            let middle = (low + high) / 2
            if segments[middle].first <= stamp { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    static func lowerBound(_ stamps: [Stamp], _ stamp: Stamp) -> Int {
        if let last = stamps.last, last < stamp { return stamps.count }
        var low = 0
        var high = stamps.count
        while low < high {
            let middle = (low + high) / 2
            if stamps[middle] < stamp { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension Timeline {
    /// The number of stamps later than `time`.
    func count(after time: Instant, of owner: ChunkOwner, in store: inout RowTable<StampChunk>)
        -> Int
    {
        let bound = Stamp(time: time, position: .max)
        if segments.isEmpty {
            if few.isEmpty { return count == 1 && one.time > time ? 1 : 0 }
            // The bound itself is never a stamp: no event has the last position.
            return few.count - Self.lowerBound(few, bound)
        }
        let at = segment(containing: bound)
        if at < 0 { return count }
        let inside = store.read(segments[at].id, of: owner) {
            $0.count - Self.lowerBound($0, bound)
        }
        if segments.count - at <= at {
            return inside + segments[(at + 1)...].reduce(0) { $0 + Int($1.count) }
        }
        let before = segments[..<at].reduce(0) { $0 + Int($1.count) }
        return count - before - Int(segments[at].count) + inside
    }

    /// The `rank`-th stamp (0-based, from the earliest) of those later than `time`, or nil.
    func stamp(
        _ rank: Int, after time: Instant, of owner: ChunkOwner, in store: inout RowTable<StampChunk>
    ) -> Stamp? {
        let after = count(after: time, of: owner, in: &store)
        guard rank < after else { return nil }
        var index = count - after + rank
        if segments.isEmpty { return few.isEmpty ? one : few[index] }
        for segment in segments {
            if index < Int(segment.count) { return store.read(segment.id, of: owner) { $0[index] } }
            index -= Int(segment.count)
        }
        return nil
    }

    /// Calls `body` with each stamp later than `time`, in order.
    func forEach(
        after time: Instant, of owner: ChunkOwner, in store: inout RowTable<StampChunk>,
        _ body: (Stamp) -> Void
    ) {
        let bound = Stamp(time: time, position: .max)
        if segments.isEmpty {
            if few.isEmpty {
                if count == 1, one.time > time { body(one) }
                return
            }
            for stamp in few[Self.lowerBound(few, bound)...] { body(stamp) }
            return
        }
        for segment in segments[max(0, segment(containing: bound))...] {
            store.read(segment.id, of: owner) { stamps in
                for stamp in stamps[Self.lowerBound(stamps, bound)...] { body(stamp) }
            }
        }
    }

    /// The earliest stamp, or nil.
    func first(of owner: ChunkOwner, in store: inout RowTable<StampChunk>) -> Stamp? {
        count == 1 && segments.isEmpty ? only : few.first ?? segments.first?.first
    }

    /// The latest stamp, or nil.
    func last(of owner: ChunkOwner, in store: inout RowTable<StampChunk>) -> Stamp? {
        if segments.isEmpty { return count == 1 ? only : few.last }
        guard let segment = segments.last else { return nil }
        return store.read(segment.id, of: owner) { $0.last }
    }
}

extension Timeline {
    /// The stamp of a timeline that holds one.
    private var only: Stamp { few.first ?? one }

    init(decoding reader: inout RowReader) {
        few = reader.stamps()
        nextID = reader.get()
        let many = Int(reader.get(UInt32.self))
        var total = few.count
        settleFew()
        for _ in 0..<many where reader.isValid {
            let segment = Segment(first: reader.stamp(), count: reader.get(), id: reader.get())
            total += Int(segment.count)
            segments.append(segment)
        }
        count = total
    }

    func encode(into writer: inout RowWriter) {
        writer.put(few.isEmpty && one.isSet ? [one] : few)
        writer.put(nextID)
        writer.put(UInt32(segments.count))
        for segment in segments {
            writer.put(segment.first)
            writer.put(segment.count)
            writer.put(segment.id)
        }
    }
}

/// Whose chunks are meant, and which event changes them.
struct ChunkOwner {
    /// The key of the row that holds the timeline, mixed with the timeline's name.
    let key: Fingerprint
    /// The event that changes the timeline.
    let position: Position
}

/// A chunk of a timeline.
public struct StampChunk: TableRow {
    var stamps: [Stamp] = []

    /// An empty chunk.
    public init() {}

    /// Reads a chunk.
    public init(decoding reader: inout RowReader) { stamps = reader.stamps() }

    /// Writes the stamps.
    public func encode(into writer: inout RowWriter) { writer.put(stamps) }
}

extension RowTable where Row == StampChunk {
    @discardableResult
    mutating func modify(
        _ id: UInt32, of owner: ChunkOwner, _ body: (inout [Stamp]) -> Bool
    ) -> Bool {
        let slot = touch(Self.key(id, owner), at: owner.position)
        return body(&self[slot].stamps)
    }

    mutating func read<V>(_ id: UInt32, of owner: ChunkOwner, _ body: ([Stamp]) -> V) -> V {
        guard let slot = find(Self.key(id, owner)) else { return body([]) }
        return body(self[slot].stamps)
    }

    private static func key(_ id: UInt32, _ owner: ChunkOwner) -> Fingerprint {
        Fingerprint(owner.key.bits &+ UInt128(id) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }
}
