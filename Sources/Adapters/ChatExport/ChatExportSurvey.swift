import Bytes
public import Events

/// The first pass over an exported chat: how its lines are built, and who writes.
///
/// The order of day and month is decided over the whole file. Each order is charged with the dates
/// that it cannot read and with those that lie before the date above them; the one with the fewest
/// such faults is taken. Memory does not grow with the file.
public struct ChatExportSurvey: Sendable {
    private var lines = 0
    /// What was seen of each shape of head; the file's is the most frequent.
    private var shapes = [Tally?](repeating: nil, count: ChatHead.shapes)

    /// Nothing seen yet.
    public init() {}

    /// Whether no line is the beginning of a message.
    public var isEmpty: Bool { shapes.allSatisfy { $0 == nil } }

    /// Takes the next line, without its line end.
    public mutating func take(_ line: Span<UInt8>) {
        lines += 1
        guard let head = ChatHead(line) else { return }
        let shape = Int(head.shape)
        var tally = shapes[shape] ?? Tally()
        shapes[shape] = nil
        tally.take(head, line, number: lines)
        shapes[shape] = tally
    }

    /// How the file is to be read.
    ///
    /// - Parameter order: the order of day and month, where the caller knows it.
    /// - Throws: `invalid`: no line is the beginning of a message, the dates fit no order or not
    ///   the one given, or more than one fits.
    public func dialect(order: DateOrder? = nil) throws(EventError) -> ChatExportDialect {
        var found: (shape: UInt8, tally: Tally)?
        for (shape, tally) in shapes.enumerated() {
            guard let tally, tally.heads > found?.tally.heads ?? 0 else { continue }
            found = (UInt8(shape), tally)
        }
        guard let (shape, tally) = found else {
            throw EventError(
                .invalid,
                "No line begins as a message of an exported chat does, such as "
                    + "\u{201C}2025/10/01, 16:51 - Name: text\u{201D}.")
        }
        return ChatExportDialect(
            order: try tally.order(asked: order), shape: shape, isGroup: tally.isGroup,
            authors: tally.authors)
    }
}

/// How an exported chat is to be read: what ``ChatExportSurvey`` found.
public struct ChatExportDialect: Sendable, Equatable {
    /// The order of day, month and year.
    public let order: DateOrder
    /// How the heads of its messages are built.
    let shape: UInt8
    /// Whether it looks like a group: three authors or more, or a line that speaks of a group.
    public let isGroup: Bool
    /// Who writes, at most three, in their order.
    public let authors: [String]
}

extension ChatExportSurvey {
    /// What was seen of one shape.
    fileprivate struct Tally: Sendable {
        var heads = 0
        var authors: [String] = []
        var hasGroupLine = false
        private var scores = [Score](repeating: Score(), count: DateOrder.allCases.count)
        /// Whether any date has another day than month.
        private var isTelling = false

        /// What speaks against an order.
        struct Score: Sendable {
            var misfits = 0
            var steps = 0
            var last = 0
            /// The earliest and the latest day, by ``LocalDay/order``.
            var days = (earliest: Int.max, latest: 0)
            var example: (line: Int, text: String)?
            var faults: Int { misfits + steps }
            /// How far the days lie apart, as a number that grows with it.
            var span: Int { max(0, days.latest - days.earliest) }
        }

        var isGroup: Bool { authors.count > 2 || hasGroupLine }

        mutating func take(_ head: ChatHead, _ line: Span<UInt8>, number: Int) {
            heads += 1
            if head.date.first.value != head.date.second.value { isTelling = true }
            for (index, order) in DateOrder.allCases.enumerated() {
                if let day = order.day(head)?.order {
                    if day < scores[index].last { scores[index].steps += 1 }
                    scores[index].last = day
                    let days = scores[index].days
                    scores[index].days = (min(days.earliest, day), max(days.latest, day))
                } else {
                    scores[index].misfits += 1
                    if scores[index].example == nil {
                        let text = line.extracting(0..<min(head.rest, 24)).string
                        scores[index].example = (number, text)
                    }
                }
            }
            guard authors.count < 3 || !hasGroupLine else { return }
            let rest = line.extracting(head.rest..<line.count).string
            if let (author, body) = ChatText.parted(rest) {
                guard authors.count < 3, !ChatPhrases.isMarked(body) else { return }
                let name = ChatText.spaced(author)
                if !authors.contains(name) { authors.append(name) }
            } else if ChatPhrases.isOfGroup(rest) {
                hasGroupLine = true
            }
        }

        func order(asked: DateOrder?) throws(EventError) -> DateOrder {
            if let asked {
                let score = self[asked]
                guard score.misfits * 20 <= heads else { throw misfit(asked, score) }
                return asked
            }
            let best = try best()
            let score = self[best]
            guard score.misfits * 20 <= heads else { throw misfit(nil, score) }
            return best
        }

        /// The order with the fewest faults.
        ///
        /// A year of two digits stands first only where the other orders have more faults. Where
        /// they have not, but would spread the chat over a longer time, it is not decided.
        private func best() throws(EventError) -> DateOrder {
            let (day, month, year) = (self[.dmy].faults, self[.mdy].faults, self[.ymd].faults)
            if year < min(day, month) { return .ymd }
            if self[.dmy].misfits == heads, self[.mdy].misfits == heads {
                throw misfit(nil, self[.dmy])
            }
            guard day != month || !isTelling else { throw undecided([.dmy, .mdy]) }
            let best: DateOrder = day <= month ? .dmy : .mdy
            guard year > min(day, month) || self[.ymd].span >= self[best].span else {
                throw undecided([best, .ymd])
            }
            return best
        }

        private func undecided(_ orders: [DateOrder]) -> EventError {
            let options = orders.map { "--date-order \($0.rawValue)" }.joined(separator: " or ")
            return EventError(
                .invalid,
                "The dates of the chat can be read in more than one order of day, month and year; "
                    + "say which it is: \(options).")
        }

        private subscript(order: DateOrder) -> Score {
            scores[DateOrder.allCases.firstIndex(of: order)!]
        }

        private func misfit(_ order: DateOrder?, _ score: Score) -> EventError {
            let example = score.example.map { "\u{201C}\($0.text)\u{201D}" } ?? ""
            let what =
                order.map { "The dates are not in the order \($0.rawValue): " }
                ?? "The dates fit no order of day, month and year: "
            return EventError(
                .invalid, what + "\(example), and \(score.misfits - 1) more.",
                line: score.example?.line)
        }
    }
}
