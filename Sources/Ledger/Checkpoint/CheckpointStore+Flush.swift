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
        try rows.forEach { key, row, last in
            let name = Self.key(key)
            guard !row.isEmpty else {
                try transaction.remove(name.span, in: table)
                return
            }
            value.removeAll(keepingCapacity: true)
            value.append(row)
            value.append(littleEndian: last)
            value.append(littleEndian: value.span.checksum)
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
            guard !entries.isEmpty else { continue }
            entries.sort()
            let number = nextRunNumber(header)
            var writer = try RunWriter(path: runPath(number), count: entries.count)
            for entry in entries { try writer.append(entry) }
            try writer.finish()
            header.runs.append(
                .init(
                    family: ids.family, level: level(entries.count), number: number,
                    entries: UInt64(entries.count)))
            isNew = true
        }
        for family in IDFamily.allCases { isNew = try merge(family, &header) || isNew }
        if isNew { try Folder.sync(folder) }
    }

    /// Eight runs of a level become one of the next, so that a lookup asks few files.
    private func merge(_ family: IDFamily, _ header: inout CheckpointHeader) throws -> Bool {
        var merged = false
        for level in UInt8(0)..<20 {
            let group = header.runs.filter { $0.family == family && $0.level == level }
            guard group.count >= 8 else { continue }
            let files = try group.map { try RunFile(path: runPath($0.number)) }
            let number = nextRunNumber(header)
            try RunWriter.merge(files, into: runPath(number))
            header.runs.removeAll { run in group.contains(run) }
            header.runs.append(
                .init(
                    family: family, level: level + 1, number: number,
                    entries: group.reduce(0) { $0 + $1.entries }))
            merged = true
        }
        return merged
    }

    /// The level of a run of that many entries: 0 up to 4,096, one more for each factor of 8.
    private func level(_ entries: Int) -> UInt8 {
        var level: UInt8 = 0
        var limit = 4096
        while entries > limit {
            limit *= 8
            level += 1
        }
        return level
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
