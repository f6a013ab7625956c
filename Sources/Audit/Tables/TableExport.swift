import Bytes
import Crypto
import Events
import Ledger
import SQLite
import Storage

/// Writes a database that an auditor can query.
enum TableExport {
    /// Events of one transaction of SQLite.
    private static let batch: UInt64 = 8_192

    static func write(
        _ ledger: Ledger, _ end: Position, _ order: FileExport.Order, _ path: String,
        _ progress: (Position) -> Void
    ) throws -> FileExport.Result {
        // SQLite would make the file readable for everybody.
        try Descriptor.create(path, [])
        let database = try make(path)
        var events = try EventTable(database)
        var families = try FamilyTables(database)
        var sends = try SendTable(database, tag: ledger.identity.tag)
        var result = FileExport.Result()
        var walk = ExportWalk(order, before: end)
        let filter = try order.filter.events.map(ledger.resolved)
        var pending: UInt64 = 0
        try database.run("BEGIN")
        while try walk.next(
            ledger, nil,
            { event in
                // A send is told by several events, and not all of them carry its names.
                try sends.add(event)
                pending += 1
                guard filter?.matches(event) ?? true else { return }
                try events.add(event)
                try families.add(event)
                result.add(event.position)
            })
        {
            if pending >= batch {
                pending = 0
                try database.run("COMMIT; BEGIN")
            }
            progress(walk.position)
        }
        try keep(order.filter, in: database)
        try database.run("DROP INDEX sends_unanswered")
        try tell(ledger, order, result, in: database)
        try database.run("COMMIT")
        for index in EventTable.indexes + FamilyTables.indexes + SendTable.indexes {
            try database.run(index)
        }
        try Folder.syncAll(Folder.parent(of: path))
        result.hash = try ExportFolder(path: Folder.parent(of: path))
            .digest(String(path.split(separator: "/").last ?? "")).hex
        return result
    }

    private static func make(_ path: String) throws -> Database {
        let database = try Database(path: path)
        // "ledg": what the file is, for whoever looks at its first bytes.
        try database.run("PRAGMA application_id = 1818584167")
        let tables =
            [EventTable.schema] + FamilyTables.schemas
            + [SendTable.schema] + SendTable.lookups
            + [
                "CREATE TABLE meta(name TEXT PRIMARY KEY, value) WITHOUT ROWID"
            ]
        for table in tables { try database.run(table) }
        return database
    }

    /// Leaves the sends of the names that are asked for.
    static func keep(_ filter: ExportFilter, in database: Database) throws {
        for (name, value) in [
            ("account", filter.account), ("chat", filter.chat), ("subject", filter.subject),
            ("person", filter.person),
        ] {
            guard let value else { continue }
            let delete = try database.statement("DELETE FROM sends WHERE \(name) IS NOT ?")
            try delete.bind(value, at: 1)
            try delete.run()
        }
    }

    /// Says what the database is an export of.
    private static func tell(
        _ ledger: Ledger, _ order: FileExport.Order, _ result: FileExport.Result,
        in database: Database
    ) throws {
        let insert = try database.statement("INSERT INTO meta VALUES (?, ?)")
        func put(_ name: String, _ text: String?) throws {
            try insert.bind(name, at: 1)
            try insert.bind(text, at: 2)
            try insert.run()
        }
        func put(_ name: String, _ number: Position?) throws {
            try insert.bind(name, at: 1)
            try insert.bind(number.map { Int64(clamping: $0) }, at: 2)
            try insert.run()
        }
        let range = order.range
        try put("origin", ledger.identity.origin)
        try put("exported_at", Timestamp.text(try ledger.now()))
        try put("by", order.by)
        try put("range_first", range.first)
        try put("range_last", range.last)
        try put("range_from", range.from.map { Timestamp.text($0) })
        try put("range_to", range.to.map { Timestamp.text($0) })
        try put("types", order.filter.types?.map(\.name).joined(separator: " "))
        try put("account", order.filter.account)
        try put("chat", order.filter.chat)
        try put("subject", order.filter.subject)
        try put("person", order.filter.person)
        try put("events", result.events)
        try put("first_position", result.positions?.lowerBound)
        try put("last_position", result.positions?.upperBound)
        for table in Family.all.map(\.table) + ["sends", "refusal_rules"] {
            try database.run("INSERT INTO meta SELECT '\(table)', count(*) FROM \(table)")
        }
    }
}
