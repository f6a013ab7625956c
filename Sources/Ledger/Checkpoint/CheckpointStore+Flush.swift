import Bytes
import Events
import Storage
import Views

extension CheckpointStore {
    /// A tail that is to be flushed.
    struct Flush: Sendable {
        /// The rows and ids.
        let tables: FrozenTables
        /// The count of the checkpoint that they lie over.
        let base: Position
        /// The count of events that they hold.
        var count: Position
        /// The checksum of the record before `count`.
        var lastChecksum: UInt64
    }

    /// How a flush ended.
    enum FlushOutcome: Sendable, Equatable {
        /// The checkpoint holds `count` events.
        case written
        /// Another process moved the checkpoint in between; nothing was written.
        case overtaken
    }

    /// Writes a tail: runs first, then rows and header in one durable commit.
    ///
    /// The caller holds ``flushLock``.
    func write(_ flush: Flush) throws -> FlushOutcome {
        var header = try header()
        guard header.count == flush.base else { return .overtaken }
        header.count = flush.count
        header.lastChecksum = flush.lastChecksum
        header.versions = CheckpointHeader.currentVersions
        let old = header.runs
        try addRuns(flush, &header)
        let headerKey = Self.headerKey
        let written = try environment.write { transaction -> Bool in
            if let bytes = try transaction.value(of: headerKey.span, in: main),
                CheckpointHeader(bytes)?.count != flush.base
            {
                return false
            }
            for rows in flush.tables.tables {
                try put(rows, transaction)
            }
            try transaction.put(headerKey.span, header.bytes.span, in: main)
            return true
        }
        guard written else { return .overtaken }
        let kept = Set(header.runs.map(\.number))
        for run in old where !kept.contains(run.number) { try Folder.remove(runPath(run.number)) }
        return .written
    }

    private func put(
        _ rows: FrozenTables.Rows, _ transaction: borrowing WriteTransaction
    ) throws {
        let table = table(rows.table)
        // Into an empty table, sorted rows go one behind the other: full pages, no searching.
        let isEmpty = try transaction.count(of: table) == 0
        var value: [UInt8] = []
        try rows.forEach { place, row, last in
            let name = Self.key(home: place.home, place.key)
            StoredBytes.write(row, place.key, last: last, into: &value)
            try transaction.put(name.span, value.span, in: table, isLast: isEmpty)
        }
    }

    private func addRuns(_ flush: Flush, _ header: inout CheckpointHeader) throws {
        var isNew = false
        for ids in flush.tables.ids where !ids.ids.isEmpty {
            var entries: [RunEntry] = []
            entries.reserveCapacity(ids.ids.count)
            for (id, position) in zip(ids.ids, ids.positions) where position >= flush.base {
                entries.append(RunEntry(hash: id.high, position: position))
            }
            isNew = try add(&entries, to: ids.family, &header) || isNew
        }
        var names: [RunEntry] = []
        for rows in flush.tables.tables {
            for place in rows.names() where !place.isStored && place.home >= flush.base {
                names.append(
                    RunEntry(hash: Self.hash(rows.table, place.key), position: place.home))
            }
        }
        isNew = try add(&names, to: .rows, &header) || isNew
        if isNew { try Folder.sync(folder) }
    }

    /// Writes a run, together with those before it that hold no more than it and what follows them.
    ///
    /// Each run is then larger than all that follow: a lookup asks few files, and an entry is
    /// written again only when what it lies in doubles.
    private func add(
        _ entries: inout [RunEntry], to family: IDFamily, _ header: inout CheckpointHeader
    ) throws -> Bool {
        guard !entries.isEmpty else { return false }
        entries.sort()
        var new = CheckpointHeader.Run(
            family: family, number: nextRunNumber(header), entries: UInt64(entries.count))
        var group: [CheckpointHeader.Run] = []
        for run in header.runs.reversed() where run.family == family {
            guard run.entries <= new.entries else { break }
            group.append(run)
            new.entries += run.entries
        }
        let files = try group.map { try open($0) }
        new.checksum = try RunWriter.merge(
            files, with: entries, into: runPath(new.number), name: name(of: new))
        header.runs.removeAll { group.contains($0) }
        header.runs.append(new)
        return true
    }

    /// A number that no file has: those of a flush that was cut short are overwritten or swept.
    private func nextRunNumber(_ header: CheckpointHeader) -> UInt64 {
        let known = header.runs.map(\.number).max() ?? 0
        var number = known + 1
        while Folder.exists(runPath(number)) { number += 1 }
        return number
    }

    /// Removes runs that no checkpoint names: a flush was cut short.
    ///
    /// The caller holds the lock.
    func sweep() throws {
        let known = Set(try header().runs.map { "\($0.number).run" })
        for name in Folder.names(in: folder) where name.hasSuffix(".run") && !known.contains(name) {
            try Folder.remove(folder + "/" + name)
        }
    }
}
