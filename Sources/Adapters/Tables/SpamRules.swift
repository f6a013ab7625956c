import Bytes
import Crypto
public import Events
import Patterns

/// `spam-rules`: the rules by which messages are found to be spam, as a CSV.
///
/// Its columns are `pattern`, `mode`, `brand`, `enabled`, `note`; the first two must be there.
///
/// | in the table | becomes |
/// |---|---|
/// | all good rows | `ruleset.changed`, in several parts where one record cannot hold them |
/// | a row whose pattern, brand and mode stood there before | noted `duplicate` |
/// | one that says something else of `enabled` than that row | quarantined `conflict` |
/// | a mode that is not Contains, Lone or Regex | quarantined `invalid` |
/// | `enabled` that is not TRUE or FALSE | quarantined `invalid` |
/// | no pattern; with the mode Regex one that is no regular expression | quarantined `invalid` |
///
/// `ruleset` is an object with `name`, `part` and `parts` (numbers), and `rules`, each with
/// `pattern`, `mode`, `brand`, `enabled` and `note`: modes in lower case, the rest as it came, in
/// its order; an empty brand or note is left out. `hash` is the SHA-256 of the rules of all parts
/// as JSON, and the id of a part is the hash and its number: the same rules again add nothing. An
/// import puts rules on record; it sets none to work.
public struct SpamRules: TableAdapter {
    /// `spam-rules`.
    public static let format = "spam-rules"
    /// The most rules of a table.
    public static let rulesMax = 100_000

    /// How many bytes of rules go into one record, at most.
    private static let partBytesMax = 48 << 10
    private static let modes = ["contains", "lone", "regex"]

    private var columns: CSVColumns?
    private var reading: Reading
    /// The rules of each part, as JSON objects with commas between them.
    private var parts: [[UInt8]] = []
    private var count = 0
    /// Whether each pattern, with brand and mode, is enabled.
    private var seen: [Fingerprint: Bool] = [:]

    /// A reader of one table.
    public init(_ options: AdapterOptions) { reading = Reading(Self.format, options) }

    /// Takes the next row; the first has the titles.
    ///
    /// - Throws: `invalid` for titles that are not those of such a table.
    public mutating func take(_ row: CSVRow) throws(EventError) {
        guard let columns else {
            columns = try CSVColumns(row, needed: ["pattern", "mode"], format: Self.format)
            return
        }
        do throws(EventError) {
            try add(row, columns)
        } catch {
            reading.quarantine(error.code.name, error.message, line: row.line, raw: row.raw)
        }
    }

    /// Ends the table: the rules are made into events.
    ///
    /// - Throws: `invalid` where it has no row of titles.
    public mutating func finish() throws(EventError) {
        if columns == nil { throw .noTitles }
        guard !parts.isEmpty else { return }
        var whole: [UInt8] = []
        for part in parts {
            if !whole.isEmpty { whole.append(0x2C) }
            whole += part
        }
        let hash = whole.span.sha256.hex
        for (index, part) in parts.enumerated() {
            var builder = DraftBuilder(
                .rulesetChanged, source: Self.format, id: "\(hash)/\(index + 1)")
            var json = Array(
                #"{"name":"spam-rules","part":\#(index + 1),"parts":\#(parts.count),"rules":["#.utf8
            )
            json += part
            json += Array("]}".utf8)
            builder.add(.ruleset, .json, json.span)
            builder.add(.hash, text: hash)
            reading.take(builder)
        }
        parts = []
    }

    /// Hands over what was found since the last time.
    public mutating func drain() -> [Element] { reading.drain() }

    private mutating func add(_ row: CSVRow, _ columns: CSVColumns) throws(EventError) {
        if let problem = columns.problem(row) { throw EventError(.invalid, problem) }
        let pattern = columns.text("pattern", row)
        let mode = columns.text("mode", row).lowercased()
        let brand = columns.text("brand", row)
        guard !pattern.isEmpty, pattern.utf8.count <= 4096 else {
            throw EventError(.invalid, "A pattern has 1 to 4,096 bytes.")
        }
        guard Self.modes.contains(mode) else {
            throw EventError(
                .invalid,
                "mode is Contains, Lone or Regex, not \u{201C}\(mode.prefix(60))\u{201D}.")
        }
        let enabled = columns.titles.contains("enabled") ? columns.text("enabled", row) : "true"
        guard let isEnabled = Self.flag(enabled) else {
            throw EventError(
                .invalid,
                "enabled is TRUE or FALSE, not \u{201C}\(enabled.prefix(60))\u{201D}.")
        }
        if mode == "regex" {
            do throws(PatternError) { _ = try Pattern(pattern) } catch {
                throw EventError(
                    .invalid, "The pattern is no regular expression: \(error.message).")
            }
        }
        let same = mode == "regex" ? pattern : pattern.lowercased()
        let key = Fingerprint(of: "\(mode)\n\(brand.lowercased())\n\(same)")
        if let before = seen[key] {
            guard before == isEnabled || !isEnabled else {
                throw EventError(
                    .conflict,
                    "The same pattern with the same mode and brand is disabled above, and enabled "
                        + "here.")
            }
            return reading.note("duplicate", line: row.line, raw: row.raw)
        }
        guard count < Self.rulesMax else {
            throw EventError(.tooLarge, "A table has at most \(Self.rulesMax) rules.")
        }
        let rule = Self.rule(pattern, mode, brand, isEnabled, columns.text("note", row))
        guard rule.count < Self.partBytesMax else {
            throw EventError(.tooLarge, "A rule has at most \(Self.partBytesMax) bytes.")
        }
        seen[key] = isEnabled
        count += 1
        append(rule)
    }

    private static func rule(
        _ pattern: String, _ mode: String, _ brand: String, _ isEnabled: Bool, _ note: String
    ) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("pattern", pattern)
        json.member("mode", mode)
        if !brand.isEmpty { json.member("brand", brand) }
        json.member("enabled", isEnabled)
        if !note.isEmpty { json.member("note", note) }
        json.endObject()
        return json.finish()
    }

    private mutating func append(_ rule: [UInt8]) {
        if let last = parts.last, last.count + rule.count < Self.partBytesMax {
            parts[parts.count - 1].append(0x2C)
            parts[parts.count - 1] += rule
        } else {
            parts.append(rule)
        }
    }

    private static func flag(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "t", "yes", "1": true
        case "false", "f", "no", "0": false
        default: nil
        }
    }
}
