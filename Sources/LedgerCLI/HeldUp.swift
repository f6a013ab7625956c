import CommandLineKit
import Events
import Ledger
import Views

/// What holds sending up at this moment, by order of an operator.
struct HeldUp {
    /// An order that holds: a stop or a pause.
    struct Order {
        let kind: String
        let scope: String
        let name: String?
        let until: Instant?
        let position: Position

        /// `stop for chat X until T`.
        var text: String {
            let what = kind == "stop" ? "stopped" : "paused"
            let whom = name.map { "\(scope) \($0)" } ?? "the whole ledger"
            let end = until.map { $0 == .latest ? "" : " until \($0.local)" } ?? ""
            return "\(what) for \(whom)\(end) (position \(position))"
        }
    }

    let orders: [Order]
    /// The marks in the folder, each with the place of its event.
    let marks: [(mark: StopMark, position: Position?)]
    private let isDryRun: Bool

    init(_ ledger: Ledger) throws {
        let names = NameFinder(ledger)
        (orders, isDryRun) = try ledger.withState { moment in
            (try Self.orders(&moment, names), moment.tables.isDryRun(at: moment.now))
        }
        marks = try ledger.marks().map { ($0, try ledger.position(of: $0)) }
    }

    /// The orders in the log that hold at a moment.
    static func orders(_ moment: inout Ledger.Moment, _ names: NameFinder) throws -> [Order] {
        var orders: [Order] = []
        let now = moment.now
        try moment.forEachRow(of: \.control) { key, row, _ in
            let (scope, name) = ControlSheet.identify(key, row.named, names)
            if row.stopped > 0 {
                orders.append(
                    Order(
                        kind: "stop", scope: scope, name: name, until: nil,
                        position: row.stopped - 1))
            }
            if row.paused > 0, row.pausedUntil > now {
                orders.append(
                    Order(
                        kind: "pause", scope: scope, name: name, until: row.pausedUntil,
                        position: row.paused - 1))
            }
        }
        return orders
    }

    /// A line for each.
    var texts: [String] {
        orders.map(\.text) + marks.filter { $0.position == nil }.map(\.mark.text)
            + (isDryRun ? ["a dry run: 'ledger mode live' ends it"] : [])
    }

    /// The member `holding`: an array of sentences.
    func write(to json: inout JSONWriter) { json.member("holding", texts) }

    /// The member `marks`: what lies in the folder, each with its position or null.
    static func write(
        _ marks: [(mark: StopMark, position: Position?)], to json: inout JSONWriter
    ) {
        json.key("marks")
        json.beginArray()
        for (mark, position) in marks { mark.write(to: &json, position) }
        json.endArray()
    }
}
