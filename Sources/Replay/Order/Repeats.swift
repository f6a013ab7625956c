import Bytes
import Events
import Ledger
import Views

/// Imported records of our own messages that another record counts for: a replay passes them over,
/// or one message would be two attempts.
struct Repeats {
    private let positions: Set<Position>

    /// Those of a ledger, as its views know them now.
    init(_ ledger: Ledger) throws {
        positions = try ledger.withState { moment in
            var positions: Set<Position> = []
            try moment.forEachRow(of: \.counted) { key, row, _ in
                if row.isRepeat { positions.insert(key.low) }
            }
            return positions
        }
    }

    /// Whether the event is one of them.
    func contain(_ event: borrowing EventView) -> Bool {
        !positions.isEmpty && positions.contains(event.position)
    }
}
