import Bytes
import Events
import Ledger
import Views

/// Errors per account: streaks, windows, last codes.
enum ErrorsSheet: Sheet {
    static let name = "errors"
    static let key = "an account"
    static let columns = [
        "account", "streak", "total", "minute", "hour", "day", "codes", "position",
    ]
    private static let codesMax = 5

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let now = reading.now
        let names = reading.names
        let wanted = try key.map {
            RateScope.account.key(try reading.ledger.fingerprint(of: $0, as: .account))
        }
        try reading.moment.forEachRow(of: \.errors) { rowKey, row, last in
            guard wanted == nil || wanted == rowKey else { return }
            let account = row.named == 0 ? nil : names.text(.account, at: row.named - 1)
            let codes = row.recent.suffix(codesMax).map {
                names.value(.code, at: $0.position) ?? ""
            }
            func count(_ seconds: Int64) -> Cell {
                .count(row.count(in: .seconds(seconds), at: now))
            }
            rows.append(
                SheetRow(
                    last,
                    [
                        .text(account), .count(row.streak), .count(row.total), count(60),
                        count(3_600), count(86_400), .texts(codes), .position(last),
                    ]))
        }
        return rows
    }
}

/// How often each label was given.
enum ReviewsSheet: Sheet {
    static let name = "reviews"
    static let key = "a label"
    static let columns = ["label", "count", "latest", "position"]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let names = reading.names
        let wanted = key.map { Fingerprint(of: $0) }
        try reading.moment.forEachRow(of: \.reviews) { rowKey, row, last in
            guard wanted == nil || wanted == rowKey else { return }
            let label = names.name(of: rowKey, .label, named: row.named, last: last)
            rows.append(
                SheetRow(
                    last,
                    [
                        .text(label), .count(row.count),
                        .time(row.latest.isSet ? row.latest.time : nil), .position(last),
                    ]))
        }
        return rows
    }
}

/// Who is running which role.
enum InstancesSheet: Sheet {
    static let name = "instances"
    static let key = "an instance"
    static let columns = [
        "instance", "role", "running", "fenced", "started", "stopped", "starts", "sends",
        "position",
    ]

    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow] {
        var rows: [SheetRow] = []
        let names = reading.names
        let wanted = key.map { Fingerprint(of: $0) }
        try reading.moment.forEachRow(of: \.instances) { rowKey, row, last in
            guard wanted == nil || wanted == rowKey else { return }
            let instance = names.name(of: rowKey, .instance, named: row.named, last: last)
            let role = row.named == 0 ? nil : names.text(.role, at: row.named - 1)
            rows.append(
                SheetRow(
                    last,
                    [
                        .text(instance), .text(role), .flag(row.isRunning), .named(row.fenced),
                        .time(row.started.isSet ? row.started.time : nil),
                        .time(row.stopped.isSet ? row.stopped.time : nil), .count(row.starts),
                        .count(row.sends), .position(last),
                    ]))
        }
        return rows
    }
}
