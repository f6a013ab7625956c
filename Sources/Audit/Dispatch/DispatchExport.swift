import Events
import Ledger
import SQLite

/// Writes one row a message: when it was allowed, sent, accepted, delivered and read, and in which
/// window of the reader's local time it went out.
enum DispatchExport {
    /// The columns of the table of sends, in the order of the file.
    private static let columns = [
        "position", "reservation", "message", "account", "chat", "person", "subject", "category",
        "purpose", "template", "source", "policy", "reserved", "not_before", "attempted",
        "accepted", "sent",
        "delivered", "read", "failed", "code", "cancelled", "expired", "zone",
    ]
    private static let localColumns = ["local_time", "weekday", "hour", "window"]

    static func write(
        _ ledger: Ledger, _ end: Position, _ order: FileExport.Order, _ path: String?,
        _ progress: (Position) -> Void
    ) throws -> FileExport.Result {
        var result = FileExport.Result()
        // A private file: the messages that wait for their status are too many for the memory.
        let database = try Database(path: "")
        try database.run(SendTable.schema)
        for index in SendTable.lookups { try database.run(index) }
        var sends = try SendTable(database, tag: ledger.identity.tag)
        var walk = ExportWalk(order, before: end)
        try database.run("BEGIN")
        var pages = 0
        while try walk.next(
            ledger, nil,
            { event in
                if try sends.add(event) { result.add(event.position) }
            })
        {
            pages += 1
            if pages % 8 == 0 { try database.run("COMMIT; BEGIN") }
            progress(walk.position)
        }
        try TableExport.keep(order.filter, in: database)
        try database.run("COMMIT")
        var file = try HashedFile(path)
        try writeRows(of: database, to: &file)
        result.hash = try file.finish()
        return result
    }

    private static func writeRows(of database: Database, to file: inout HashedFile) throws {
        let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
        let rows = try database.statement("SELECT \(names) FROM sends ORDER BY position")
        let zones = SystemZones.shared
        var text: [UInt8] = []
        CSV.write(columns + localColumns, into: &text)
        while try rows.next() {
            var cells = columns.indices.map { rows.text($0) ?? "" }
            cells += local(cells, zones)
            CSV.write(cells, into: &text)
            if text.count >= 1 << 16 {
                try file.write(text)
                text.removeAll(keepingCapacity: true)
            }
        }
        try file.write(text)
    }

    /// When the message went out, by the clocks of its reader.
    private static func local(_ cells: [String], _ zones: SystemZones) -> [String] {
        func cell(_ name: String) -> String { cells[columns.firstIndex(of: name) ?? 0] }
        let told = ["attempted", "accepted", "sent"].lazy.map(cell).first { !$0.isEmpty }
        guard let told, let instant = try? Timestamp.parse(told).instant,
            let rules = zones.rules(cell("zone"))
        else { return ["", "", "", LocalMoment.Window.unknown.rawValue] }
        let moment = LocalMoment(instant, rules)
        return [
            Timestamp.text(instant, offset: moment.offset), LocalMoment.weekdays[moment.weekday],
            String(moment.hour), moment.window.rawValue,
        ]
    }
}
