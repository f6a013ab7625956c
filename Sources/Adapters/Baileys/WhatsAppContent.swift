import Events

/// The content of a message as WhatsApp's own clients build it: `{"conversation": …}`,
/// `{"extendedTextMessage": {…}}`, `{"protocolMessage": {…}}`, and wrappers around them.
///
/// | member | meaning |
/// |---|---|
/// | `conversation`, `extendedTextMessage` | the text |
/// | `imageMessage`, `videoMessage`, `documentMessage` … | the caption |
/// | replies to buttons, lists, templates, flows | the title that was chosen |
/// | `pollCreationMessage…` | the question |
/// | `reactionMessage` | a reaction, `""` taken away |
/// | `protocolMessage` REVOKE (0), MESSAGE_EDIT (14) | a revoke, an edit; others noted |
/// | `pollUpdateMessage`, `pinInChatMessage`, `keepInChatMessage`, `enc…`, `call`, keys | noted |
/// | `ephemeralMessage`, `viewOnceMessage…`, `documentWithCaptionMessage` | what is within |
/// | `editedMessage`, `deviceSentMessage`, other wrappers | what is within |
/// | any other | a message without text; what it holds is kept |
struct WhatsAppContent {
    enum Meaning {
        case message(text: String?)
        case edit(key: JSONNode?, text: String?, time: Timestamp?)
        case revoke(key: JSONNode?)
        case reaction(key: JSONNode?, text: String, time: Timestamp?)
        case noted(String)
    }

    private(set) var meaning = Meaning.noted("protocol")
    /// The id of the message that it answers.
    private(set) var quoted: String?
    private(set) var kept = Kept()

    /// Members that come along with the content.
    private static let companions = [
        "messageContextInfo", "senderKeyDistributionMessage",
        "fastRatchetKeySenderKeyDistributionMessage", "base64", "mediaUrl",
    ]
    private static let wrappers: Set<String> = [
        "ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2", "viewOnceMessageV2Extension",
        "documentWithCaptionMessage", "editedMessage", "deviceSentMessage", "botInvokeMessage",
        "groupMentionedMessage", "lottieStickerMessage", "associatedChildMessage",
        "groupStatusMessage", "groupStatusMessageV2",
    ]
    private static let notes: [String: String] = [
        "pollUpdateMessage": "poll", "pinInChatMessage": "pin", "keepInChatMessage": "pin",
        "encReactionMessage": "encrypted", "encCommentMessage": "encrypted",
        "encEventResponseMessage": "encrypted", "call": "call", "callLogMesssage": "call",
        "bcallMessage": "call", "secretEncryptedMessage": "encrypted",
    ]

    /// Reads a message's content.
    init(_ message: JSONNode) { read(message, depth: 0) }

    private mutating func read(_ message: JSONNode, depth: Int) {
        for (key, value) in message.members where value.kind != .null {
            guard let name = key.text, !Self.companions.contains(name) else { continue }
            if name == "conversation" {
                meaning = .message(text: value.text)
                return
            }
            if Self.wrappers.contains(name), depth < 8 {
                guard let inner = value["message"] ?? (name == "editedMessage" ? value : nil) else {
                    continue
                }
                return read(inner, depth: depth + 1)
            }
            if let kind = Self.notes[name] {
                meaning = .noted(kind)
                return
            }
            return read(name, value)
        }
    }

    private mutating func read(_ name: String, _ value: JSONNode) {
        let context = value["contextInfo"]
        quoted = context?["stanzaId"]?.text
        switch name {
        case "reactionMessage":
            meaning = .reaction(
                key: value["key"], text: value["text"]?.text ?? "",
                time: value["senderTimestampMs"]?.moment)
        case "protocolMessage": read(protocol: value)
        default:
            meaning = .message(text: Self.text(of: name, value))
            guard name != "extendedTextMessage" else {
                keep(context: context)
                return
            }
            kept.add(name, value, except: ["contextInfo", "text", "caption"])
            keep(context: context)
        }
    }

    private mutating func keep(context: JSONNode?) {
        let known = ["stanzaId", "quotedMessage", "participant", "remoteJid"]
        kept.add("contextInfo", context, except: known)
    }

    private static func text(of name: String, _ value: JSONNode) -> String? {
        switch name {
        case "extendedTextMessage": value["text"]?.text
        case "buttonsResponseMessage", "templateButtonReplyMessage":
            value["selectedDisplayText"]?.text ?? value["selectedButtonId"]?.text
                ?? value["selectedId"]?.text
        case "listResponseMessage": value["title"]?.text
        case "interactiveResponseMessage": value["body"]?["text"]?.text
        case _ where name.hasPrefix("pollCreationMessage"): value["name"]?.text
        default: value["caption"]?.text ?? value["text"]?.text
        }
    }

    private mutating func read(protocol value: JSONNode) {
        let key = value["key"]
        let isBare = value.members.allSatisfy { $0.key.equals("key") || $0.value.kind == .null }
        switch value["type"]?.scalar {
        case "0", "REVOKE": meaning = .revoke(key: key)
        // The first of the kinds is left out where a message is written as JSON.
        case nil where key != nil && isBare: meaning = .revoke(key: key)
        case "14", "MESSAGE_EDIT":
            var text: String?
            if let edited = value["editedMessage"] {
                let content = WhatsAppContent(edited)
                if case .message(let written) = content.meaning { text = written }
            }
            meaning = .edit(key: key, text: text, time: value["timestampMs"]?.moment)
        default: meaning = .noted("protocol")
        }
    }
}

extension Kept {
    /// Keeps an object without the members that were read; nothing where it has no others.
    mutating func add(_ name: String, _ object: JSONNode?, except known: [String]) {
        guard let object, object.kind == .object else { return add(name, object) }
        var rest = Kept()
        rest.add(object, except: known)
        add(name, rest)
    }
}
