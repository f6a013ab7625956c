import CommandLineKit
import Events
import Ledger
import Storage

/// Who orders something, and why: the confirmation that verbs of control ask for.
struct Operator: Sendable {
    static let by = Option<String?>.text("by", "NAME", "Who orders it")
    static let why = Option<String?>.text("why", "REASON", "The reason, for the record")
    static let options: [any OptionKey] = [by, why]
    /// Of an order that must not wait for words.
    static let byDefault = Option<String?>.text(
        "by", "NAME", environment: "LEDGER_BY", "Who orders it (default: the system's user)")
    /// The options of `stop` and `pause`.
    static let quickOptions: [any OptionKey] = [byDefault, why]

    let by: String
    /// Empty only where an order may be given without.
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

    /// Who stops or pauses: the name may come from `LEDGER_BY`, and the reason may be left out.
    init(quick arguments: Arguments) {
        let name = arguments(Self.byDefault) ?? ""
        by = name.isEmpty ? user : name
        why = arguments(Self.why) ?? ""
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
        let seen = scope.flatMap { SeenNames.warn($0, in: ledger, out) }
        guard out.isJSON else {
            out.line("\(Terminal.escape(sentence)) (position \(place.position))")
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        json.member("position", place.position)
        json.member("type", draft.type.name)
        seen?.write(to: &json)
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}
