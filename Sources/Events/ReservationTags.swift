/// The tags by which a ledger knows its own reservations.
///
/// A ledger that went on under a new name, after its log had lost its end or was restored, gives
/// its reservations another tag from there on: what the lost end had granted at the same positions
/// is not taken for them. Those from before keep the tag that they were granted with.
public struct ReservationTags: Sendable, Equatable {
    /// A tag and the position from which on it is given.
    public struct Later: Sendable, Equatable {
        /// The first position.
        public let start: Position
        /// The tag.
        public let tag: UInt32

        /// A tag from a position on.
        public init(start: Position, tag: UInt32) {
            self.start = start
            self.tag = tag
        }
    }

    /// The tag of the ledger's first name.
    public let first: UInt32
    /// Those of its later names, in ascending order of positions; most ledgers have none.
    public let later: [Later]

    /// The tags of a ledger.
    public init(first: UInt32, later: [Later] = []) {
        self.first = first
        self.later = later
    }

    /// The tag of a reservation that was granted at `position`.
    public func tag(at position: Position) -> UInt32 {
        later.last { $0.start <= position }?.tag ?? first
    }

    /// Whether a reservation is one of this ledger.
    public func include(_ reservation: Reservation) -> Bool {
        reservation.tag == tag(at: reservation.position)
    }

    /// The reservation that was granted at `position`.
    public func reservation(at position: Position) -> Reservation {
        Reservation(position: position, tag: tag(at: position))
    }
}
