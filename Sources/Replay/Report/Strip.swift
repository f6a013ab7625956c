import Documents
import Events

extension Strip {
    /// The busiest minutes of a story.
    static func lines(_ story: Story, _ wording: Wording) -> [String] {
        var minutes: [Int64: [String: [Int]]] = [:]
        for attempt in story.attempts {
            let second = Int(attempt.time.nanoseconds / 1_000_000_000 % 60)
            let minute = attempt.time.nanoseconds / 60_000_000_000
            minutes[minute, default: [:]][
                attempt.process, default: Array(repeating: 0, count: 60)][second] += attempt.count
        }
        func total(_ rows: [String: [Int]]) -> Int { rows.values.joined().reduce(0, +) }
        let busiest = minutes.sorted { (total($0.value), $1.key) > (total($1.value), $0.key) }
        return lines(
            busiest.prefix(minutesMax).sorted { $0.key < $1.key }.map { minute, rows in
                Minute(
                    wording.minute(Instant(nanoseconds: minute * 60_000_000_000)),
                    Array(rows).sorted(byName: { $0.key }).map {
                        (wording.process($0.key), $0.value)
                    })
            })
    }
}
