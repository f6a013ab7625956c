import Bytes
public import Events
import Storage

/// An order to send nothing, as it lies in the file `STOPPED` of a ledger's folder.
///
/// It holds from the moment that it lies there: every commit looks for marks, and appends the event
/// of each that the log does not tell of before it decides anything.
public struct StopMark: Sendable, Equatable {
    /// What is ordered.
    public enum Kind: String, Sendable {
        /// Nothing goes until sending is resumed.
        case stop
        /// Nothing goes until a moment.
        case pause
    }

    /// The id of its event; two orders never share one.
    public var id: String
    /// What is ordered.
    public var kind: Kind
    /// The account that it is for; nil where it is for more.
    public var account: String?
    /// The group chat that it is for; nil where it is for more.
    public var chat: String?
    /// When a pause ends, by the ledger's clock; nil for one that only `resume` ends.
    public var until: Instant?
    /// Who orders it.
    public var by: String
    /// The reason, if one was given.
    public var why: String?
    /// The user of the operating system.
    public var user: String?
    /// The login that the user came from.
    public var login: String?
    /// When it was left, by the machine's clock; nil where nobody knows, or where it does not
    /// matter.
    public var time: Instant?

    /// An order for the whole ledger.
    public init(_ kind: Kind, id: String, by: String) {
        self.kind = kind
        self.id = id
        self.by = by
    }

    /// Whether a mark can be left of an order: a direct chat is a person's, whom only the keys
    /// know.
    public var canBeLeft: Bool { chat.map { ChatName.isGroup(Array($0.utf8).span) } ?? true }

    /// `the whole ledger`, `the account X`, `the chat X`.
    public var scopeText: String {
        account.map { "the account \($0)" } ?? chat.map { "the chat \($0)" } ?? "the whole ledger"
    }

    /// Whether it is for the same as an order to resume.
    func isFor(account: String?, chat: String?) -> Bool {
        func same(_ one: String?, _ other: String?, _ field: Field) -> Bool {
            guard let one, let other else { return one == nil && other == nil }
            return one == other || Self.name(one, field) == Self.name(other, field)
        }
        return same(self.account, account, .account) && same(self.chat, chat, .chat)
    }

    /// What a name is found by in a record.
    private static func name(_ text: String, _ field: Field) -> Fingerprint {
        var builder = DraftBuilder(.sendingStopped, source: Ledger.ownSource, id: "name")
        builder.add(field, text: text)
        guard let bytes = builder.finish()?.sealed(at: 0, recorded: .epoch),
            let event = EventView(bytes.span)
        else { return .none }
        return field == .chat ? event.chat : event.account
    }

    /// Its event, in clear.
    ///
    /// - Parameter isDriven: whether the ledger's clock is driven: then the machine's time says
    ///   nothing.
    func draft(isDriven: Bool) -> Draft? {
        let whole = event(isDriven, why, user, login)
        // Better without its reason than not at all.
        return whole ?? event(isDriven, nil, nil, nil)
    }

    private func event(
        _ isDriven: Bool, _ why: String?, _ user: String?, _ login: String?
    ) -> Draft? {
        var builder = DraftBuilder(
            kind == .stop ? .sendingStopped : .sendingPaused, source: Ledger.ownSource, id: id)
        if let time, !isDriven { builder.happened(at: time) }
        builder.add(.account, text: account)
        builder.add(.chat, text: chat)
        builder.add(
            .scope, text: account != nil ? "account" : chat != nil ? "chat" : "ledger")
        if let until { builder.add(.until, instant: until) }
        builder.add(.by, text: by)
        builder.add(.why, text: why)
        builder.add(.user, text: user)
        builder.add(.login, text: login)
        return builder.finish()
    }
}

extension StopMark {
    /// One line of the file: a JSON object.
    var line: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("kind", kind.rawValue)
        json.member("id", id)
        if let account { json.member("account", account) }
        if let chat { json.member("chat", chat) }
        if let until { json.member("until", until) }
        json.member("by", by)
        if let why { json.member("why", why) }
        if let user { json.member("user", user) }
        if let login { json.member("login", login) }
        if let time { json.member("time", time) }
        json.endObject()
        return json.text
    }

    /// Reads ``line``; nil where it is none.
    init?(line: Span<UInt8>) {
        guard let json = try? JSONValue.parse(line), let id = json["id"]?.text,
            let kind = json["kind"]?.text.flatMap({ Kind(rawValue: $0) }),
            let by = json["by"]?.text, !by.isEmpty, !id.isEmpty
        else { return nil }
        self.init(kind, id: id, by: by)
        account = json["account"]?.text
        chat = json["chat"]?.text
        why = json["why"]?.text
        user = json["user"]?.text
        login = json["login"]?.text
        until = json["until"]?.text.flatMap { try? Timestamp.parse($0).instant }
        time = json["time"]?.text.flatMap { try? Timestamp.parse($0).instant }
        // A pause whose end cannot be read is one without an end.
        if !canBeLeft { return nil }
    }
}
