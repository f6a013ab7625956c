import Bytes
import Events

/// The store `messages.db` of the whatsmeow bridge (whatsapp-mcp and its forks): a row, a message.
///
/// | row | what becomes of it |
/// |---|---|
/// | `is_from_me` 0 | `message.received`, provenance `bridge` |
/// | `is_from_me` 1 | `send.attempted`: typed on the phone |
/// | the same `id` and `chat_jid`, another `content` | `message.edited`, without a time |
/// | `chat_jid` of a status, a list, a channel | noted: `status`, `broadcast`, `newsletter` |
/// | no `id`, no `chat_jid`, no `timestamp` that can be read | quarantined |
///
/// What goes through the bridge's own API is not stored, so that it comes from `report` alone.
///
/// | column | member |
/// |---|---|
/// | `id` | `message`; with the chat the event's id |
/// | `chat_jid` | `chat` of a group; of a direct chat the person |
/// | `sender` | `person`: the user part alone, a whole JID (from a history sync), or a LID |
/// | `content` | `text`, unless it is empty |
/// | `timestamp` | the time: see ``BridgeRow/Time/moment`` |
/// | `media_type`, `filename` | kept as they are |
/// | `url`, `media_key`, `file_…` | not read: a key to media is a secret, its address changes |
///
/// A user part alone does not say whether it is a number or a LID. In a direct chat it is what the
/// chat is; in a group it is a LID from 14 digits on, where it spells no number that exists. The
/// sender of a direct chat under another alias than the chat's is the same person: a link.
///
/// Source: whatsapp-bridge/main.go of lharries/whatsapp-mcp, read 2026-08.
public enum WhatsAppBridge {
    /// `whatsapp-bridge`.
    public static let format = "whatsapp-bridge"

    /// Reads a row: one element.
    public static func read(_ row: BridgeRow, into reading: inout Reading) {
        let line = Int(clamping: row.rowid)
        guard let place = Place(row, reading, line) else { return refuse(row, &reading, line) }
        guard let time = row.timestamp.moment else {
            return reading.quarantine(
                "invalid", "The row's `timestamp` names no moment.", line: line)
        }
        if let note = place.note {
            return reading.note(note, chat: place.chat.name, line: line)
        }
        var builder = DraftBuilder(
            row.isFromMe ? .sendAttempted : .messageReceived, source: source(reading),
            id: place.id)
        builder.happened(at: time.instant, form: time.form)
        add(row, place, to: &builder, reading)
        builder.add(.provenance, text: Provenance.bridge.name)
        keep(row, in: &builder)
        if !row.isFromMe, let alias = place.alias, let person = place.person {
            reading.link(person, alias, evidence: "lid", at: time.instant)
        }
        reading.take(builder, chat: place.chat.name, line: line, isOwn: row.isFromMe)
    }

    /// Reads a row that was there before with another content.
    ///
    /// The id is made of the new content, so that the same edit is recorded once.
    public static func readEdit(_ row: BridgeRow, into reading: inout Reading) {
        let line = Int(clamping: row.rowid)
        guard let place = Place(row, reading, line) else { return refuse(row, &reading, line) }
        if let note = place.note {
            return reading.note(note, chat: place.chat.name, line: line)
        }
        var builder = DraftBuilder(
            .messageEdited, source: source(reading), id: "\(place.id)/edit/\(row.digest.hex)")
        add(row, place, to: &builder, reading)
        reading.take(builder, chat: place.chat.name, line: line, isOwn: row.isFromMe)
    }

    private static func source(_ reading: Reading) -> String {
        reading.options.account.map { "\(format)/\($0)" } ?? format
    }

    private static func refuse(_ row: BridgeRow, _ reading: inout Reading, _ line: Int) {
        let column = row.id?.isEmpty ?? true ? "id" : "chat_jid"
        reading.quarantine("invalid", "The row has no `\(column)`.", line: line)
    }

    private static func add(
        _ row: BridgeRow, _ place: Place, to builder: inout DraftBuilder, _ reading: Reading
    ) {
        builder.add(.account, text: reading.options.account)
        builder.add(.message, text: place.message)
        if place.chat.kind == .group { builder.add(.chat, text: place.chat.name) }
        // Nobody wrote to us what we edited ourselves: such an event names the recipient's chat.
        if builder.eventType == .messageEdited, row.isFromMe {
            if place.chat.kind != .group { builder.add(.chat, text: place.chat.name) }
        } else {
            builder.add(.person, text: place.person)
        }
        if let text = row.content, !text.isEmpty { builder.add(.text, text: text) }
    }

    /// Keeps what the row says of its media.
    private static func keep(_ row: BridgeRow, in builder: inout DraftBuilder) {
        let values = [("media_type", row.mediaType), ("filename", row.filename)].filter {
            $0.1?.isEmpty == false
        }
        guard !values.isEmpty else { return }
        var json = JSONWriter()
        json.beginObject()
        json.key(format)
        json.beginObject()
        for (name, value) in values { json.member(name, value ?? "") }
        json.endObject()
        json.endObject()
        let text = json.text
        builder.add(.extras, .json, text.utf8Span.span)
    }
}

/// Where a row belongs: its chat, its author or recipient, its ids.
private struct Place {
    let chat: WhatsAppAddress
    let message: String
    /// The event's id.
    let id: String
    /// The author; of our own message in a direct chat, the recipient; nil where nobody is named.
    let person: String?
    /// Another alias of the other party of a direct chat.
    let alias: String?
    /// What it is noted as, where it means nothing here.
    let note: String?

    init?(_ row: BridgeRow, _ reading: Reading, _ line: Int) {
        guard let message = row.id, !message.isEmpty, let chat = WhatsAppAddress(row.chat) else {
            return nil
        }
        self.chat = chat
        self.message = message
        id = "\(chat.name)/\(message)"
        switch chat.kind {
        case .status: note = "status"
        case .broadcast: note = "broadcast"
        case .newsletter: note = "newsletter"
        default: note = nil
        }
        let isDirect = chat.kind != .group
        if row.isFromMe {
            person = isDirect ? chat.name : nil
            alias = nil
            return
        }
        let sender = Self.sender(row.sender, chat, reading.options)
        guard isDirect else {
            person = sender?.name
            alias = nil
            return
        }
        // Of a number and a LID the number is the better name.
        let isNumbered = sender?.kind == .number
        person = isNumbered ? sender?.name : chat.name
        let other = isNumbered ? chat.name : sender?.name
        alias = other == person ? nil : other
    }

    private static func sender(
        _ text: String?, _ chat: WhatsAppAddress, _ options: AdapterOptions
    ) -> WhatsAppAddress? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ $0 &- 0x30 < 10 }) else { return WhatsAppAddress(text) }
        if chat.name == "\(text)@lid" || chat.name == "+\(text)" { return chat }
        if text.utf8.count >= 14, options.number("+\(text)") == nil {
            return WhatsAppAddress("\(text)@lid")
        }
        return WhatsAppAddress(text)
    }
}
