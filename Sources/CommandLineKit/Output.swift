/// Where a command speaks: results to one sink, messages and progress to the other.
public struct Output: Sendable {
    /// Standard output: what the command was asked for.
    public let results: Sink
    /// Standard error: messages, progress, errors.
    public let messages: Sink
    /// Whether messages and progress are unwanted.
    public var isQuiet = false
    /// Whether results are wanted as JSON, one object a line.
    public var isJSON = false
    /// Whether colours are wanted where they can be shown.
    public var allowsColor = true

    /// An output over two sinks.
    public init(results: Sink, messages: Sink) {
        self.results = results
        self.messages = messages
    }

    /// An output over file descriptors 1 and 2.
    ///
    /// `write` writes all bytes to a descriptor and answers 0 or the error number; `columns` is the
    /// terminal's width where the caller knows it.
    public static func standard(
        environment: [String: String], columns: Int? = nil,
        write: @escaping @Sendable (Int32, [UInt8]) -> Int32
    ) -> Output {
        func sink(_ descriptor: Int32) -> Sink {
            Sink(descriptor: descriptor, environment: environment, columns: columns, write: write)
        }
        return Output(results: sink(1), messages: sink(2))
    }

    /// How text stands out on a terminal.
    public enum Style: Int, Sendable {
        /// Heavier.
        case bold = 1
        /// Weaker.
        case dim = 2
        /// For errors and refusals.
        case red = 31
        /// For what went well.
        case green = 32
        /// For what has to wait.
        case yellow = 33
    }

    /// Writes one line of results; of JSON to a terminal, what could steer it is escaped.
    public func line(_ text: String) {
        results.write((isJSON || text.first == "{" ? shown(json: text) : text) + "\n")
    }

    /// JSON as it may be written: on its way to a terminal, what could steer that is escaped.
    public func shown(json text: String) -> String {
        results.reachesTerminal ? Terminal.escaped(json: text) : text
    }

    /// Writes one line of messages at once, unless the caller wants none.
    public func note(_ text: String) { if !isQuiet { complain(text) } }

    /// Writes one line of messages at once, wanted or not: an error.
    public func complain(_ text: String) {
        messages.write(text + "\n")
        messages.flush()
    }

    /// The text in a style, where the sink shows colours; unchanged elsewhere.
    public func styled(_ text: String, _ style: Style, on sink: Sink) -> String {
        guard allowsColor, sink.showsColor else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }

    /// Hands everything written so far to the devices.
    public func flush() {
        results.flush()
        messages.flush()
    }
}
