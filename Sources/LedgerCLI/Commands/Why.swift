import CommandLineKit
import Events
import Gate
import Ledger
import Storage

/// `why`: a decision as it was recorded, with the evidence of each finding.
enum Why {
    static let which = Operand<String>.required(
        "POSITION|RESERVATION", "A decision: its position, or the reservation that it made")
    static let raw = Option<Bool>.flag(
        "raw", "Of input that was put aside: print its bytes as they came")

    static let command = Command.verb(
        "why", "Explain a decision", operands: [which], options: [raw],
        examples: [
            .init("ledger why r7.9f3a2c1b", "what spoke for and against it"),
            .init("ledger why 1041 --raw", "the input that could not be read"),
        ]
    ) { arguments, out in
        let word = arguments(which)
        let number = word.hasPrefix("@") ? String(word.dropFirst()) : word
        let reservation = Reservation(word)
        guard let position = reservation?.position ?? Position(number) else {
            throw UsageError(
                "why takes a position or a reservation; \u{201C}\(word)\u{201D} is neither",
                command: "why")
        }
        return try Ledger.reading(arguments, out) { ledger in
            if let reservation, !ledger.identity.tags.include(reservation) {
                throw Failure("not_found", "\(word) is a reservation of another ledger")
            }
            if arguments(raw) { return try printRaw(ledger, position, out) }
            let explained = try Explanation(ledger, position)
            if out.isJSON { out.line(explained.json) } else { explained.tell(out) }
            return ExitCode.done
        }
    }

    private static func printRaw(
        _ ledger: Ledger, _ position: Position, _ out: Output
    ) throws -> Int32 {
        guard let bytes = try ledger.putAside(at: position) else {
            throw Failure(
                "not_found",
                "position \(position) keeps no input: it is none that was put aside, or it was "
                    + "forgotten after the policy's days")
        }
        out.flush()
        var output = FileWriter()
        try output.write(bytes.span)
        try output.finish()
        return ExitCode.done
    }
}
