public import Events

/// Webhooks of Wassenger, in the shapes seen in the wild.
///
/// The message stands in `data.message` beside `data.chat`, or is `data` itself; of what goes out,
/// `data` may be the API's own message: `{"id", "phone", "status", …}`.
///
/// | `event` | what becomes of it |
/// |---|---|
/// | `message:in:new` | `message.received` |
/// | `message:out:new` in a chat | `send.attempted`: it may have been typed on the phone |
/// | … with `source` or `origin` `api` | `message.sent` |
/// | … that the API only queued | noted: `queued` |
/// | `message:out:sent` | `message.sent` |
/// | `message:out:delivered`, `message:out:read` | `message.delivered`, `message.read` |
/// | `message:out:ack` | by `ack`, `deliveryStatus` or `status`: as these; played is read |
/// | `message:out:failed` | `message.failed`: `failureCode`, and `failureReason` or `error` |
/// | `message:update` | by `status` as above; with a `body` `message.edited`; else noted |
/// | `message:reaction` | `message.reacted`; `""` takes it away |
/// | `chat:*`, `device:*`, `number:*`, `campaign:*` | noted: `chat`, `session` … |
/// | `contact:*`, `group:*`, `status:*`, `channel:*` | noted: `contact`, `group` … |
///
/// The account is our number (`toNumber`, `fromNumber`, `device.phone`), or the id of the device.
///
/// Source: webhook shapes in wassengerhq/whatsapp-skills and in tests of live integrations, read
/// 2026-08.
public enum Wassenger: BodyAdapter {
    /// `wassenger`.
    public static let format = "wassenger"

    private static let notes: [String: String] = [
        "chat": "chat", "device": "session", "number": "session", "campaign": "campaign",
        "contact": "contact", "group": "group", "status": "status", "channel": "newsletter",
    ]

    /// Whether it names an event with colons, and holds data.
    public static func isBody(_ value: JSONNode) -> Bool {
        value["data"] != nil && value["event"]?.text?.contains(":") == true
    }

    /// Reads one webhook.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        guard let event = body["event"]?.text else {
            return reading.quarantine("invalid", "The body names no `event`.", from: body)
        }
        guard let data = body["data"], data.kind == .object else {
            return reading.quarantine("invalid", "The body has no `data`.", from: body)
        }
        if let kind = notes[String(event.prefix { $0 != ":" })] {
            return reading.note(kind, from: body)
        }
        let webhook = WassengerEvent(body, data, reading.options.account, event: event)
        switch event {
        case "message:in:new": webhook.write(isOwn: false, &reading)
        case "message:out:new": webhook.create(&reading)
        case "message:out:sent": webhook.tell(.sent, &reading)
        case "message:out:delivered": webhook.tell(.delivered, &reading)
        case "message:out:read", "message:out:played": webhook.tell(.read, &reading)
        case "message:out:failed": webhook.tell(.failed, &reading)
        case "message:out:ack":
            guard let state = webhook.state else { return reading.note("receipt", from: body) }
            webhook.tell(state, &reading)
        case "message:update": webhook.update(&reading)
        case "message:reaction": webhook.react(&reading)
        default:
            reading.quarantine("unknown", "The event `\(event)` is unknown.", from: body)
        }
    }
}

/// One webhook of Wassenger about a message.
struct WassengerEvent {
    private let body: JSONNode
    private let data: JSONNode
    /// The message: `data.message`, or `data` itself.
    private let message: JSONNode
    private let account: BridgeAccount

    private static let known = [
        "id", "chat", "from", "to", "fromMe", "body", "timestamp", "fromNumber", "toNumber",
        "meta", "quoted", "caption", "message", "phone", "createdAt",
    ]

    init(_ body: JSONNode, _ data: JSONNode, _ account: String?, event: String) {
        self.body = body
        self.data = data
        let message = data["message"]?.kind == .object ? data["message"] ?? data : data
        self.message = message
        let isOwn = message["fromMe"]?.flag ?? event.hasPrefix("message:out:")
        let ends = isOwn ? ["fromNumber", "from"] : ["toNumber", "to"]
        let number = ends.lazy.compactMap { WhatsAppAddress(message[$0]) }
            .first { $0.kind == .number }
        let device = body["device"] ?? data["device"]
        let phone = WhatsAppAddress(device?["phone"]?.text)
        let id = device?.text ?? device?["id"]?.text
        self.account = BridgeAccount(
            Wassenger.format, account ?? number?.name ?? phone?.name ?? id)
    }

    private var time: Timestamp? {
        (message["timestamp"] ?? message["createdAt"] ?? data["timestamp"] ?? body["createdAt"]
            ?? body["created"] ?? body["timestamp"])?.moment
    }

    /// The chat: a text, or an object with an id, of the message or beside it.
    private var chat: WhatsAppAddress? {
        WhatsAppAddress(message["chat"]) ?? WhatsAppAddress(data["chat"])
    }

    private var name: String? {
        message["meta"]?["notifyName"]?.text ?? data["chat"]?["contact"]?["name"]?.text
            ?? message["contact"]?["name"]?.text
    }

    private func post(_ act: Post.Act, _ id: JSONNode?, _ reading: inout Reading) -> Post? {
        guard let id = id?.text, !id.isEmpty else {
            reading.quarantine("invalid", "The message has no id.", from: body)
            return nil
        }
        guard let time else {
            reading.quarantine("invalid", "The message has no time.", from: body)
            return nil
        }
        var post = Post(act, message: id)
        post.time = time
        post.chat = chat
        return post
    }

    /// A message that came in, or one of ours in a chat.
    func write(isOwn: Bool, _ reading: inout Reading) {
        guard var post = post(.write, message["id"], &reading) else { return }
        post.isOwn = message["fromMe"]?.flag ?? isOwn
        let origin = (message["source"] ?? message["origin"])?.text
        post.isEcho = post.isOwn && origin == "api"
        let author = WhatsAppAddress(message["author"]) ?? WhatsAppAddress(message["fromNumber"])
        let other =
            post.isOwn
            ? WhatsAppAddress(message["toNumber"]) ?? WhatsAppAddress(message["to"])
            : author ?? WhatsAppAddress(message["from"])
        post.author = other
        if post.chat == nil { post.chat = other }
        if post.chat?.kind != .group {
            post.alias = WhatsAppAddress(data["chat"]?["contact"]?["phone"])
        }
        post.text =
            message["body"]?.text ?? message["caption"]?.text
            ?? message["media"]?["caption"]?.text
        post.name = name
        post.quoted = message["quoted"]?["id"]?.text ?? message["quoted"]?.text
        post.kept.add(message, except: Self.known)
        reading.take(post, of: account, from: body)
    }

    /// A message of ours that is new: in a chat, or only queued by the API.
    func create(_ reading: inout Reading) {
        let isInChat =
            chat != nil || message["toNumber"] != nil || message["fromNumber"] != nil
            || message["fromMe"] != nil
        guard isInChat else { return reading.note("queued", from: body) }
        write(isOwn: true, &reading)
    }

    /// The state that `ack`, `deliveryStatus` or `status` names; nil for one that says nothing.
    var state: PostStatus.State? {
        for name in ["ack", "deliveryStatus", "status"] {
            switch message[name]?.scalar?.lowercased() {
            case "sent", "server", "processed", "1": return .sent
            case "delivered", "device", "2": return .delivered
            case "read", "played", "3", "4": return .read
            case "failed", "error", "-1": return .failed
            default: continue
            }
        }
        return nil
    }

    /// How far a message of ours came.
    func tell(_ state: PostStatus.State, _ reading: inout Reading) {
        guard let id = message["id"]?.text, !id.isEmpty else {
            return reading.quarantine("invalid", "The status names no message.", from: body)
        }
        var status = PostStatus(state, message: id)
        status.time = time
        let recipient = ["phone", "toNumber", "group", "to"].lazy
            .compactMap { WhatsAppAddress(message[$0]) }.first
        status.chat = chat ?? recipient
        status.participant = status.chat?.kind == .group ? nil : recipient
        if state == .failed {
            let code = message["failureCode"] ?? message["errorCode"] ?? message["code"]
            if let number = code?.integer {
                status.code = .integer(number)
            } else {
                status.code = .text(code?.text ?? "failed")
            }
            let detail = message["failureReason"] ?? message["error"]
            status.detail = detail.map { $0.text.map { .text($0) } ?? .json($0.json) }
        }
        reading.take(status, of: account, from: body)
    }

    /// What changed of a message: its status, or its text.
    func update(_ reading: inout Reading) {
        if message["fromMe"]?.flag != false, let state { return tell(state, &reading) }
        guard message["body"] != nil, message["status"] == nil else {
            return reading.note("update", from: body)
        }
        guard var post = post(.edit, message["id"], &reading) else { return }
        post.isOwn = message["fromMe"]?.flag ?? false
        post.author = WhatsAppAddress(message["fromNumber"]) ?? WhatsAppAddress(message["from"])
        post.text = message["body"]?.text
        reading.take(post, of: account, from: body)
    }

    /// A reaction, or that it was taken away.
    func react(_ reading: inout Reading) {
        let target = message["messageId"] ?? message["reactedTo"] ?? message["message"]?["id"]
        let reaction = message["reaction"]
        guard var post = post(.react, target ?? message["id"], &reading) else { return }
        if target != nil { post.ownID = message["id"]?.text }
        post.isOwn = message["fromMe"]?.flag ?? false
        post.author = WhatsAppAddress(message["fromNumber"]) ?? WhatsAppAddress(message["from"])
        post.text = reaction?.text ?? reaction?["emoji"]?.text ?? reaction?["text"]?.text ?? ""
        reading.take(post, of: account, from: body)
    }
}
