import Bytes
import Events

/// The sends of several timelines that a window holds, counted as one.
///
/// A part is either what counts at its time, and leaves the window a length later; or what is open
/// until its time, and leaves then.
struct StampUnion {
    /// One timeline of the union.
    private struct Part {
        let timeline: Timeline
        let owner: ChunkOwner
        /// Stamps at or before that moment are out of the window.
        let after: Instant
        /// How long after its time a stamp leaves the window.
        let stays: Nanoseconds
        let count: Int

        /// When a stamp leaves the window.
        func leaves(_ time: Instant) -> Instant { time.advanced(by: stays) }
    }

    private let now: Instant
    private let length: Nanoseconds
    private let start: Instant
    private var parts: [Part] = []

    /// Nothing in the window of `length` that ends at `now`; of `Nanoseconds.unbounded`, what is
    /// later than `start`, which never leaves.
    init(_ length: Nanoseconds, at now: Instant, after start: Instant? = nil) {
        self.now = now
        self.length = length
        self.start = start ?? now.advanced(by: Nanoseconds(-length.count))
    }

    /// The number of sends.
    var count: Int { parts.reduce(0) { $0 + $1.count } }

    /// Adds what counts at its time.
    mutating func add(
        _ timeline: Timeline, of owner: ChunkOwner, in chunks: inout RowTable<StampChunk>
    ) {
        add(timeline, owner, after: start, stays: length, &chunks)
    }

    /// Adds what is open until its time, and nothing afterwards.
    mutating func add(
        releasable timeline: Timeline, of owner: ChunkOwner,
        in chunks: inout RowTable<StampChunk>
    ) {
        add(timeline, owner, after: now, stays: Nanoseconds(0), &chunks)
    }

    /// Adds the sends of a row of rates.
    mutating func add(
        _ row: borrowing RateRow, _ key: Fingerprint, in chunks: inout RowTable<StampChunk>
    ) {
        add(row.settled, of: RateRow.settledOwner(key, 0), in: &chunks)
        add(row.open, of: RateRow.openOwner(key, 0), in: &chunks)
        add(releasable: row.releasable, of: RateRow.releasableOwner(key, 0), in: &chunks)
    }

    private mutating func add(
        _ timeline: Timeline, _ owner: ChunkOwner, after: Instant, stays: Nanoseconds,
        _ chunks: inout RowTable<StampChunk>
    ) {
        guard !timeline.isEmpty else { return }
        let count = timeline.count(after: after, of: owner, in: &chunks)
        guard count > 0 else { return }
        parts.append(
            Part(timeline: timeline, owner: owner, after: after, stays: stays, count: count))
    }

    /// What the window holds, and when one more fits under a limit: when so many have left that
    /// fewer than the limit are there; `Instant.latest` for never.
    func window(limit: Int, in chunks: inout RowTable<StampChunk>) -> WindowCount {
        var window = WindowCount(count: count)
        var first = Stamp(time: Instant(nanoseconds: .max), position: .max)
        var last = Stamp.never
        for part in parts {
            for rank in part.count == 1 ? [0] : [0, part.count - 1] {
                guard let stamp = self.stamp(rank, of: part, in: &chunks) else { continue }
                first = min(first, stamp)
                last = max(last, stamp)
            }
        }
        if last.isSet {
            window.first = first.position
            window.last = last.position
            window.latest = last.time
        }
        guard window.count >= limit else { return window }
        window.fitsAt = limit > 0 ? leaving(window.count - limit, in: &chunks) : .latest
        return window
    }

    /// When the stamp leaves that `rank` others leave before.
    private func leaving(_ rank: Int, in chunks: inout RowTable<StampChunk>) -> Instant {
        if rank == 0 {
            let firsts = parts.compactMap { part in
                stamp(0, of: part, in: &chunks).map { part.leaves($0.time) }
            }
            return min(firsts.min() ?? now, .latest)
        }
        var low = now.nanoseconds
        var high = low
        for part in parts {
            guard let last = stamp(part.count - 1, of: part, in: &chunks) else { continue }
            high = max(high, min(part.leaves(last.time), .latest).nanoseconds)
        }
        // Found by halving the time.
        while low < high {
            let middle = low + (high - low) / 2
            var left = 0
            for part in parts {
                let bound = Instant(nanoseconds: middle)
                    .advanced(by: Nanoseconds(-part.stays.count))
                guard bound > part.after else { continue }
                let later = part.timeline.count(after: bound, of: part.owner, in: &chunks)
                left += part.count - later
            }
            if left > rank { high = middle } else { low = middle + 1 }
        }
        return min(Instant(nanoseconds: low), .latest)
    }

    private func stamp(
        _ rank: Int, of part: Part, in chunks: inout RowTable<StampChunk>
    ) -> Stamp? {
        part.timeline.stamp(rank, after: part.after, of: part.owner, in: &chunks)
    }
}

extension Nanoseconds {
    /// Longer than any window: what lies in it never leaves.
    static var unbounded: Nanoseconds { Nanoseconds(.max) }
}
