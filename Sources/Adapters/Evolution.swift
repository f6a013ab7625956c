public import Events

/// Webhooks of Evolution API.
///
/// `{"event", "instance", "data", "date_time", "sender", "server_url", "apikey"}`. **The body holds
/// the API key**: it and other secrets are redacted before anything is read, wherever they stand.
///
/// | `event` (also as `MESSAGES_UPSERT`) | what becomes of it |
/// |---|---|
/// | `messages.upsert`, `messages.set` | `message.received`; ours: `send.attempted` |
/// | … edits, revokes, reactions within | see ``WhatsAppContent`` |
/// | `send.message` | `message.sent`: it went through the API |
/// | `messages.update`, `send.message.update`: | by `status`: |
/// | … SERVER_ACK, DELIVERY_ACK | `message.sent`, `message.delivered` |
/// | … READ, PLAYED | `message.read` |
/// | … ERROR, DELETED | `message.failed`, `message.revoked` |
/// | `messages.edited` | `message.edited` |
/// | `messages.delete` | `message.revoked` |
/// | `connection.update` with a code other than 200 | `error.observed`: see ``DisconnectCode`` |
/// | … else | noted: `connection` |
/// | `contacts.*` | noted: `contact`, with a link of number and LID |
/// | `chats.*`, `presence.*`, `groups.*`, `labels.*`, `call` … | noted: `chat`, `presence` … |
/// | `qrcode.*`, `application.*`, `logout.*`, `status.*`, `new.jwt*` … | noted |
///
/// What goes through the API does not come back in `messages.upsert`.
/// `data` is one thing or an array of them. The account is the number in `sender`. Statuses have no
/// time of their own: `date_time` is taken, which is the server's local time although it says UTC.
///
/// Source: webhook.controller.ts and whatsapp.baileys.service.ts of EvolutionAPI/evolution-api 2.3,
/// read 2026-08.
public enum Evolution: BodyAdapter {
    /// `evolution`.
    public static let format = "evolution"

    static let secrets = Secrets([
        "apikey", "globalapikey", "instancetoken", "token", "accesstoken", "jwt", "authorization",
        "password", "secret", "clientsecret", "qrcode", "pairingcode", "qr",
        // A URL of our own, in which a token may stand.
        "destination",
    ])
    private static let notes: [String: String] = [
        "qrcode": "session", "chats": "chat", "presence": "presence", "groups": "group",
        "group": "group", "labels": "label", "call": "call", "typebot": "bot",
        "application": "instance", "instance": "instance", "logout": "instance",
        "remove": "instance", "status": "instance", "new": "instance",
    ]

    /// Whether it names an event and an instance.
    public static func isBody(_ value: JSONNode) -> Bool {
        value["event"]?.kind == .text && value["data"] != nil
            && (value["instance"] != nil || value["apikey"] != nil)
    }

    /// The bytes without secrets.
    public static func redacted(_ bytes: [UInt8]) -> [UInt8] { secrets.redacted(bytes) ?? bytes }

    /// Reads one webhook.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        reading.read(body, without: secrets) { body, reading in
            guard let event = body["event"]?.text else {
                return reading.quarantine("invalid", "The body names no `event`.", from: body)
            }
            guard let data = body["data"], data.kind == .object || data.kind == .array else {
                return reading.quarantine("invalid", "The body has no `data`.", from: body)
            }
            let sender = WhatsAppAddress(body["sender"] ?? data["wuid"])?.name
            let instance = body["instance"]?.text ?? body["instance"]?["instanceName"]?.text
            let account = BridgeAccount(format, reading.options.account ?? sender ?? instance)
            let reader = BaileysReader(account: account, time: body["date_time"]?.moment)
            let name = String(event.lowercased().map { $0 == "_" ? "." : $0 })
            read(name, data, body, reader, &reading)
        }
    }

    private static func read(
        _ name: String, _ data: JSONNode, _ body: JSONNode, _ reader: BaileysReader,
        _ reading: inout Reading
    ) {
        switch name {
        case "messages.upsert", "messages.set", "send.message":
            let isEcho = name == "send.message"
            let messages = data["messages"] ?? data
            reader.each(messages, in: data, &reading) { value, reading in
                reader.read(message: value, isEcho: isEcho, &reading)
            }
        case "messages.update", "send.message.update":
            reader.each(data, in: data, &reading) { value, reading in
                guard let key = key(of: value, reader) else {
                    return reading.quarantine(
                        "invalid", "The update names no message.", from: value)
                }
                reader.read(
                    update: value["update"] ?? value, of: key, from: value, &reading)
            }
        case "messages.edited":
            reader.each(data, in: data, &reading) { value, reading in
                edit(value, reader, &reading)
            }
        case "messages.delete":
            reader.each(data, in: data, &reading) { value, reading in
                guard let key = key(of: value, reader) else {
                    return reading.note("deletion", from: value)
                }
                reader.revoke(key, at: reader.time, from: value, &reading)
            }
        case "connection.update": reader.read(connection: data, &reading)
        case "contacts.upsert", "contacts.update", "contacts.set":
            reader.each(data, in: data, &reading) { value, reading in
                reader.read(contact: value, kind: "contact", &reading)
            }
        default:
            guard let kind = notes[String(name.prefix { $0 != "." })] else {
                return reading.quarantine("unknown", "The event `\(name)` is unknown.", from: body)
            }
            reading.note(kind, from: body)
        }
    }

    /// The key of a message: as an object, or spread over the value.
    private static func key(of value: JSONNode, _ reader: BaileysReader) -> BaileysKey? {
        let key = value["key"]?.kind == .object ? value["key"] : value
        return BaileysKey(key, account: reader.account.name)
    }

    /// The key in an edit is the author's own: of an edit of theirs it names us as the chat.
    private static func edit(
        _ value: JSONNode, _ reader: BaileysReader, _ reading: inout Reading
    ) {
        guard let key = BaileysKey(value["key"], account: reader.account.name),
            let edited = value["editedMessage"] ?? value["message"]
        else {
            return reading.quarantine("invalid", "The edit names no message.", from: value)
        }
        var post = Post(.edit, message: key.id)
        post.chat = key.chat
        post.author = key.participant
        post.alias = key.alias
        post.isOwn = key.isOwn && key.chat?.name != reader.account.name
        post.time = (value["timestampMs"] ?? value["messageTimestamp"])?.moment ?? reader.time
        if case .message(let text) = WhatsAppContent(edited).meaning { post.text = text }
        reading.take(post, of: reader.account, from: value)
    }
}
