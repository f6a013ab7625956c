import Bytes
import Events
import Ledger
import Views

/// Stops, pauses and the policy in force.
enum ControlSheet: Sheet {
    static let name = "control"
    static let key = "an account, a chat, or ledger"
    static let columns = [
        "scope", "name", "stopped", "paused", "paused_until", "policy", "cooldowns_reset",
        "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let names = reading.names
        try reading.moment.forEachRow(of: \.control) { rowKey, row, last in
            let (scope, name) = identify(rowKey, row.named, names)
            guard key == nil || key == name || key == scope else { return }
            let isPaused = row.paused > 0 && row.pausedUntil > reading.now
            rows.append(
                SheetRow(
                    last,
                    [
                        .text(scope), .text(name), .named(row.stopped),
                        .named(isPaused ? row.paused : 0),
                        .time(isPaused && row.pausedUntil != .latest ? row.pausedUntil : nil),
                        .named(row.policy),
                        .time(row.cooldownsReset.isSet ? row.cooldownsReset.time : nil),
                        .position(last),
                    ]))
        }
        return rows
    }

    /// Which scope a row is for, and its name; the ledger has none.
    static func identify(
        _ key: Fingerprint, _ named: Position, _ names: NameFinder
    ) -> (scope: String, name: String?) {
        if key == RateScope.ledger.key() || named == 0 { return ("ledger", nil) }
        if RateScope.chat.key(names.fingerprint(.chat, at: named - 1)) == key {
            return ("chat", names.text(.chat, at: named - 1))
        }
        return ("account", names.text(.account, at: named - 1))
    }
}

/// Shadow policies, and how often they said something else than the one in force.
enum ShadowsSheet: Sheet {
    static let name = "shadows"
    static let key = "a shadow policy"
    static let columns = ["name", "policy", "judged", "agreed", "stricter", "looser", "differed"]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let names = reading.names
        try reading.moment.forEachRow(of: \.shadows) { _, row, last in
            let name = names.text(.kind, at: row.named - 1)
            guard key == nil || key == name else { return }
            let count = row.comparison
            rows.append(
                SheetRow(
                    last,
                    [
                        .text(name), .named(row.policy), .number(count.judged),
                        .number(count.agreed), .number(count.stricter), .number(count.looser),
                        .named(row.differed),
                    ]))
        }
        return rows
    }
}

extension ShadowRow {
    /// How many decisions it judged, and how its verdicts compare with those in force.
    var comparison: (judged: Int64, agreed: Int64, stricter: Int64, looser: Int64) {
        var result: (judged: Int64, agreed: Int64, stricter: Int64, looser: Int64) = (0, 0, 0, 0)
        for active in Verdict.allCases {
            for said in Verdict.allCases {
                let number = Int64(count(active, said))
                result.judged += number
                if said == active { result.agreed += number }
                if said > active { result.stricter += number }
                if said < active { result.looser += number }
            }
        }
        return result
    }
}

/// Every (source, id) and the position that the view answers for it.
enum IDsSheet: Sheet {
    static let name = "ids"
    static let key = "an event's id"
    static let columns = ["source", "id", "position"]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        // The view holds hashes: names come from the log, positions from the view.
        try reading.ledger.forEachOpenEvent(to: reading.moment.count) { event in
            let id = event.text(.id)
            guard key == nil || key == id else { return true }
            let position = reading.moment.tables.ids.position(of: event.identity)
            rows.append(
                SheetRow(
                    event.position, [.text(event.text(.source)), .text(id), .position(position)]))
            return true
        }
        return rows
    }
}

/// Earliest and latest effective time per 1,024 positions.
enum ZonesSheet: Sheet {
    static let name = "zones"
    static let key = "a position"
    static let columns = ["first", "last", "earliest", "latest"]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let wanted = key.map { (Position($0) ?? .max) / ZoneRow.positions }
        let count = reading.moment.count
        try reading.moment.forEachRow(of: \.zones) { rowKey, row, _ in
            let zone = Position(rowKey.low)
            guard wanted == nil || wanted == zone else { return }
            let first = zone * ZoneRow.positions
            rows.append(
                SheetRow(
                    first,
                    [
                        .position(first), .position(min(first + ZoneRow.positions, count) - 1),
                        .time(row.earliest), .time(row.latest),
                    ]))
        }
        return rows
    }
}
