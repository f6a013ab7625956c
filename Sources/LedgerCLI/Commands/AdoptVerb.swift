import CommandLineKit
import Events
import Evidence
import Ledger

/// `adopt`: says what a ledger is whose log lies in another file than it knows.
enum AdoptVerb {
    static let moved = Option<Bool>.flag(
        "moved", "It is the only one: it goes on as it was")
    static let copy = Option<Bool>.flag(
        "copy", "The original lives on: this one goes on under another name")

    static let command = Command.verb(
        "adopt", "Say what a ledger is that was copied or moved",
        details: """
            A ledger knows the file that its log lies in. Where it is another, nothing is written
            until somebody says why: two copies would each grant what only one may. Renaming the
            folder, or moving it on one disk, changes no file. A copy of the whole disk is not seen.
            """,
        options: [moved, copy] + Operator.options,
        examples: [
            .init("ledger adopt --moved --by ann --why \"new disk\"", "the old one is gone"),
            .init("ledger adopt --copy --by ann --why \"for tests\"", "the original lives on"),
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        guard arguments(moved) != arguments(copy) else {
            throw UsageError("adopt takes either --moved or --copy", command: "adopt")
        }
        guard arguments(Global.now) == nil else {
            throw UsageError("adopt takes no --now: it goes on when the log ends", command: "adopt")
        }
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        var order = LedgerAdopted()
        (order.by, order.why) = (person.by, person.why)
        (order.user, order.login) = (person.user, person.login)
        let adopted = try await ledger.adopt(as: arguments(copy) ? .copy : .moved, order)
        guard out.isJSON else {
            out.line("the ledger goes on as \(adopted.origin) (position \(adopted.position))")
            if let key = adopted.key { out.line("its checkpoints are verified by \(key.text)") }
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", adopted.position)
        json.member("origin", adopted.origin)
        json.member(orNull: "vkey", adopted.key?.text)
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}
