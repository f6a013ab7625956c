import CommandLineKit
import Ledger

/// `import`: takes history in a format of elsewhere.
enum Import {
    static let format = Operand<String>.required("FORMAT", "How the file is written: cloudevents")
    static let file = Operand<String>.required(
        "FILE", "The file; - reads standard input to its end")

    static let command = Command.verb(
        "import", "Import history", operands: [format, file],
        options: [Append.quarantine],
        examples: [
            .init("ledger import cloudevents history.ndjson", "again adds nothing")
        ]
    ) { arguments, out in
        guard arguments(format) == "cloudevents" else {
            throw UsageError(
                "import knows the format cloudevents; \u{201C}\(arguments(format))\u{201D} is none",
                command: "import")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            try await Append.appendFile(
                ledger, InputText(path: arguments(file)), nil, now,
                quarantines: arguments(Append.quarantine), words: .imported, out)
        }
    }
}
