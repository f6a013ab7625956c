public import Events
import Evidence
import Storage

extension Ledger {
    /// Why nothing can be signed; nil if it can.
    ///
    /// The signing key is opened.
    public func signingTrouble() -> LedgerError? {
        do { return try keys.withLock { try keys.trouble() } } catch {
            return LedgerError(any: error)
        }
    }

    /// Which copy of the last checkpoint cannot be read; nil if all can.
    public func checkpointTrouble() -> LedgerError? {
        do {
            _ = try checkedCheckpoint()
            return nil
        } catch { return LedgerError(any: error) }
    }

    /// How many records the Merkle tree on disk covers; nil where it is missing, damaged or of
    /// another log, and is made anew by whoever signs next.
    public func treeCount() throws(LedgerError) -> Position? {
        do {
            let path = folder + "/views/tree"
            guard let view = try TreeView.stored(in: path, tag: identity.tag), try fits(view) else {
                return nil
            }
            return view.count
        } catch { throw LedgerError(any: error) }
    }

    /// A process that has been reading in one transaction, so that its pages are not used again.
    public struct SlowReader: Sendable {
        /// The process.
        public let pid: Int32
        /// How many commits it has missed.
        public let behind: Int
    }

    /// Frees the slots of readers that died; answers their number, and who misses most commits.
    public func readers() -> (dead: Int, slowest: SlowReader?) {
        let dead = log.environment.clearStaleReaders()
        let slowest = log.environment.readers().max { $0.behind < $1.behind }
        return (dead, slowest.map { SlowReader(pid: $0.pid, behind: $0.behind) })
    }

    /// When the last backup was recorded; nil if none was among the last `most` events.
    public func lastBackup(within most: Position = .max) throws(LedgerError) -> Instant? {
        do {
            let count = try count()
            var found: Instant?
            let filter = EventFilter(types: [.exportMade])
            try forEachEventBackwards(from: count - min(most, count), where: filter) { event in
                if event.text(.format) == "backup" { found = event.recorded }
                return found == nil
            }
            return found
        } catch { throw LedgerError(any: error) }
    }

    /// How many erasures the list `keys/erasures` names.
    public func erasureCount() throws(LedgerError) -> Int {
        try ErasureList(file: keys.folder + "/erasures").erasures.count
    }
}
