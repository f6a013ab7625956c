import Bytes
import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing
import Views

extension Ledger.Moment {
    /// All rows of all tables, of the checkpoint and of the tail.
    func dump() throws -> RowDump {
        let dumper = MomentDumper(self)
        var tables = tables
        tables.forEachTable(dumper)
        if let error = dumper.error { throw error }
        return dumper.dump
    }
}

/// Takes down every table, so that none can be forgotten.
private final class MomentDumper: TableVisitor {
    private let moment: Ledger.Moment
    var dump = RowDump()
    var error: (any Error)?

    init(_ moment: Ledger.Moment) { self.moment = moment }

    func visit<Row>(_ table: inout RowTable<Row>) {
        var rows: [Fingerprint: StoredRow] = [:]
        do {
            try moment.forEachRow(of: table) { key, row, last in
                rows[key] = StoredRow(row, last: last)
            }
        } catch { self.error = error }
        dump.tables[table.number] = rows.isEmpty ? nil : rows
    }
}

extension Ledger {
    /// Where the state over the checkpoint differs from the fold from 0; nil where it does not.
    func stateDifference() throws -> String? {
        let (count, rows) = try withState { ($0.count, try $0.dump()) }
        let whole = try withState(after: count) { try $0.dump() }
        if let difference = rows.difference(from: whole) { return difference }
        var identities: [Fingerprint] = []
        try forEachEvent(to: count) { event in
            identities.append(event.identity)
            return true
        }
        return try withState { moment in
            for (position, id) in identities.enumerated()
            where moment.tables.ids.position(of: id) != Position(position) {
                return "the id at \(position) is not known"
            }
            return nil
        }
    }

    /// All records, byte for byte.
    func records() throws -> [[UInt8]] {
        var records: [[UInt8]] = []
        try forEachEvent { event in
            records.append(event.bytes.array)
            return true
        }
        return records
    }

    /// The positions of events that pass a filter.
    func positions(
        from start: Position = 0, to end: Position? = nil, where filter: EventFilter? = nil
    ) throws -> [Position] {
        var positions: [Position] = []
        try forEachEvent(from: start, to: end, where: filter) { event in
            positions.append(event.position)
            return true
        }
        return positions
    }

    /// The types of all events.
    func types() throws -> [EventType] {
        var types: [EventType] = []
        try forEachEvent { event in
            if let type = event.type { types.append(type) }
            return true
        }
        return types
    }

    /// Puts a policy in force.
    @discardableResult
    func apply(_ policy: String, now: Instant? = nil) async throws -> Position {
        var builder = DraftBuilder(
            .policyChanged, source: "test", id: "policy \(UInt64.random(in: 0 ... .max))")
        builder.add(.text, text: policy)
        builder.add(.by, text: "test")
        builder.add(.why, text: "a test")
        builder.add(.hash, text: String(repeating: "0", count: 64))
        return try await append([builder.finish()!], now: now, as: .verb)[0].position
    }
}

/// The error code of what `body` throws; nil where it throws nothing or something else.
func code(of body: () async throws -> Void) async -> LedgerError.Code? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? LedgerError)?.code
    }
}

/// A request to send one message about a drop.
func request(
    _ subject: String = "DR1", key: String? = nil, chat: String = "1@g.us",
    submission: Int64? = 1, text: String? = nil
) -> PreparedRequest {
    var request = SendRequest()
    request.key = key
    request.account = "+27000000001"
    request.chat = chat
    request.subject = subject
    request.submission = submission
    request.text = text
    return PreparedRequest(request)
}

/// So many seconds after 1970.
func at(_ seconds: Int64) -> Instant { Instant(nanoseconds: seconds * 1_000_000_000) }
