import Bytes
public import Events

/// The newest sends about each subject, and of each content to each recipient.
enum Cooldowns: Projection {
    static let name = "cooldowns"
    static let version = 3

    static func apply(_ change: SendChange, to tables: inout Tables) {
        if change.keys.subject != .none {
            let slot = tables.cooldowns.touch(
                change.keys.subject.shadowed(by: change.shadow), at: change.position)
            tables.cooldowns[slot].apply(change)
        }
        if change.keys.content != .none {
            let slot = tables.contents.touch(
                change.keys.content.shadowed(by: change.shadow), at: change.position)
            tables.contents[slot].apply(change)
        }
    }

    /// `cooldown.reset` with a subject frees that subject; without one, see ``Control``, and of the
    /// backlog, ``Items``.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.type == .cooldownReset, happened.subject != .none,
            !happened.isBacklogReset
        else { return }
        let slot = tables.cooldowns.touch(happened.subject, at: happened.position)
        tables.cooldowns[slot].reset = Stamp(time: happened.recorded, position: happened.position)
    }
}

/// The newest sends under one key: at most four that settled, and those that are open.
public struct CooldownRow: TableRow {
    /// One more than the position of an event that names the key.
    public var named: Position = 0
    /// Open reservations that count at the end of their lease: (expires, reservation).
    private var open = OpenStamps()
    /// Open reservations that count no more once their lease ends: (expires, reservation).
    private var releasable = OpenStamps()
    /// The newest settled sends, the latest last.
    private var settled = FewStamps()
    /// When the cooldown was last lifted by hand.
    public var reset = Stamp.never

    /// An empty row.
    public init() {}

    mutating func apply(_ change: SendChange) {
        if named == 0 { named = change.position + 1 }
        switch change.from {
        case .nowhere: break
        case .open(let stamp): open.remove(stamp)
        case .releasable(let stamp): releasable.remove(stamp)
        case .settled(let stamp): settled.remove(stamp)
        }
        switch change.to {
        case .nowhere: break
        case .open(let stamp): open.insert(stamp)
        case .releasable(let stamp): releasable.insert(stamp)
        case .settled(let stamp): settled.insert(stamp)
        }
    }

    /// The latest send that was granted or imported at `position` or later, and after the cooldown
    /// was last lifted; an open one counts at the end of its lease.
    ///
    /// Of a reservation that would be released then, see ``held(since:at:)``.
    public func latest(since position: Position = 0) -> Stamp? {
        let since = reset.isSet ? max(position, reset.position) : position
        var latest: Stamp?
        for index in 0..<settled.count where settled[index].position >= since {
            latest = max(latest ?? settled[index], settled[index])
        }
        open.forEach { stamp in
            if stamp.position >= since { latest = max(latest ?? stamp, stamp) }
        }
        return latest
    }

    /// The reservation, granted at `position` or later, that is open at `now` and would be released
    /// last: its lease, at whose end it counts no more.
    public func held(since position: Position = 0, at now: Instant) -> Stamp? {
        let since = reset.isSet ? max(position, reset.position) : position
        var latest: Stamp?
        releasable.forEach { stamp in
            if stamp.position >= since, stamp.time > now { latest = max(latest ?? stamp, stamp) }
        }
        return latest
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        for stamp in reader.stamps() { open.insert(stamp) }
        for stamp in reader.stamps() { releasable.insert(stamp) }
        for stamp in reader.stamps() { settled.insert(stamp) }
        reset = reader.stamp()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(open.array)
        writer.put(releasable.array)
        writer.put(settled.array)
        writer.put(reset)
    }
}
