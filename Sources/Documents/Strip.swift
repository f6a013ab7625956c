/// Minutes drawn second by second: one line per process, one mark per second.
public enum Strip {
    /// How many minutes are drawn.
    public static let minutesMax = 3
    /// How many processes are drawn per minute.
    public static let processesMax = 12
    private static let labelWidth = 26

    /// One minute.
    public struct Minute: Sendable {
        /// What stands above it.
        public let label: String
        /// What each process did in each of 60 seconds, in the order of the drawing.
        public let rows: [(name: String, seconds: [Int])]

        /// A minute of these rows.
        public init(_ label: String, _ rows: [(name: String, seconds: [Int])]) {
            self.label = label
            self.rows = rows
        }
    }

    /// The drawing, at most 90 columns wide.
    public static func lines(_ minutes: [Minute]) -> [String] {
        var lines: [String] = []
        for minute in minutes {
            if !lines.isEmpty { lines.append("") }
            lines.append(label(minute.label) + scale)
            for row in minute.rows.prefix(processesMax) {
                lines.append(label(row.name) + marks(row.seconds))
            }
            if minute.rows.count > processesMax {
                lines.append("… and \(minute.rows.count - processesMax) processes more")
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
