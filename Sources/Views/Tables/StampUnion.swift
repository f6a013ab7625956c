import Bytes
import Events

/// The stamps of several timelines later than a moment, counted as one.
struct StampUnion {
    private let start: Instant
    private var parts: [(timeline: Timeline, owner: ChunkOwner, count: Int)] = []

    /// No stamps.
    init(after start: Instant) { self.start = start }

    /// The number of stamps.
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    /// Adds a timeline.
    mutating func add(
        _ timeline: Timeline, of owner: ChunkOwner, in chunks: inout RowTable<StampChunk>
    ) {
        let count = timeline.count(after: start, of: owner, in: &chunks)
        if count > 0 { parts.append((timeline, owner, count)) }
    }

    /// What a window holds, and when one more fits under a limit: when so many have left that fewer
    /// than the limit are there.
    func window(
        _ length: Nanoseconds, limit: Int, in chunks: inout RowTable<StampChunk>
    ) -> WindowCount {
        var window = WindowCount(count: count)
        var first = Stamp(time: Instant(nanoseconds: .max), position: .max)
        var last = Stamp.never
        for (timeline, owner, count) in parts {
            for rank in [0, count - 1] {
                guard let stamp = timeline.stamp(rank, after: start, of: owner, in: &chunks) else {
                    continue
                }
                first = min(first, stamp)
                last = max(last, stamp)
            }
        }
        if last.isSet {
            window.first = first.position
            window.last = last.position
        }
        guard window.count >= limit else { return window }
        window.fitsAt =
            limit > 0
            ? leaving(window.count - limit, from: first.time, to: last.time, in: &chunks)
                .advanced(by: length) : .latest
        return window
    }

    /// The time of the stamp of that rank, 0 being the earliest: found by halving the time.
    private func leaving(
        _ rank: Int, from first: Instant, to last: Instant, in chunks: inout RowTable<StampChunk>
    ) -> Instant {
        var low = first.nanoseconds
        var high = last.nanoseconds
        while low < high {
            let middle = low + (high - low) / 2
            let later = parts.reduce(0) {
                $0
                    + $1.timeline.count(
                        after: Instant(nanoseconds: middle), of: $1.owner, in: &chunks)
            }
            if count - later > rank { high = middle } else { low = middle + 1 }
        }
        return Instant(nanoseconds: low)
    }
}
