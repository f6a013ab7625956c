public import Events

/// The events of Baileys, as programs log or forward them.
///
/// A body is `{"event": "messages.upsert", "data": …}` (also `type` or `name`, and `payload`), or
/// an object by the names of events as `ev.process` hands it over: `{"messages.upsert": …}`. Beside
/// it may stand `session` (or `instance`), `me`, and `timestamp` (or `date_time`). What an event
/// holds is read without its name too, where it can be told: `{"messages", "type"}`,
/// `{"key", "message"}`, `{"key", "update"}`, `{"key", "reaction"}`, `{"key", "receipt"}`,
/// `{"connection"}`.
///
/// | event | what becomes of it |
/// |---|---|
/// | `messages.upsert`, each message | `message.received` |
/// | … ours, type `append` | `message.sent`: it went through the API |
/// | … ours, type `notify` | `send.attempted` |
/// | … edits, revokes, reactions within | see ``WhatsAppContent`` |
/// | `messages.update`, each `status` | `message.sent`, `.delivered`, `.read`, `.failed` |
/// | … a message, a stub REVOKE | `message.edited`, `message.revoked` |
/// | … else | noted: `update` |
/// | `message-receipt.update` | `message.delivered`, `message.read` of one member of a group |
/// | `messages.reaction` | `message.reacted` |
/// | `messaging-history.set` | its messages as if with `notify`, its contacts; chats noted |
/// | `connection.update` with a code | `error.observed`: see ``DisconnectCode`` |
/// | … with a reach-out timelock | `account.restricted`, until it ends |
/// | … else | noted: `connection` |
/// | `contacts.*`, `lid-mapping.update` | noted, with a link of number and LID |
/// | `messages.delete` | noted: `deletion` |
/// | `presence.*`, `chats.*`, `labels.*`, `groups.*`, `call` … | noted: `presence`, `chat` … |
/// | `creds.*`, `blocklist.*`, `newsletter.*`, `settings.*` | noted |
///
/// Keys and pairing codes are redacted before anything is kept.
///
/// Source: BaileysEventMap and WAMessageKey of WhiskeySockets/Baileys 7, read 2026-08.
public enum Baileys: BodyAdapter {
    /// `baileys`.
    public static let format = "baileys"

    /// What opens a session: never kept.
    static let secrets = Secrets([
        "qr", "pairingCode", "noiseKey", "pairingEphemeralKeyPair", "signedIdentityKey",
        "signedPreKey", "advSecretKey", "appStateSyncKeyShare", "appStateSyncKeys",
        "routingInfo", "authState", "apikey", "token", "password", "secret",
    ])
    private static let families: [String: String] = [
        "presence": "presence", "chats": "chat", "labels": "label", "groups": "group",
        "group-participants": "group", "group": "group", "call": "call", "blocklist": "blocklist",
        "newsletter": "newsletter", "newsletter-participants": "newsletter",
        "newsletter-settings": "newsletter", "settings": "settings", "creds": "credentials",
        "contacts": "contact", "messages": "message", "connection": "connection",
        "message-receipt": "receipt", "messaging-history": "history", "lid-mapping": "lid",
    ]
    private static let context: Set<String> = [
        "event", "type", "name", "data", "payload", "session", "instance", "account", "me",
        "timestamp", "time", "date_time",
    ]

    /// Whether it names an event of Baileys.
    public static func isBody(_ value: JSONNode) -> Bool {
        if bare(value) != nil { return true }
        if let name = name(of: value) { return family(name) != nil }
        return value.members.contains { $0.key.text.flatMap(family) != nil }
    }

    /// Reads one event, or an object of several.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        reading.read(body, without: secrets) { body, reading in
            let me = WhatsAppAddress(body["me"] ?? body["account"])
            let session = (body["session"] ?? body["instance"])?.text
            let account = BridgeAccount(
                format, reading.options.account ?? me?.name ?? session)
            let time = (body["timestamp"] ?? body["time"] ?? body["date_time"])?.moment
            let reader = BaileysReader(account: account, time: time)
            if let name = bare(body) { return reader.read(event: name, body, in: body, &reading) }
            if let name = name(of: body) {
                guard let data = body["data"] ?? body["payload"] else {
                    return reading.quarantine("invalid", "The event has no `data`.", from: body)
                }
                return reader.read(event: name, data, in: body, &reading)
            }
            var isFound = false
            for (key, value) in body.members {
                guard let name = key.text, !context.contains(name) else { continue }
                isFound = true
                reader.read(event: name, value, in: body, &reading)
            }
            if !isFound { reading.quarantine("invalid", "The body names no event.", from: body) }
        }
    }

    /// The bytes without keys and pairing codes.
    public static func redacted(_ bytes: [UInt8]) -> [UInt8] { secrets.redacted(bytes) ?? bytes }

    /// The event whose data a body is, where it does not name it.
    private static func bare(_ body: JSONNode) -> String? {
        if body["messages"]?.kind == .array {
            return body["chats"] == nil ? "messages.upsert" : "messaging-history.set"
        }
        if body["connection"]?.kind == .text { return "connection.update" }
        guard body["key"]?.kind == .object, body["event"] == nil else { return nil }
        if body["update"] != nil { return "messages.update" }
        if body["reaction"] != nil { return "messages.reaction" }
        if body["receipt"] != nil { return "message-receipt.update" }
        return "messages.upsert"
    }

    private static func name(of body: JSONNode) -> String? {
        (body["event"] ?? body["type"] ?? body["name"])?.text
    }

    /// The kind under which events of that name are noted; nil for a name that is unknown.
    static func family(_ name: String) -> String? {
        families[String(name.prefix { $0 != "." })]
    }
}

extension BaileysReader {
    /// Reads one event by its name.
    func read(event name: String, _ data: JSONNode, in body: JSONNode, _ reading: inout Reading) {
        guard let family = Baileys.family(name) else {
            return reading.quarantine("unknown", "The event `\(name)` is unknown.", from: body)
        }
        switch name {
        case "messages.upsert":
            let isEcho = data["type"]?.equals("append") == true
            each(data["messages"] ?? data, in: data, &reading) { value, reading in
                read(message: value, isEcho: isEcho, &reading)
            }
        case "messaging-history.set":
            read(history: data, &reading)
        case "messages.update":
            each(data, in: data, &reading) { value, reading in
                guard let key = BaileysKey(value["key"], account: account.name) else {
                    return reading.quarantine(
                        "invalid", "The update names no message.", from: value)
                }
                read(update: value["update"] ?? value, of: key, from: value, &reading)
            }
        case "messages.reaction":
            each(data, in: data, &reading) { value, reading in read(reaction: value, &reading) }
        case "message-receipt.update":
            each(data, in: data, &reading) { value, reading in read(receipt: value, &reading) }
        case "connection.update": read(connection: data, &reading)
        case "contacts.upsert", "contacts.update", "contacts.set", "lid-mapping.update":
            each(data["contacts"] ?? data, in: data, &reading) { value, reading in
                read(contact: value, kind: family, &reading)
            }
        case "messages.delete": reading.note("deletion", from: data)
        default: reading.note(family, from: data)
        }
    }

    private func read(history data: JSONNode, _ reading: inout Reading) {
        let count = reading.elements.count
        if let messages = data["messages"] {
            for value in messages.elements { read(message: value, isEcho: false, &reading) }
        }
        if let contacts = data["contacts"] {
            for value in contacts.elements { read(contact: value, kind: "contact", &reading) }
        }
        if let chats = data["chats"] {
            for value in chats.elements { reading.note("chat", from: value) }
        }
        if reading.elements.count == count { reading.note("history", from: data) }
    }

    /// Reads each element of an array, or a value that is none; an empty array is noted.
    func each(
        _ value: JSONNode, in data: JSONNode, _ reading: inout Reading,
        _ read: (JSONNode, inout Reading) -> Void
    ) {
        guard value.kind == .array else { return read(value, &reading) }
        if value.elements.isEmpty { return reading.note("empty", from: data) }
        for element in value.elements { read(element, &reading) }
    }
}
