public import Events
import Gate
import Storage

extension Ledger {
    /// How the clock stands: what the next commit will make of it.
    public struct ClockStanding: Sendable {
        /// The ledger's time; the machine's where that is refused.
        public let now: Instant
        /// Why nothing is recorded until an operator accepts the clock; nil where it is taken.
        public let refusal: LedgerError?
        /// By how much the machine's clock is ahead of the ledger's.
        public let drift: Nanoseconds
        /// Whether the machine's clock follows a time source; nil where nobody knows.
        public let isSynchronised: Bool?
        /// Whether the policy asks for a time source.
        public let requiresSource: Bool
    }

    /// Says how the clock stands, without moving anything; nil for a driven clock.
    public func clockStanding() throws(LedgerError) -> ClockStanding? {
        guard !identity.isDevelopment else { return nil }
        do {
            let text = try policyInForce()?.text
            let policy = text.flatMap { try? Policy.parse($0) }
            let requires = policy?.clock.requiresSync ?? false
            let wall = Instant(nanoseconds: clock.wall())
            do throws(LedgerError) {
                let reading = try LedgerClock.read(
                    clock, after: try clockRow(), requiresSource: { requires })
                return ClockStanding(
                    now: reading.now, refusal: nil, drift: wall.since(reading.now),
                    isSynchronised: clock.isSynchronised(), requiresSource: requires)
            } catch {
                guard error.code == .clock else { throw error }
                return ClockStanding(
                    now: wall, refusal: error, drift: Nanoseconds(0),
                    isSynchronised: clock.isSynchronised(), requiresSource: requires)
            }
        } catch { throw LedgerError(any: error) }
    }

    /// What the last commit stored of the clock.
    func clockRow() throws(LedgerError) -> ClockRow? {
        do {
            let key = MetaKey.clock.bytes
            return try log.environment.read { transaction in
                guard let bytes = try transaction.value(of: key.span, in: log.main) else {
                    return nil
                }
                return ClockRow(bytes)
            }
        } catch { throw LedgerError(any: error) }
    }
}
