public import Bytes
public import Events

/// The families of external ids.
public enum IDFamily: UInt8, CaseIterable, Sendable {
    /// (source, id) of every event.
    case identities = 1
    /// The provider's message ids.
    case messages = 2
    /// Idempotency keys of requests and of messages that were queued.
    case requests = 3
    /// Keys of rows, with the row's home as position.
    case rows = 4
    /// What records of one message have in common: see ``EventView/likeness``.
    case likenesses = 5
    /// The provider's message ids of our own messages: imported, or reported to the gate.
    case sends = 6
    /// The provider's ids of messages that failed before anybody named them.
    case failures = 7
}

/// The ids of a checkpoint, below a table's own.
public protocol IDSource: AnyObject {
    /// The position of an id, or nil. A hit is verified in the record.
    func position(of id: Fingerprint, in family: IDFamily) -> Position?
}

/// External ids and the positions that first named them: append only.
public struct IDTable {
    /// Which ids.
    public let family: IDFamily
    private var index = KeyIndex()
    private var ids: [Fingerprint] = []
    private var positions: [Position] = []
    private var frozen: FrozenIDs?
    private var source: (any IDSource)?
    /// Whether ids are kept at all: a fold that never looks one up can do without.
    public var isActive = true
    /// Whether ids in memory are looked up: a rebuild only collects them.
    public var isSought = true

    /// An empty table, over the runs of a checkpoint where there is one.
    public init(_ family: IDFamily, over source: (any IDSource)? = nil) {
        self.family = family
        self.source = source
    }

    /// The number of ids held in memory.
    public var count: Int { ids.count }

    /// The position that first named `id`, or nil.
    public func position(of id: Fingerprint) -> Position? {
        if let slot = index.slot(of: id, ids) { return positions[slot] }
        if let frozen, let slot = frozen.index.slot(of: id, frozen.ids) {
            return frozen.positions[slot]
        }
        return source?.position(of: id, in: family)
    }

    /// Enters an id that is not there yet.
    public mutating func insert(_ id: Fingerprint, at position: Position) {
        guard isActive else { return }
        ids.append(id)
        positions.append(position)
        if isSought { index.insert(ids.count - 1, ids) }
    }

    /// Calls `body` with each id in memory and its position.
    public func forEach(_ body: (Fingerprint, Position) -> Void) {
        if let frozen {
            for slot in frozen.ids.indices { body(frozen.ids[slot], frozen.positions[slot]) }
        }
        for slot in ids.indices { body(ids[slot], positions[slot]) }
    }

    mutating func freeze() -> FrozenIDs {
        let frozen = FrozenIDs(family: family, index: index, ids: ids, positions: positions)
        self.frozen = frozen
        index = KeyIndex()
        ids = []
        positions = []
        return frozen
    }

    mutating func rebase(to count: Position) {
        var kept: [(Fingerprint, Position)] = []
        forEach { id, position in if position >= count { kept.append((id, position)) } }
        clear()
        for (id, position) in kept { insert(id, at: position) }
    }

    mutating func clear() {
        index = KeyIndex()
        ids = []
        positions = []
        frozen = nil
    }
}

/// Ids that are being flushed; they change no more.
public final class FrozenIDs: Sendable {
    /// Which ids.
    public let family: IDFamily
    let index: KeyIndex
    /// The ids, in the order of their positions.
    public let ids: [Fingerprint]
    /// Their positions, ascending.
    public let positions: [Position]

    init(family: IDFamily, index: KeyIndex, ids: [Fingerprint], positions: [Position]) {
        self.family = family
        self.index = index
        self.ids = ids
        self.positions = positions
    }
}
