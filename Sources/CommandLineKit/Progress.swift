import Synchronization

/// How far long work has come: a line redrawn on a terminal, plain lines every few seconds
/// elsewhere, nothing when messages are unwanted.
///
/// May be advanced from any thread. Times are nanoseconds of a clock that never goes back.
public final class Progress: Sendable {
    private struct State {
        var done = 0
        var shownAt: Int64
        var isFinished = false
    }

    private let label: String
    private let unit: String
    private let total: Int?
    private let out: Output
    private let clock: @Sendable () -> Int64
    private let startedAt: Int64
    private let state: Mutex<State>

    /// At most ten redraws a second on a terminal.
    private static let redrawNanoseconds: Int64 = 100_000_000
    /// A plain line every five seconds elsewhere.
    private static let plainNanoseconds: Int64 = 5_000_000_000

    /// Begins work on `total` units (nil if nobody knows how many), such as `events`.
    public init(
        _ label: String, unit: String, total: Int?, out: Output,
        clock: @escaping @Sendable () -> Int64 = Progress.monotonic
    ) {
        self.label = label
        self.unit = unit
        self.total = total
        self.out = out
        self.clock = clock
        startedAt = clock()
        state = Mutex(State(shownAt: startedAt))
        if out.messages.isTerminal { show(0, at: startedAt) }
    }

    /// Nanoseconds of the monotonic clock since the process first asked.
    public static let monotonic: @Sendable () -> Int64 = {
        let origin = ContinuousClock.now
        return {
            let (seconds, attoseconds) = (ContinuousClock.now - origin).components
            return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        }
    }()

    /// Says that `done` units in all are done.
    public func advance(to done: Int) { update { $0 = done } }

    /// Says that `count` more units are done.
    public func advance(by count: Int) { update { $0 += count } }

    /// Shows the last state and leaves the line; later calls do nothing.
    public func finish() {
        let now = clock()
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            show(state.done, at: now, isLast: true)
        }
    }

    /// Shows under the lock, so that no thread draws an older state over a newer one.
    private func update(_ change: (inout Int) -> Void) {
        let now = clock()
        let interval =
            out.messages.isTerminal ? Self.redrawNanoseconds : Self.plainNanoseconds
        state.withLock { state in
            change(&state.done)
            guard !state.isFinished, now - state.shownAt >= interval else { return }
            state.shownAt = now
            show(state.done, at: now)
        }
    }

    private func show(_ done: Int, at now: Int64, isLast: Bool = false) {
        guard !out.isQuiet else { return }
        let text = summary(done, at: now, isLast: isLast)
        let end = isLast ? "\n" : ""
        out.messages.write(
            out.messages.isTerminal ? "\r\(fit(text))\u{1B}[K\(end)" : text + "\n")
        out.messages.flush()
    }

    /// A redrawn line must not wrap, or the next one could not overwrite it.
    private func fit(_ text: String) -> String {
        Terminal.fit(text, columns: (out.messages.width ?? 80) - 1)
    }

    private func summary(_ done: Int, at now: Int64, isLast: Bool) -> String {
        let elapsed = Double(max(now - startedAt, 0)) / 1e9
        var parts = ["\(label):"]
        if let total, total > 0 {
            let share = min(Double(done) / Double(total), 1)
            if out.messages.isTerminal {
                let filled = Int(share * 20)
                parts.append(
                    "[" + String(repeating: "#", count: filled)
                        + String(repeating: ".", count: 20 - filled) + "]")
            }
            parts.append("\(Int(share * 100)) %,")
            parts.append("\(Self.grouped(done)) of \(Self.grouped(total)) \(unit)")
        } else {
            parts.append("\(Self.grouped(done)) \(unit)")
        }
        if elapsed > 0, done > 0 {
            let rate = Double(done) / elapsed
            parts[parts.count - 1] += ","
            parts.append("\(Self.grouped(Int(rate)))/s")
            if isLast {
                parts.append("in \(Self.length(elapsed))")
            } else if let total, total > done {
                parts[parts.count - 1] += ","
                parts.append("\(Self.length(Double(total - done) / rate)) left")
            }
        }
        return parts.joined(separator: " ")
    }

    /// A length of time for people: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`.
    static func length(_ seconds: Double) -> String {
        if seconds < 10 {
            let tenths = Int((seconds * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) s"
        }
        let whole = Int(min(seconds.rounded(), 1e9))
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 60 { return "\(whole) s" }
        if whole < 3_600 { return "\(whole / 60) min \(two(whole % 60)) s" }
        return "\(whole / 3_600) h \(two(whole % 3_600 / 60)) min"
    }

    /// A count with a comma between thousands.
    static func grouped(_ number: Int) -> String {
        var result = ""
        let digits = String(number)
        for (index, digit) in digits.enumerated() {
            let left = digits.count - index
            if index > 0, left % 3 == 0 { result.append(",") }
            result.append(digit)
        }
        return result
    }
}
