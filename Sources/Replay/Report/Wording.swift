import Events

/// How a story is told: short names, and times as the clocks of its people showed them.
struct Wording {
    private let offset: Int
    /// What all processes' names begin with, up to a slash; left out wherever a name stands.
    let prefix: String

    init(_ story: Story) {
        offset = story.offset
        prefix = Self.commonFolder(story.processes.map(\.name))
    }

    /// A process, without what all names have in common.
    func process(_ name: String) -> String {
        name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
    }

    /// Several processes, by name.
    func processes(_ names: Set<String>) -> String {
        names.map(process).sorted(byName: { $0 }).joined(separator: " ")
    }

    /// `16:51:02.125`.
    func time(_ instant: Instant) -> String { part(instant, 11..<23) }

    /// `16:51:02`.
    func second(_ instant: Instant) -> String { part(instant, 11..<19) }

    /// `16:51`.
    func minute(_ instant: Instant) -> String { part(instant, 11..<16) }

    /// `2025-10-01`.
    func date(_ instant: Instant) -> String { part(instant, 0..<10) }

    /// `16:51:02`, or `2025-09-30 16:51:02` on another day than `day`.
    func moment(_ instant: Instant, seenOn day: Instant) -> String {
        date(instant) == date(day) ? second(instant) : "\(date(instant)) \(second(instant))"
    }

    /// `+02:00`, or `UTC`.
    var zone: String {
        offset == 0 ? "UTC" : String(Timestamp.text(.epoch, offset: offset, digits: 0).suffix(6))
    }

    /// `12.4 s`, or minutes or hours where seconds say little.
    func length(_ duration: Nanoseconds) -> String {
        let seconds = duration.seconds
        if seconds >= 7_200 { return "\(seconds / 3_600) h \(seconds / 60 % 60) min" }
        if seconds >= 120 { return "\(seconds / 60) min \(seconds % 60) s" }
        return "\(seconds).\(duration.count / 100_000_000 % 10) s"
    }

    /// `1 message`, `2 messages`.
    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }

    private func part(_ instant: Instant, _ range: Range<Int>) -> String {
        let text = Timestamp.text(instant, offset: offset, digits: 3)
        return String(text.dropFirst(range.lowerBound).prefix(range.count))
    }

    private static func commonFolder(_ names: [String]) -> String {
        guard names.count > 1, let first = names.first else { return "" }
        var common = Substring(first)
        for name in names.dropFirst() {
            while !name.hasPrefix(common) { common.removeLast() }
        }
        guard let slash = common.lastIndex(of: "/") else { return "" }
        return String(common[...slash])
    }
}
