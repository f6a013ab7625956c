import CommandLineKit
import Events
import Gate
import Ledger

/// `policy diff`: the keys that two policies say differently.
enum PolicyDiff {
    static let old = Operand<String>.required("OLD", "A file, preset:NAME, active or @POSITION")
    static let new = Operand<String>.required("NEW", "The same for the policy to compare with")

    static let command = Command.verb(
        "policy diff", "Show what changes from one policy to another", operands: [old, new],
        examples: [
            .init("ledger policy diff active policy.yaml", "what applying the file would change")
        ]
    ) { arguments, out in
        let before = try text(arguments(old), arguments, out)
        let after = try text(arguments(new), arguments, out)
        let changes = before.policy.changes(to: after.policy)
        if out.isJSON {
            out.line(json(changes, before, after))
        } else if changes.isEmpty {
            out.line("both say the same")
        } else {
            for change in changes { out.line(line(change)) }
        }
        return ExitCode.done
    }

    /// The policy that a word names; only one that the log holds opens the ledger.
    private static func text(
        _ word: String, _ arguments: Arguments, _ out: Output
    ) throws -> PolicyText {
        guard word == "active" || word.hasPrefix("@") else { return try PolicyText(path: word) }
        let ledger = try Ledger.open(arguments, out)
        defer { ledger.close() }
        if word == "active" {
            guard let (_, text) = try ledger.policyInForce() else {
                throw Failure("no_policy", "no policy has been applied, so none is active")
            }
            return try PolicyText(text)
        }
        guard let position = Position(word.dropFirst()), try position < ledger.count() else {
            throw Failure("not_found", "there is no event at \(Terminal.escape(word))")
        }
        let text = try ledger.withEvent(at: position) { event in
            event.type == .policyChanged ? event.text(.text) : nil
        }
        guard let text else {
            throw Failure("not_found", "the event at \(word) is no policy.changed")
        }
        return try PolicyText(text)
    }

    private static func line(_ change: PolicyChange) -> String {
        let isNumber = PolicyKey.all.first { $0.path == change.path }?.range != nil
        let unit = isNumber ? " \(change.unit)" : ""
        let verdict = change.direction.map { "  (\($0.rawValue))" } ?? ""
        let old = change.old.map { Terminal.escape($0) + (change.new == nil ? unit : "") }
        let new = change.new.map { Terminal.escape($0) + unit }
        return "\(change.path): \(old ?? "off") -> \(new ?? "off")\(verdict)"
    }

    private static func json(
        _ changes: [PolicyChange], _ before: PolicyText, _ after: PolicyText
    ) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("old", before.hash)
        json.member("new", after.hash)
        json.key("changes")
        json.beginArray()
        for change in changes {
            json.beginObject()
            json.member("key", change.path)
            json.member("unit", change.unit)
            for (name, value) in [("old", change.old), ("new", change.new)] {
                json.key(name)
                if let value { json.raw(value.utf8Span.span) } else { json.null() }
            }
            json.member(orNull: "direction", change.direction?.rawValue)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        return json.text
    }
}
