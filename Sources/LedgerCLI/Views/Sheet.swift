import CommandLineKit
import Events
import Ledger

/// One value of a row, as JSON and as a person reads it.
enum Cell: Sendable {
    case text(String?)
    case number(Int64)
    case position(Position?)
    case time(Instant?)
    case flag(Bool)
    case texts([String])
    /// Members of an object.
    case pairs([(String, String)])

    /// A count of any width.
    static func count(_ number: some BinaryInteger) -> Cell { .number(Int64(clamping: number)) }

    /// A position that rows keep with one added, 0 being none.
    static func named(_ position: Position) -> Cell {
        .position(position == 0 ? nil : position - 1)
    }

    /// The value for people; empty for none.
    var text: String {
        switch self {
        case .text(let text): text ?? ""
        case .number(let number): String(number)
        case .position(let position): position.map { "@\($0)" } ?? ""
        case .time(let time): time?.local ?? ""
        case .flag(let flag): flag ? "yes" : "no"
        case .texts(let texts): texts.joined(separator: ", ")
        case .pairs(let pairs): pairs.map { "\($0)=\($1)" }.joined(separator: " ")
        }
    }

    /// Writes the value; null for none.
    func write(to json: inout JSONWriter) {
        switch self {
        case .text(let text?): json.value(text)
        case .number(let number): json.value(number)
        case .position(let position?): json.value(position)
        case .time(let time?): json.value(time)
        case .flag(let flag): json.value(flag)
        case .texts(let texts):
            json.beginArray()
            for text in texts { json.value(text) }
            json.endArray()
        case .pairs(let pairs):
            json.beginObject()
            for (name, value) in pairs { json.member(name, value) }
            json.endObject()
        case .text(nil), .position(nil), .time(nil): json.null()
        }
    }

    /// Numbers stand on the right.
    var alignment: Table.Alignment {
        if case .number = self { .right } else { .left }
    }
}

/// A row with the position that last changed it, by which rows are ordered.
struct SheetRow: Sendable {
    let last: Position
    let cells: [Cell]

    init(_ last: Position, _ cells: [Cell]) {
        self.last = last
        self.cells = cells
    }
}

/// One view as `state` prints it.
protocol Sheet {
    /// The view's name.
    static var name: String { get }
    /// What `KEY` is, for help.
    static var key: String { get }
    /// The members of a row, in order.
    static var columns: [String] { get }
    /// The rows, or those that `key` names.
    static func rows(_ reading: inout SheetReading, key: String?) throws -> [SheetRow]
}

/// What a sheet reads from.
struct SheetReading {
    let ledger: Ledger
    var moment: Ledger.Moment
    /// The moment that lengths of time count from.
    let now: Instant
    let names: NameFinder
}

extension Sheet {
    /// Prints rows, oldest change first.
    static func show(_ rows: [SheetRow], _ out: Output) {
        let rows = rows.enumerated().sorted {
            ($0.element.last, $0.offset) < ($1.element.last, $1.offset)
        }.map(\.element)
        if out.isJSON {
            for row in rows {
                var json = JSONWriter()
                json.beginObject()
                for (column, cell) in zip(columns, row.cells) {
                    json.key(column)
                    cell.write(to: &json)
                }
                json.endObject()
                out.line(json.text)
            }
            return
        }
        guard let first = rows.first else {
            out.note("\(name) holds no rows")
            return
        }
        var table = Table(zip(columns, first.cells).map { Table.Column($0, $1.alignment) })
        for row in rows { table.add(row.cells.map(\.text)) }
        out.results.write(table.render(width: out.results.width))
    }
}
