import Events

/// Starts of processes: from one start to the next, a process has one memory.
struct Lives {
    private struct Start {
        let time: Instant
        let position: Position
        let source: String
        let isInside: Bool
    }

    private var byInstance: [String: [Start]] = [:]
    private var bySource: [String: [Start]] = [:]

    /// Adds a start, and passes over anything else.
    mutating func add(_ event: borrowing EventView, isInside: Bool) {
        guard event.type == .instanceStarted, let source = event.text(.source) else { return }
        let start = Start(
            time: event.effective, position: event.position, source: source, isInside: isInside)
        bySource[source, default: []].append(start)
        if let instance = event.text(.instance) { byInstance[instance, default: []].append(start) }
    }

    /// Brings the starts in the order in which they happened.
    mutating func sort() {
        for name in bySource.keys { bySource[name]?.sort(by: Self.isEarlier) }
        for name in byInstance.keys { byInstance[name]?.sort(by: Self.isEarlier) }
    }

    private static func isEarlier(_ left: Start, _ right: Start) -> Bool {
        left.time == right.time ? left.position < right.position : left.time < right.time
    }

    private func all(of attempt: Attempt) -> [Start] {
        attempt.instance.flatMap { byInstance[$0] } ?? bySource[attempt.source] ?? []
    }

    /// The starts of whoever made an attempt, by instance where it names one.
    func starts(of attempt: Attempt) -> [Instant] { all(of: attempt).map(\.time) }

    /// Which life of its process an attempt was made in: the number of starts before it.
    func number(of attempt: Attempt) -> Int {
        let starts = all(of: attempt)
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle].time <= attempt.time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Starts within the range of a process that had started before, in order.
    var restarts: [Story.Restart] {
        // A process that names no instance is told by its source.
        let named = Set(byInstance.values.joined().map(\.position))
        let nameless = bySource.values.map { $0.filter { !named.contains($0.position) } }
        var restarts: [Story.Restart] = []
        for starts in Array(byInstance.values) + nameless {
            for (before, start) in zip(starts, starts.dropFirst()) where start.isInside {
                restarts.append(
                    Story.Restart(
                        process: start.source, time: start.time, before: before.time,
                        position: start.position))
            }
        }
        return restarts.sorted { ($0.time, $0.position) < ($1.time, $1.position) }
    }
}
