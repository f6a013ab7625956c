import Bytes
public import Events
public import Evidence
import Storage
import Views

extension Ledger {
    /// What is wrong with a ledger, and where.
    public struct Fault: Sendable, Equatable {
        /// The position, where it is known.
        public let position: Position?
        /// A sentence.
        public let message: String

        /// A fault at a position, or of the whole.
        public init(position: Position?, message: String) {
            self.position = position
            self.message = message
        }
    }

    /// Checks every record: checksum, place, order of times, members; and all signed roots.
    ///
    /// - Parameters:
    ///   - checkpoints: What the log must extend, beside every checkpoint that it signed and keeps.
    ///   - progress: Called with the number of records checked and their total.
    /// - Returns: All faults found, at most 100; none means the ledger is whole.
    public func verify(
        against checkpoints: [Checkpoint] = [],
        progress: (Position, Position) -> Void = { _, _ in }
    ) throws -> [Fault] {
        var faults: [Fault] = []
        var roots = SignedRoots(checkpoints)
        do { try roots.add(checkedCheckpoint()?.checkpoint) } catch {
            faults.append(Fault(position: nil, message: LedgerError(any: error).message))
        }
        addKept(to: &roots, &faults)
        let total = try count()
        var next: Position = 0
        var recorded = Instant(nanoseconds: .min)
        while next < total, faults.count < 100 {
            let start = next
            try log.environment.read { transaction in
                try transaction.scan(log.log, from: start) { position, bytes in
                    if position != next {
                        faults.append(
                            Fault(
                                position: next, message: "position \(next) is missing from the log")
                        )
                        next = position
                    }
                    check(bytes, position, &recorded, &faults)
                    roots.append(bytes)
                    next += 1
                    return next < start + Position(Self.pageRecords) && next < total
                        && faults.count < 100
                }
            }
            if next == start {
                faults.append(
                    Fault(position: next, message: "position \(next) is missing from the log"))
                break
            }
            progress(next, total)
        }
        if faults.isEmpty, try hasMoreThanItCounts() {
            faults.append(
                Fault(
                    position: total,
                    message: "the log holds records beyond the \(total) that it counts"))
        }
        // Where records are missing or damaged, the roots can only repeat it.
        guard faults.allSatisfy({ $0.position == nil }) else { return faults }
        let forks = roots.faults(total)
        // What an older checkpoint of somebody else's says does not make the ledger read-only.
        if checkpoints.isEmpty {
            try? remember(fork: forks.first.map { LedgerError(.forked, $0.message) })
        }
        return faults + forks
    }

    /// Whether records stand behind the last that LMDB counts: the count itself was changed.
    private func hasMoreThanItCounts() throws -> Bool {
        try log.environment.read { transaction in
            let count = Position(try transaction.count(of: log.log))
            var hasMore = false
            try transaction.scan(log.log, from: count) { _, _ in
                hasMore = true
                return false
            }
            return hasMore
        }
    }

    /// Every checkpoint of `keys/checkpoints`; a file that is none is a fault.
    private func addKept(to roots: inout SignedRoots, _ faults: inout [Fault]) {
        do {
            guard let key = try verifierKey() else { return }
            let kept = folder + "/keys/checkpoints"
            for name in Folder.names(in: kept) where UInt64(name) != nil {
                do {
                    let old = try SigningKeys.read("\(kept)/\(name)", by: key).checkpoint
                    if String(old.size) == name {
                        roots.add(old)
                    } else {
                        let message = "keys/checkpoints/\(name) is of \(old.size) records"
                        faults.append(Fault(position: nil, message: message))
                    }
                } catch {
                    faults.append(Fault(position: nil, message: LedgerError(any: error).message))
                }
            }
        } catch {
            faults.append(Fault(position: nil, message: LedgerError(any: error).message))
        }
    }

    private func check(
        _ bytes: Span<UInt8>, _ position: Position, _ recorded: inout Instant,
        _ faults: inout [Fault]
    ) {
        guard let event = EventView(bytes), event.isIntact else {
            faults.append(
                Fault(
                    position: position,
                    message:
                        "the record at position \(position) is damaged: its checksum does not hold")
            )
            return
        }
        if event.position != position {
            faults.append(
                Fault(
                    position: position,
                    message:
                        "the record at position \(position) says that it stands at \(event.position)"
                ))
        }
        if event.recorded < recorded {
            faults.append(
                Fault(
                    position: position,
                    message:
                        "the recorded time at position \(position) is earlier than the one before"))
        }
        recorded = max(recorded, event.recorded)
        if event.type == nil {
            faults.append(
                Fault(
                    position: position,
                    message: "the type at position \(position) is not one that this version knows"))
        }
        if let lack = event.shapeFault {
            faults.append(
                Fault(
                    position: position,
                    message: "the event at position \(position) is no "
                        + "`\(event.type?.name ?? "")`: \(lack)"))
        }
    }
}
