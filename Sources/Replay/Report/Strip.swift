import Events

/// The busiest minutes of a story, second by second: one line per process, one mark per second.
enum Strip {
    /// How many minutes are drawn.
    static let minutesMax = 3
    /// How many processes are drawn per minute.
    static let processesMax = 12
    private static let labelWidth = 26

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
        var lines: [String] = []
        for (minute, rows) in busiest.prefix(minutesMax).sorted(by: { $0.key < $1.key }) {
            if !lines.isEmpty { lines.append("") }
            let start = Instant(nanoseconds: minute * 60_000_000_000)
            lines.append(label(wording.minute(start)) + scale)
            for (process, seconds) in Array(rows).sorted(byName: { $0.key }).prefix(processesMax) {
                lines.append(label(wording.process(process)) + marks(seconds))
            }
            if rows.count > processesMax {
                lines.append("… and \(rows.count - processesMax) processes more")
            }
        }
        return lines
    }

    private static let scale = stride(from: 0, to: 60, by: 10).map {
        ":\($0 < 10 ? "0" : "")\($0)"
    }.joined(separator: String(repeating: " ", count: 7))

    private static func label(_ name: String) -> String {
        let short = name.count > labelWidth ? "…" + name.suffix(labelWidth - 1) : name
        return short + String(repeating: " ", count: labelWidth + 2 - short.count)
    }

    private static func marks(_ seconds: [Int]) -> String {
        seconds.map { $0 == 0 ? "." : $0 > 9 ? "+" : String($0) }.joined()
    }
}
