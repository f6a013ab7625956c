public import Events

/// Webhooks of WAHA: `{"id", "timestamp", "event", "session", "engine", "me", "payload"}`.
///
/// | `event` | what becomes of it |
/// |---|---|
/// | `message`, `message.any` | `message.received`, the same for both |
/// | … with `fromMe` and `source` `api` | `message.sent`: the gate stands before the API |
/// | … with `fromMe` else | `send.attempted` |
/// | `message.reaction` | `message.reacted`; `""` takes it away |
/// | `message.edited`, `message.revoked` | `message.edited`, `message.revoked` |
/// | `message.ack`, `message.ack.group`: | |
/// | … SERVER, DEVICE | `message.sent`, `message.delivered` |
/// | … READ, PLAYED | `message.read` |
/// | … ERROR | `message.failed` |
/// | … PENDING, and what we read | noted: `receipt` |
/// | `session.status` FAILED | `error.observed`, scope `account` |
/// | … with a reach-out timelock in `data` | `account.restricted`, until it ends |
/// | … else | noted: `session` |
/// | `message.waiting` | noted: `waiting` |
/// | `presence.*`, `group.*`, `call.*`, `label.*`, `poll.*` | noted: `presence`, `group` … |
/// | `chat.*`, `event.*`, `engine.*`, `state.*` | noted: `chat`, `event` … |
///
/// Ids: `false_1111@c.us_AAAA` and `true_2222@lid_AAAA` are both `AAAA`; the chat stands between.
/// The engines' own data (`_data`) may know the number behind a LID: `key.remoteJidAlt`,
/// `key.participantAlt`, `key.senderPn`, `key.participantPn` (NOWEB), `Info.SenderAlt`,
/// `Info.RecipientAlt` (GOWS): a link. They are not kept. The account is the number in `me`.
///
/// Source: waha.devlike.pro/docs/how-to/events, read 2026-08; devlikeapro/waha#1608, #1627, #2010.
public enum WAHA: BodyAdapter {
    /// `waha`.
    public static let format = "waha"

    static let known = [
        "id", "timestamp", "from", "fromMe", "source", "to", "participant", "body", "replyTo",
        "ack", "ackName", "_data", "reaction", "editedMessageId",
    ]

    /// Whether it names an event, a session and holds a payload.
    public static func isBody(_ value: JSONNode) -> Bool {
        value["event"]?.kind == .text && value["payload"] != nil
            && (value["session"] != nil || value["engine"] != nil)
    }

    /// Reads one webhook.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        let number = WhatsAppAddress(body["me"]?["id"] ?? body["me"]?["jid"])
        let name = reading.options.account ?? number?.name ?? body["session"]?.text
        let account = BridgeAccount(format, name)
        guard let event = body["event"]?.text else {
            return reading.quarantine("invalid", "The body names no `event`.", from: body)
        }
        guard let payload = body["payload"], payload.kind == .object else {
            return reading.quarantine("invalid", "The body has no `payload`.", from: body)
        }
        let ours = [number?.name, WhatsAppAddress(body["me"]?["lid"])?.name]
        let webhook = WAHAEvent(body: body, payload: payload, account: account, ours: ours)
        switch event {
        case "message", "message.any": webhook.write(&reading)
        case "message.reaction": webhook.react(&reading)
        case "message.edited": webhook.edit(&reading)
        case "message.revoked": webhook.revoke(&reading)
        case "message.ack", "message.ack.group": webhook.acknowledge(&reading)
        case "session.status": webhook.session(&reading)
        case "message.waiting": reading.note("waiting", from: body)
        default:
            let family = event.prefix { $0 != "." }
            let kinds = [
                "presence", "group", "call", "label", "poll", "chat", "event", "engine", "state",
            ]
            guard kinds.contains(String(family)) else {
                return reading.quarantine("unknown", "The event `\(event)` is unknown.", from: body)
            }
            reading.note(String(family), from: body)
        }
    }
}

/// The id of a message as WAHA spells it: `false_1111@c.us_AAAA`, in groups with the participant
/// behind it, or bare.
struct WAHAMessageID {
    var id: String
    var chat: WhatsAppAddress?
    var participant: WhatsAppAddress?

    init?(_ node: JSONNode?) {
        guard let text = node?.text ?? node?["_serialized"]?.text ?? node?["id"]?.text,
            !text.isEmpty
        else { return nil }
        var rest = text[...]
        for opening in ["true_", "false_"] where rest.hasPrefix(opening) {
            rest = rest.dropFirst(opening.count)
        }
        guard rest.startIndex > text.startIndex, let at = rest.firstIndex(of: "@"),
            let mark = rest[at...].firstIndex(of: "_")
        else {
            id = text
            return
        }
        chat = WhatsAppAddress(String(rest[..<mark]))
        rest = rest[rest.index(after: mark)...]
        if let mark = rest.firstIndex(of: "_") {
            participant = WhatsAppAddress(String(rest[rest.index(after: mark)...]))
            rest = rest[..<mark]
        }
        guard !rest.isEmpty else { return nil }
        id = String(rest)
    }
}

/// One webhook of WAHA, as far as it is the same for all events.
struct WAHAEvent {
    let body: JSONNode
    let payload: JSONNode
    let account: BridgeAccount
    /// Our own aliases.
    let ours: [String?]

    private var isOwn: Bool { payload["fromMe"]?.flag ?? false }

    /// A post with what all of them say; nil where id or time are missing, which is quarantined.
    private func post(
        _ act: Post.Act, of value: JSONNode, _ message: WAHAMessageID?, _ reading: inout Reading
    ) -> Post? {
        guard let message else {
            reading.quarantine("invalid", "The message has no id.", from: body)
            return nil
        }
        guard let time = (value["timestamp"] ?? body["timestamp"])?.moment else {
            reading.quarantine("invalid", "The message has no time.", from: body)
            return nil
        }
        var post = Post(act, message: message.id)
        let own = WAHAMessageID(value["id"])
        post.time = time
        post.isOwn = value["fromMe"]?.flag ?? isOwn
        post.isEcho = value["source"]?.text == "api"
        let from = address(value["from"])
        let to = address(value["to"])
        let party = post.isOwn ? to ?? from : from
        post.chat = own?.chat ?? message.chat ?? party
        post.author = address(value["participant"]) ?? own?.participant ?? address(value["author"])
        if post.chat?.kind != .group { post.author = party ?? post.author }
        let isGroup = post.chat?.kind == .group
        post.alias = alias(value["_data"], isOwn: post.isOwn, isGroup: isGroup)
        post.name =
            value["_data"]?["pushName"]?.text ?? value["_data"]?["Info"]?["PushName"]?.text
            ?? value["_data"]?["notifyName"]?.text
        post.text = value["body"]?.text
        post.quoted = WAHAMessageID(value["replyTo"]?["id"])?.id
        if act != .write { post.ownID = own?.id }
        return post
    }

    /// An address that is not ours.
    private func address(_ node: JSONNode?) -> WhatsAppAddress? {
        guard let address = WhatsAppAddress(node), !ours.contains(address.name) else { return nil }
        return address
    }

    /// The other alias of the party or author that the engine knows.
    private func alias(_ data: JSONNode?, isOwn: Bool, isGroup: Bool) -> WhatsAppAddress? {
        guard let data else { return nil }
        let key = data["key"]
        let info = data["Info"]
        let candidates =
            if isGroup {
                [
                    key?["participantAlt"], key?["participantPn"], key?["participantLid"],
                    info?["SenderAlt"],
                ]
            } else if isOwn {
                [key?["remoteJidAlt"], info?["RecipientAlt"]]
            } else {
                [key?["remoteJidAlt"], key?["senderPn"], key?["senderLid"], info?["SenderAlt"]]
            }
        for node in candidates {
            if let address = address(node), address.isPerson { return address }
        }
        return nil
    }

    func write(_ reading: inout Reading) {
        guard var post = post(.write, of: payload, WAHAMessageID(payload["id"]), &reading) else {
            return
        }
        if let media = payload["media"], post.text == nil { post.text = media["caption"]?.text }
        post.kept.add(payload, except: WAHA.known)
        reading.take(post, of: account, from: body)
    }

    func react(_ reading: inout Reading) {
        let target = WAHAMessageID(payload["reaction"]?["messageId"])
        guard var post = post(.react, of: payload, target, &reading) else { return }
        post.text = payload["reaction"]?["text"]?.text ?? ""
        reading.take(post, of: account, from: body)
    }

    func edit(_ reading: inout Reading) {
        let target = WAHAMessageID(payload["editedMessageId"]) ?? WAHAMessageID(payload["id"])
        guard let post = post(.edit, of: payload, target, &reading) else { return }
        reading.take(post, of: account, from: body)
    }

    func revoke(_ reading: inout Reading) {
        let value = payload["after"] ?? payload["before"] ?? payload
        let target =
            WAHAMessageID(payload["revokedMessageId"]) ?? WAHAMessageID(payload["before"]?["id"])
            ?? WAHAMessageID(value["id"])
        guard var post = post(.revoke, of: value, target, &reading) else { return }
        if payload["after"] == nil {
            // Only the message itself is told of; it was taken back when the webhook was sent.
            post.ownID = nil
            post.time = body["timestamp"]?.moment ?? post.time
        }
        reading.take(post, of: account, from: body)
    }

    func acknowledge(_ reading: inout Reading) {
        guard let message = WAHAMessageID(payload["id"]) else {
            return reading.quarantine("invalid", "The receipt names no message.", from: body)
        }
        let names: [String: Int64] = [
            "ERROR": -1, "PENDING": 0, "SERVER": 1, "DEVICE": 2, "READ": 3, "PLAYED": 4,
        ]
        let level = payload["ack"]?.integer ?? payload["ackName"]?.text.flatMap { names[$0] }
        guard let level, (-1...4).contains(level) else {
            return reading.quarantine("invalid", "The receipt says no known `ack`.", from: body)
        }
        let states: [PostStatus.State?] = [.failed, nil, .sent, .delivered, .read, .read]
        guard let state = states[Int(level) + 1], payload["fromMe"]?.flag ?? true else {
            return reading.note("receipt", from: body, chat: message.chat?.name)
        }
        var status = PostStatus(state, message: message.id)
        status.time = (body["timestamp"] ?? payload["timestamp"])?.moment
        let from = address(payload["from"])
        status.chat = message.chat ?? address(payload["to"]) ?? from
        let isGroup = status.chat?.kind == .group
        status.participant =
            isGroup ? address(payload["participant"]) : address(payload["to"]) ?? from
        status.alias = alias(payload["_data"], isOwn: true, isGroup: isGroup)
        if state == .failed {
            status.code = .text(payload["ackName"]?.text ?? "ERROR")
        }
        reading.take(status, of: account, from: body)
    }

    func session(_ reading: inout Reading) {
        let time = body["timestamp"]?.moment
        let lock = payload["data"]?["reachoutTimelock"]
        if let lock, lock["isActive"]?.flag != nil {
            return reading.take(timelock: lock, at: time, of: account, from: body)
        }
        guard payload["status"]?.equals("FAILED") == true else {
            return reading.note("session", from: body)
        }
        reading.take(
            error: "FAILED", scope: "account", detail: payload["data"].map { .json($0.json) },
            at: time, id: body["id"]?.text, of: account, from: body)
    }
}
