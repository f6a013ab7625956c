import CommandLineKit
import Synchronization
import Testing

@Suite struct `A progress bar` {
    /// A clock that is moved by hand, in milliseconds.
    final class Clock: Sendable {
        let now = Mutex<Int64>(1_000)
        func read() -> Int64 { now.withLock { $0 } * 1_000_000 }
        func move(_ milliseconds: Int64) { now.withLock { $0 += milliseconds } }
    }

    let clock = Clock()

    private func output(terminal: Bool, width: Int = 100) -> Output {
        Output(
            results: Sink(), messages: Sink(isTerminal: terminal, width: terminal ? width : nil))
    }

    @Test func `redraws one line with rate and remaining time on a terminal`() {
        let out = output(terminal: true)
        let bar = Progress("rebuild", unit: "events", total: 10_000, out: out, clock: clock.read)
        clock.move(2_000)
        bar.advance(to: 2_500)
        clock.move(2_000)
        bar.advance(by: 7_500)
        bar.finish()
        let lines = out.messages.text.split(separator: "\r")
        #expect(
            lines == [
                "rebuild: [....................] 0 %, 0 of 10,000 events\u{1B}[K",
                "rebuild: [#####...............] 25 %, 2,500 of 10,000 events, 1,250/s, "
                    + "6.0 s left\u{1B}[K",
                "rebuild: [####################] 100 %, 10,000 of 10,000 events, 2,500/s\u{1B}[K",
                "rebuild: [####################] 100 %, 10,000 of 10,000 events, 2,500/s "
                    + "in 4.0 s\u{1B}[K\n",
            ])
    }

    @Test func `redraws at most ten times a second`() {
        let out = output(terminal: true)
        let bar = Progress("scan", unit: "events", total: nil, out: out, clock: clock.read)
        for _ in 0..<3_000 {
            clock.move(1)
            bar.advance(by: 1)
        }
        let count = out.messages.text.split(separator: "\r").count
        #expect(count == 31)
    }

    @Test func `prints a plain line every five seconds elsewhere`() {
        let out = output(terminal: false)
        let bar = Progress("scan", unit: "events", total: 120, out: out, clock: clock.read)
        for _ in 0..<12 {
            clock.move(1_000)
            bar.advance(by: 10)
        }
        bar.finish()
        bar.finish()
        bar.advance(by: 1)
        #expect(
            out.messages.text == """
                scan: 41 %, 50 of 120 events, 10/s, 7.0 s left
                scan: 83 %, 100 of 120 events, 10/s, 2.0 s left
                scan: 100 %, 120 of 120 events, 10/s in 12 s

                """)
        #expect(out.results.text == "")
    }

    @Test func `does not know the remaining time without a total`() {
        let out = output(terminal: false)
        let bar = Progress("scan", unit: "events", total: nil, out: out, clock: clock.read)
        clock.move(6_000)
        bar.advance(to: 6_000_000)
        #expect(out.messages.text == "scan: 6,000,000 events, 1,000,000/s\n")
    }

    @Test func `shows long times in minutes and hours`() {
        let out = output(terminal: false)
        let bar = Progress("scan", unit: "events", total: 100, out: out, clock: clock.read)
        clock.move(10_000)
        bar.advance(to: 5)
        clock.move(3_600_000)
        bar.advance(to: 10)
        #expect(out.messages.text.contains("0/s, 3 min 10 s left\n"))
        #expect(out.messages.text.contains("0/s, 9 h 01 min left\n"))
    }

    @Test func `never wraps a narrow terminal`() {
        let out = output(terminal: true, width: 30)
        let bar = Progress("rebuild", unit: "events", total: 10, out: out, clock: clock.read)
        bar.finish()
        for line in out.messages.text.split(separator: "\r") {
            #expect(line.split(separator: "\u{1B}")[0].count == 29)
        }
    }

    @Test(arguments: [true, false]) func `is silent when quiet`(terminal: Bool) {
        var out = output(terminal: terminal)
        out.isQuiet = true
        let bar = Progress("scan", unit: "events", total: 10, out: out, clock: clock.read)
        clock.move(60_000)
        bar.advance(to: 10)
        bar.finish()
        #expect(out.messages.text == "")
    }

    @Test func `has a clock of its own that does not go back`() {
        let first = Progress.monotonic()
        let second = Progress.monotonic()
        #expect(first >= 0 && second >= first)
    }
}
