import CommandLineKit
import Events
import Ledger
import Storage

/// Who orders something, and why: the confirmation that verbs of control ask for.
struct Operator: Sendable {
    static let by = Option<String?>.text("by", "NAME", "Who orders it")
    static let why = Option<String?>.text("why", "REASON", "The reason, for the record")
    static let options: [any OptionKey] = [by, why]

    let by: String
    let why: String
    /// The user of the operating system.
    let user = LocalHost.user
    /// The login that the user came from.
    let login = LocalHost.login

    init(_ arguments: Arguments) throws(UsageError) {
        guard let by = arguments(Self.by), !by.isEmpty, let why = arguments(Self.why), !why.isEmpty
        else {
            throw UsageError(
                "\(arguments.command) needs --by NAME and --why REASON: they are the confirmation",
                command: arguments.command)
        }
        self.by = by
        self.why = why
    }

    /// An id that no other order has.
    static func id(_ kind: String) -> String { "\(kind)-\(SystemClock.wall)" }

    /// Appends an order and tells where it stands.
    static func record(
        _ draft: Draft, _ sentence: String, _ ledger: Ledger, _ now: Instant?, _ out: Output,
        for scope: OrderScope? = nil
    ) async throws -> Int32 {
        let place = try await ledger.append([draft], now: now, as: .verb)[0]
        defer { CheckpointVerb.signByTheWay(ledger, out) }
        // The order holds by now: what is looked up cannot keep it.
        let seen = try? scope.flatMap { try SeenNames($0, in: ledger) }
        if let scope, let seen, !seen.isSeen { out.note(Terminal.escape(seen.warning(scope))) }
        guard out.isJSON else {
            out.line("\(Terminal.escape(sentence)) (position \(place.position))")
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", place.position)
        json.member("type", draft.type.name)
        if let seen {
            json.member("seen", seen.isSeen)
            if !seen.isSeen { json.member("known", seen.known) }
        }
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}
