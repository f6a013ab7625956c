/// Work that another thread does meanwhile.
///
/// ```swift
/// let hashing = Aside { hash(folder) }
/// read(folder)
/// let root = hashing.wait()
/// ```
public final class Aside<Value: Sendable>: Sendable {
    private let signal = Signal()
    private let result = Locked<Value?>(nil)

    /// Starts the work on a thread of its own; does it at once where none can be had.
    public init(_ work: @escaping @Sendable () -> Value) {
        let run: @Sendable () -> Void = { [signal, result] in
            let value = work()
            signal.withLock {
                result.withLock { $0 = value }
                signal.broadcast()
            }
        }
        if !SystemThread.tryToStart(run) { run() }
    }

    /// Waits until it is done; answers what it made.
    @available(*, noasync)
    public func wait() -> Value {
        signal.withLock {
            while true {
                if let value = result.withLock({ $0 }) { return value }
                signal.wait()
            }
        }
    }
}
