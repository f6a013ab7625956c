import CommandLineKit
import Events
import Ledger
import Storage
import Views

/// `policy shadow`: judges every request by another policy, too, without effect.
enum PolicyShadow {
    static let name = Operand<String>.required("NAME", "What to call it")
    static let file = Operand<String?>.optional(
        "FILE", "The policy as YAML; - is standard input")
    static let off = Option<Bool>.flag("off", "Take it off again")

    static let command = Command.verb(
        "policy shadow", "Judge by another policy beside the one in force, without effect",
        details: """
            Each decision records what the shadow policies would have said; 'ledger status' and
            'ledger state shadows' count where they differ.
            """,
        operands: [name, file], options: [off] + Operator.options,
        examples: [
            .init(
                "ledger policy shadow stricter new.yaml --by ann --why \"before Monday\"",
                "compare it with the one in force")
        ]
    ) { arguments, out in
        let person = try Operator(arguments)
        let name = arguments(name)
        guard (arguments(file) == nil) == arguments(off) else {
            throw UsageError(
                "policy shadow takes a FILE, or --off without one", command: "policy shadow")
        }
        guard !name.isEmpty, name.utf8.count <= 64 else {
            throw UsageError("a name has 1 to 64 bytes", command: "policy shadow")
        }
        let policy = try arguments(file).map { try PolicyText(path: $0) }
        return try await Ledger.writing(arguments, out) { ledger, now in
            let isOn = try ledger.withState { $0.tables.isShadowed(by: name) }
            if policy == nil, !isOn {
                throw Failure("not_found", "there is no shadow policy \(name)")
            }
            var order = PolicyChanged()
            order.names.text = policy?.text ?? "off"
            order.hash = policy?.hash ?? "off"
            order.kind = name
            order.scope = "shadow"
            order.status = policy == nil ? "off" : nil
            order.by = person.by
            order.why = person.why
            order.user = person.user
            order.login = person.login
            let draft = try order.draft(source: Ledger.ownSource, id: Operator.id("shadow"))
            let sentence =
                policy == nil ? "took the shadow policy \(name) off" : "\(name) judges as a shadow"
            return try await Operator.record(draft, sentence, ledger, now, out)
        }
    }
}
