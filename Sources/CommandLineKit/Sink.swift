import Glibc
import Synchronization

/// A stream of text out of the process: buffered, and safe to share between threads.
public final class Sink: Sendable {
    /// Writes all bytes, or answers the error number that stopped it.
    public typealias Device = @Sendable ([UInt8]) -> Int32

    private struct State {
        var buffer: [UInt8] = []
        var failure: Int32 = 0
    }

    /// Whether a person is looking.
    public let isTerminal: Bool
    /// Whether what is written may reach a terminal, be it a dumb one.
    public let reachesTerminal: Bool
    /// Columns of the terminal, nil where there is none.
    public let width: Int?
    /// Whether the terminal shows colours.
    public let showsColor: Bool

    private let device: Device?
    private let state = Mutex(State())
    /// Bytes that are held back before the device is called.
    private static let bufferBytes = 1 << 16

    /// A sink over a device; without one it keeps everything, see ``text``.
    public init(
        isTerminal: Bool = false, reachesTerminal: Bool? = nil, width: Int? = nil,
        showsColor: Bool = false, device: Device? = nil
    ) {
        self.isTerminal = isTerminal
        self.reachesTerminal = reachesTerminal ?? isTerminal
        self.width = width
        self.showsColor = showsColor
        self.device = device
    }

    /// A sink over a file descriptor, with what terminal and environment say of it.
    ///
    /// Colours need a terminal, an empty NO_COLOR and a TERM other than `dumb`; the width is
    /// `columns`, else COLUMNS, else 80.
    public convenience init(
        descriptor: Int32, environment: [String: String], columns: Int? = nil,
        write: @escaping @Sendable (Int32, [UInt8]) -> Int32
    ) {
        let isTerminal = isatty(descriptor) == 1
        let isDumb = environment["TERM"] == "dumb"
        let width = columns ?? environment["COLUMNS"].flatMap(Int.init) ?? 80
        self.init(
            // A dumb terminal cannot redraw a line, so it is served like a pipe.
            isTerminal: isTerminal && !isDumb, reachesTerminal: isTerminal,
            width: isTerminal ? max(width, 20) : nil,
            showsColor: isTerminal && !isDumb && (environment["NO_COLOR"] ?? "").isEmpty,
            device: { write(descriptor, $0) })
    }

    /// Writes text; on a terminal at once, elsewhere when the buffer is full or flushed.
    public func write(_ text: String) {
        state.withLock { state in
            state.buffer.append(contentsOf: text.utf8)
            if isTerminal || state.buffer.count >= Self.bufferBytes { drain(&state) }
        }
    }

    /// Hands everything written so far to the device.
    public func flush() { state.withLock { drain(&$0) } }

    /// The error number of the first write that failed, or 0; later writes are dropped.
    public var failure: Int32 { state.withLock { $0.failure } }

    /// Whether the reader at the other end has gone.
    public var isClosed: Bool { failure == EPIPE }

    /// What the device has not been given yet: everything, for a sink without one.
    public var text: String {
        state.withLock { String(decoding: $0.buffer, as: UTF8.self) }
    }

    /// What ``failure`` means.
    var failureSentence: String {
        switch failure {
        case ENOSPC: "the output could not be written: no space is left"
        case EIO: "the output could not be written: the device failed"
        default: "the output could not be written (error \(failure))"
        }
    }

    private func drain(_ state: inout State) {
        guard let device, !state.buffer.isEmpty else { return }
        if state.failure == 0 { state.failure = device(state.buffer) }
        state.buffer.removeAll(keepingCapacity: true)
    }
}
