import Ledger
import Synchronization

/// Counts answers until the last one is there.
final class Tally: Sendable {
    private struct State {
        var missing: Int
        var granted = 0
        var failure: LedgerError?
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(missing: count)) }

    /// Notes one answer; with the last, answers how many were granted.
    func add(_ result: Result<AskOutcome, LedgerError>) -> Result<Int, any Error>? {
        state.withLock { state in
            switch result {
            case .success(let answer): if answer.reservation != nil { state.granted += 1 }
            case .failure(let error): state.failure = error
            }
            state.missing -= 1
            guard state.missing == 0 else { return nil }
            if let failure = state.failure { return .failure(failure) }
            return .success(state.granted)
        }
    }
}
