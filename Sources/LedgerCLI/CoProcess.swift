import CommandLineKit
import Events
import Ledger
import Storage
import Synchronization

/// A verb as a co-process: one JSON line in, one JSON line out, in order.
///
/// Lines are submitted as they are read, so that those that wait are committed together; a thread
/// of its own writes the answers, so that a slow reader does not hold up the ledger's writer.
enum CoProcess {
    /// Gives the answer to one line, once: a JSON object without the line's end.
    typealias Reply = @Sendable ([UInt8]) -> Void

    /// Serves until the input ends or nobody reads the answers.
    ///
    /// `submit` is called with each line and its number; it throws for a bad line, or replies
    /// later.
    static func run(
        _ out: Output, _ submit: (Span<UInt8>, Int, @escaping Reply) throws -> Void
    ) throws -> Int32 {
        let answers = OrderedAnswers()
        guard SystemThread.tryToStart({ answers.write(to: out) }) else {
            throw StorageError(.failed, "the system allows no further thread; try again later")
        }
        defer { answers.finish() }
        var reader = LineReader(descriptor: 0)
        var isOpen = true
        while isOpen, out.results.failure == 0 {
            isOpen = try reader.read { text, line in
                let place = answers.reserve()
                do {
                    guard let text else {
                        throw EventError(
                            .tooLarge,
                            "The line has over \(LineReader.lineBytesMax) bytes; shorten it.")
                    }
                    try submit(text, line) { answers.give($0, at: place) }
                } catch {
                    answers.give(Failure.answer(error, line: line), at: place)
                }
            }
        }
        return ExitCode.done
    }

    /// Takes the member `now` out of a line's object.
    static func split(_ json: JSONValue) throws(EventError) -> (rest: JSONValue, now: Instant?) {
        guard let now = json["now"] else { return (json, nil) }
        guard let text = now.text else {
            throw EventError(.wrongMember, "The member `now` must be an RFC 3339 time.")
        }
        let rest = json.members.filter { $0.name != "now" }
        return (.object(rest), try Timestamp.parse(text).instant)
    }
}

/// Answers that are ready in any order, and written in that of the questions.
final class OrderedAnswers: Sendable {
    private struct State {
        /// The number of the first answer in `waiting`.
        var first = 0
        var waiting: [[UInt8]?] = []
        var isFinished = false
        var isWritten = false
    }

    /// Questions that may be open at once; whoever asks more waits.
    private static let openMax = 16_384

    private let state = Mutex(State())
    private let signal = Signal()

    /// A place for the next answer; waits while too many are open.
    func reserve() -> Int {
        signal.withLock {
            while state.withLock({ $0.waiting.count >= Self.openMax }) {
                signal.wait(nanoseconds: 1_000_000_000)
            }
        }
        return state.withLock { state in
            state.waiting.append(nil)
            return state.first + state.waiting.count - 1
        }
    }

    /// Puts an answer in its place.
    func give(_ answer: [UInt8], at place: Int) {
        let isNext = state.withLock { state in
            state.waiting[place - state.first] = answer
            return place == state.first
        }
        // Only the next answer in order can be written: the others need wake nobody.
        if isNext { signal.withLock { signal.broadcast() } }
    }

    /// Waits until every place has its answer and all are written.
    func finish() {
        state.withLock { $0.isFinished = true }
        signal.withLock {
            signal.broadcast()
            while state.withLock({ !$0.isWritten }) { signal.wait(nanoseconds: 1_000_000_000) }
        }
    }

    /// Writes answers as they come, until finished.
    func write(to out: Output) {
        while let lines = next() {
            if !lines.isEmpty {
                out.results.write(out.shown(json: String(decoding: lines, as: UTF8.self)))
                out.results.flush()
            }
        }
        state.withLock { $0.isWritten = true }
        signal.withLock { signal.broadcast() }
    }

    /// All answers that are ready in order, each with its line's end; nil once finished.
    private func next() -> [UInt8]? {
        signal.withLock {
            while state.withLock({ !Self.isReady($0) }) {
                signal.wait(nanoseconds: 1_000_000_000)
            }
        }
        let (answers, wasFull) = state.withLock { state in
            let count = state.waiting.prefix { $0 != nil }.count
            let wasFull = state.waiting.count >= Self.openMax
            let answers = state.waiting[..<count].compactMap { $0 }
            state.waiting.removeFirst(count)
            state.first += count
            return (answers, wasFull)
        }
        if wasFull { signal.withLock { signal.broadcast() } }
        if answers.isEmpty { return nil }
        var lines: [UInt8] = []
        lines.reserveCapacity(answers.reduce(0) { $0 + $1.count + 1 })
        for answer in answers {
            lines += answer
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    private static func isReady(_ state: State) -> Bool {
        if let next = state.waiting.first { return next != nil }
        return state.isFinished
    }
}
