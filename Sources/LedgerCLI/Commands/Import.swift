import CommandLineKit
import Ledger

/// `import`: takes history in a format of elsewhere.
enum Import {
    static let format = Operand<String>.required(
        "FORMAT", "How the file is written: cloudevents, or sheet")
    static let file = Operand<String>.required(
        "FILE", "The file; - reads standard input to its end")
    static let snapshot = Option<String?>.text(
        "snapshot", "ID", "Of a sheet: what this reading is called; else by its content")
    static let role = Option<String?>.text(
        "role", "ROLE", "Of a sheet: whose reading it is; else LEDGER_ROLE")
    static let instance = Option<String?>.text(
        "instance", "NAME", "Of a sheet: which process read it; else LEDGER_INSTANCE")

    static let command = Command.verb(
        "import", "Import history",
        details: """
            cloudevents: events, one a line, as 'append' takes them.
            sheet: one reading of the work items, a CSV with the columns drop, steps, incomplete,
            changed_at, and submission if you like; steps are separated by semicolons, or by commas
            inside quotes. Each incomplete row is flagged, and what was flagged before and is
            complete now is resolved. The first reading after its start is an instance's backlog.
            A bad row refuses the whole sheet; the same sheet again adds nothing.
            """,
        operands: [format, file],
        options: [Append.quarantine, snapshot, role, instance],
        examples: [
            .init("ledger import cloudevents history.ndjson", "again adds nothing"),
            .init("ledger import sheet drops.csv --role qa-monitor", "a reading of the sheet"),
        ]
    ) { arguments, out in
        switch arguments(format) {
        case "cloudevents":
            try refuse([snapshot, role, instance].filter { arguments($0) != nil }, arguments)
            return try await Ledger.writing(arguments, out) { ledger, now in
                try await Append.appendFile(
                    ledger, InputText(path: arguments(file)), nil, now,
                    quarantines: arguments(Append.quarantine), words: .imported, out)
            }
        case "sheet":
            if arguments(Append.quarantine) { try refuse([Append.quarantine], arguments) }
            return try await Ledger.writing(arguments, out) { ledger, now in
                let bytes = try InputText.contents(of: arguments(file))
                let reading = SheetImport.Reading(
                    snapshot: arguments(snapshot),
                    role: arguments(role) ?? arguments.environment["LEDGER_ROLE"],
                    instance: arguments(instance) ?? arguments.environment["LEDGER_INSTANCE"])
                return try await SheetImport.run(ledger, bytes, reading, now, out)
            }
        default:
            throw UsageError(
                "import knows the formats cloudevents and sheet; "
                    + "\u{201C}\(arguments(format))\u{201D} is none", command: "import")
        }
    }

    private static func refuse(
        _ options: [any OptionKey], _ arguments: Arguments
    ) throws(UsageError) {
        guard let option = options.first else { return }
        throw UsageError(
            "\(option.declaration.flag) does not belong to the format \(arguments(format))",
            command: "import")
    }
}
