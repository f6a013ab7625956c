import Synchronization

/// An answer that comes later, from another thread, and is awaited once.
final class Pending<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, Never>)
        case done(Value)
    }

    private let state = Mutex(State.open)

    /// Gives the answer.
    func resolve(_ value: Value) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, Never>? in
            defer { state = .done(value) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: value)
    }

    /// Whether the answer is there.
    var isResolved: Bool {
        state.withLock { state in
            if case .done = state { return true }
            return false
        }
    }

    /// Waits for the answer.
    func value() async -> Value {
        await withCheckedContinuation { continuation in
            let ready = state.withLock { state -> Value? in
                if case .done(let value) = state { return value }
                state = .awaited(continuation)
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
