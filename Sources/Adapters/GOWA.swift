public import Events

/// Webhooks of GOWA, a bridge on whatsmeow: `{"event", "device_id", "session_id", "payload"}`.
///
/// | `event` | what becomes of it |
/// |---|---|
/// | `message` | `message.received`; with `is_from_me` `send.attempted` |
/// | `message.edited` | `message.edited` of `original_message_id` |
/// | `message.revoked` | `message.revoked` of `revoked_message_id` |
/// | `message.reaction` | `message.reacted` to `reacted_message_id`; `""` takes it away |
/// | `message.ack`, for each of `ids`: | |
/// | … `delivered` | `message.delivered` |
/// | … `read`, `played` | `message.read` |
/// | … `server-error` | `message.failed` |
/// | … other receipts | noted: `receipt` |
/// | `message.deleted` | noted: `deletion`, for it was deleted on our device only |
/// | `chat_presence` | noted: `presence` |
/// | `label.*`, `group.*`, `newsletter.*`, `call.*` | noted: `label`, `group` … |
/// | none, but a `call_id` | noted: `call` |
///
/// What is ours was typed on the phone or sent by another program: what goes through the bridge's
/// own API does not come back. `from` with `from_lid` are one person: a link. The text is `body`,
/// or the caption of the media; the quoted text is not repeated. The account is the number in
/// `device_id`.
///
/// Source: docs/webhook-payload.md of aldinokemal/go-whatsapp-web-multidevice, read 2026-08.
public enum GOWA: BodyAdapter {
    /// `gowa`.
    public static let format = "gowa"

    private static let known = [
        "id", "chat_id", "chat_lid", "from", "from_lid", "from_name", "timestamp", "is_from_me",
        "body", "replied_to_id", "quoted_body", "original_message_id", "revoked_message_id",
        "revoked_chat", "reaction", "reacted_message_id",
    ]
    private static let media = ["image", "video", "document", "audio", "video_note", "sticker"]

    /// Whether it names an event and holds a payload.
    public static func isBody(_ value: JSONNode) -> Bool {
        value["event"]?.kind == .text
            && (value["payload"] != nil || value["device_id"] != nil) || value["call_id"] != nil
    }

    /// Reads one webhook.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        let device = WhatsAppAddress(body["device_id"])?.name ?? body["session_id"]?.text
        let account = BridgeAccount(format, reading.options.account ?? device)
        guard let event = body["event"]?.text else {
            if body["call_id"] != nil { return reading.note("call", from: body) }
            return reading.quarantine("invalid", "The body names no `event`.", from: body)
        }
        guard let payload = body["payload"], payload.kind == .object else {
            return reading.quarantine("invalid", "The body has no `payload`.", from: body)
        }
        switch event {
        case "message": read(message: payload, body, account, .write, payload["id"], &reading)
        case "message.edited":
            read(message: payload, body, account, .edit, payload["original_message_id"], &reading)
        case "message.revoked":
            read(message: payload, body, account, .revoke, payload["revoked_message_id"], &reading)
        case "message.reaction":
            read(message: payload, body, account, .react, payload["reacted_message_id"], &reading)
        case "message.ack": read(acknowledgement: payload, of: body, account, &reading)
        case "message.deleted": reading.note("deletion", from: body, chat: chat(payload, account))
        case "chat_presence": reading.note("presence", from: body, chat: chat(payload, account))
        default:
            let family = event.prefix { $0 != "." }
            guard ["label", "group", "newsletter", "call"].contains(family) else {
                return reading.quarantine("unknown", "The event `\(event)` is unknown.", from: body)
            }
            reading.note(String(family), from: body, chat: chat(payload, account))
        }
    }

    private static func chat(_ payload: JSONNode, _ account: BridgeAccount) -> String? {
        let chat = WhatsAppAddress(payload["chat_id"] ?? payload["newsletter_id"])
        if let chat, chat.name != account.name { return chat.name }
        return WhatsAppAddress(payload["from"])?.name
    }

    private static func read(
        message payload: JSONNode, _ body: JSONNode, _ account: BridgeAccount, _ act: Post.Act,
        _ target: JSONNode?, _ reading: inout Reading
    ) {
        guard let id = target?.text, !id.isEmpty else {
            return reading.quarantine("invalid", "The message has no id.", from: body)
        }
        guard let time = (payload["timestamp"] ?? body["timestamp"])?.moment else {
            return reading.quarantine("invalid", "The message has no time.", from: body)
        }
        var post = Post(act, message: id)
        post.time = time
        post.isOwn = payload["is_from_me"]?.flag ?? false
        post.ownID = act == .write ? nil : payload["id"]?.text
        post.chat = WhatsAppAddress(payload["chat_id"] ?? payload["revoked_chat"])
        post.author = WhatsAppAddress(payload["from"])
        if !post.isOwn { post.alias = WhatsAppAddress(payload["from_lid"]) }
        post.name = payload["from_name"]?.text ?? payload["sender_display_name"]?.text
        post.quoted = payload["replied_to_id"]?.text
        post.text = act == .react ? payload["reaction"]?.text ?? "" : text(of: payload)
        post.kept.add(payload, except: known + media)
        for kind in media { post.kept.add(kind, payload[kind], except: ["caption"]) }
        reading.take(post, of: account, from: body)
    }

    private static func text(of payload: JSONNode) -> String? {
        if let text = payload["body"]?.text { return text }
        for kind in media {
            if let caption = payload[kind]?["caption"]?.text { return caption }
        }
        return nil
    }

    private static func read(
        acknowledgement payload: JSONNode, of body: JSONNode, _ account: BridgeAccount,
        _ reading: inout Reading
    ) {
        let ids = payload["ids"]?.elements.compactMap(\.text).filter { !$0.isEmpty } ?? []
        guard !ids.isEmpty else {
            return reading.quarantine("invalid", "The receipt names no message.", from: body)
        }
        guard let time = (body["timestamp"] ?? payload["timestamp"])?.moment else {
            return reading.quarantine("invalid", "The receipt has no time.", from: body)
        }
        let from = WhatsAppAddress(payload["from"])
        let state = state(payload["receipt_type"]?.text ?? "")
        for id in ids {
            guard let state, from == nil || from?.name != account.name else {
                reading.note("receipt", from: body, chat: chat(payload, account))
                continue
            }
            var status = PostStatus(state, message: id)
            status.time = time
            status.chat = WhatsAppAddress(payload["chat_id"])
            status.participant = from
            status.alias = WhatsAppAddress(payload["from_lid"])
            if state == .failed { status.code = "server-error" }
            reading.take(status, of: account, from: body)
        }
    }

    /// What a receipt of whatsmeow says of our message; nil where it says nothing.
    private static func state(_ type: String) -> PostStatus.State? {
        switch type {
        case "", "delivered", "inactive": .delivered
        case "read", "played": .read
        case "server-error": .failed
        default: nil
        }
    }
}
