import Events
import Ledger
import Views

/// Walks a log as a replay needs it: what lies before the range in log order, then the range in the
/// order of (effective time, position).
enum Walk {
    /// Lends each event to `history` or to `inside`.
    ///
    /// Most logs arrived in the order in which they happened, and are streamed; otherwise one stamp
    /// per event of the range is sorted, and the records are read by position.
    static func run(
        _ ledger: Ledger, _ range: ReplayRange, history: (borrowing EventView) throws -> Void,
        inside: (borrowing EventView) throws -> Void
    ) throws {
        let end = try ledger.count()
        var span: Range<Position>?
        var newest = Instant(nanoseconds: .min)
        var isOrdered = true
        try ledger.forEachEvent(to: end) { event in
            switch range.side(of: event) {
            case .before: try history(event)
            case .inside:
                span = (span?.lowerBound ?? event.position)..<event.position + 1
                isOrdered = isOrdered && event.effective >= newest
                newest = event.effective
            case .after: break
            }
            return true
        }
        guard let span else { return }
        if isOrdered {
            try ledger.forEachEvent(from: span.lowerBound, to: span.upperBound) { event in
                if range.side(of: event) == .inside { try inside(event) }
                return true
            }
        } else {
            try sorted(ledger, range, span, inside)
        }
    }

    private static func sorted(
        _ ledger: Ledger, _ range: ReplayRange, _ span: Range<Position>,
        _ inside: (borrowing EventView) throws -> Void
    ) throws {
        var stamps: [Stamp] = []
        try ledger.forEachEvent(from: span.lowerBound, to: span.upperBound) { event in
            if range.side(of: event) == .inside {
                stamps.append(Stamp(time: event.effective, position: event.position))
            }
            return true
        }
        stamps.sort()
        // Neighbours in time are mostly neighbours in the log: each run is read in one go.
        var start = 0
        while start < stamps.count {
            var next = start + 1
            while next < stamps.count, stamps[next].position == stamps[next - 1].position + 1 {
                next += 1
            }
            try ledger.forEachEvent(
                from: stamps[start].position, to: stamps[next - 1].position + 1
            ) { event in
                try inside(event)
                return true
            }
            start = next
        }
    }
}
