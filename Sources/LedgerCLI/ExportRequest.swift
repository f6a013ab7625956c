import Audit
import CommandLineKit
import Events
import Ledger

/// What the options of `export` ask for.
struct ExportRequest {
    /// The month of `--month`, or the range of `--from` and `--to`.
    let range: ExportRange
    /// The names and types.
    let filter: ExportFilter
    /// The records that are proved.
    let proofs: [Position]

    /// Reads the options, and refuses those that do not go together.
    init(_ arguments: Arguments, now: Instant) throws(UsageError) {
        let format = arguments(Export.format)
        func refuse(_ message: String) -> UsageError { UsageError(message, command: "export") }
        let types = try FilterOptions.types(arguments(FilterOptions.types), "export")
        filter = ExportFilter(
            types: types, account: arguments(FilterOptions.account),
            chat: arguments(FilterOptions.chat), subject: arguments(FilterOptions.subject),
            person: arguments(FilterOptions.person))
        let isAudit = format == "audit"
        if !isAudit, !arguments(Export.proofs).isEmpty || arguments(Export.since) != nil {
            throw refuse("--proof and --since belong to the format audit")
        }
        if isAudit, filter.types != nil || filter.account != nil || filter.chat != nil {
            throw refuse(
                "an audit export tells all events of a range; --type, --account and --chat belong "
                    + "to the other formats")
        }
        if format == "dispatch", filter.types != nil {
            throw refuse("--type does not go with dispatch, which has one row a message")
        }
        let output = arguments(Export.output).flatMap { $0 == "-" ? nil : $0 }
        if isAudit, output == nil { throw refuse("an audit export needs a folder: -o DIR") }
        if format == "sqlite", output == nil { throw refuse("a database needs a file: -o FILE") }
        proofs = try arguments(Export.proofs).map { word throws(UsageError) -> Position in
            guard case .position(let position)? = TimeWord(word) else {
                throw refuse("--proof takes a position such as @1041")
            }
            return position
        }
        range = try Self.range(arguments, now)
    }

    private static func range(
        _ arguments: Arguments, _ now: Instant
    ) throws(UsageError) -> ExportRange {
        if let month = arguments(Export.month) {
            guard arguments(Export.from) == nil, arguments(Export.to) == nil else {
                throw UsageError("--month goes without --from and --to", command: "export")
            }
            guard let range = Self.month(month) else {
                throw UsageError(
                    "--month takes a month such as 2026-10; \u{201C}\(month)\u{201D} is none",
                    command: "export")
            }
            return range
        }
        var range = ExportRange()
        switch arguments(Export.from) {
        case .position(let position)?: range.first = position
        case let word?: range.from = word.instant(now: now)
        case nil: break
        }
        switch arguments(Export.to) {
        case .position(let position)?: range.last = position
        case let word?: range.to = word.instant(now: now)
        case nil: break
        }
        return range
    }

    /// A month in UTC, from its first nanosecond to its last; nil where there is none of that name.
    static func month(_ text: String) -> ExportRange? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 4, parts[1].utf8.count == 2,
            let year = UInt(parts[0]), let month = UInt(parts[1]), (1...12).contains(month)
        else { return nil }
        let after = month == 12 ? (year + 1, 1) : (year, month + 1)
        func start(_ year: UInt, _ month: UInt) -> Instant? {
            let years = String(repeating: "0", count: max(0, 4 - "\(year)".count)) + "\(year)"
            return try? Timestamp.parse("\(years)-\(month < 10 ? "0" : "")\(month)-01T00:00:00Z")
                .instant
        }
        guard let first = start(year, month) else { return nil }
        var range = ExportRange()
        range.from = first
        range.to = start(after.0, after.1)?.advanced(by: Nanoseconds(-1)) ?? .latest
        return range
    }
}
