import Bytes
import Events

/// Webhooks and status callbacks of Twilio, for SMS and WhatsApp: forms, one body a line.
///
/// | parameters | what becomes of them |
/// |---|---|
/// | `From`, `To`, `Body` … without a status, or `received` | `message.received` |
/// | … `OptOutType` STOP, START | beside it `consent.withdrawn`, `consent.granted` |
/// | … `OptOutType` HELP | the message alone, which keeps it |
/// | … `MessageType` `reaction` | `message.reacted` to `OriginalRepliedMessageSid` |
/// | … `EventType` `EDITED`, `DELETED` | `message.edited`, `message.revoked` |
/// | `MessageStatus`, `SmsStatus` or `EventType`: | |
/// | … `sent`, `delivered`, `read` | `message.sent`, `message.delivered`, `message.read` |
/// | … `failed`, `undelivered`, `canceled` | `message.failed`: `ErrorCode`, `ErrorMessage` |
/// | … `accepted`, `scheduled`, `queued`, `sending` | noted: `queued` |
/// | `Level` and a `Payload` with an `error_code` (Debugger) | `error.observed` |
///
/// The text is `ButtonText`, the title of a list, or `Body`. The evidence of a consent is the
/// message; a START without a time is noted, for it may be older than a STOP.
/// `From` and `WaId` or `ExternalUserId` that differ are one person: a link, evidence `contacts`.
/// Twilio says no time: that of ``AdapterOptions/received`` is taken, or one of `Timestamp`,
/// `DateSent`, `DateCreated` in RFC 3339. `StatusCallback` and others unknown are kept.
///
/// Source: twilio.com/docs/messaging/guides/webhook-request (2026-03-09) and
/// …/guides/track-outbound-message-status; bodies in tests of live integrations.
public enum Twilio: FormAdapter {
    /// `twilio`.
    public static let format = "twilio"

    /// Reads one webhook.
    public static func read(_ form: Form, line: Int?, into reading: inout Reading) {
        let webhook = TwilioWebhook(form, line, reading.options)
        if form["Payload"] != nil, form["Level"] != nil { return webhook.debug(&reading) }
        guard let sid = form["MessageSid"] ?? form["SmsSid"] ?? form["SmsMessageSid"] else {
            let isKnown = form["AccountSid"] != nil || form["From"] != nil
            return reading.quarantine(
                isKnown ? "invalid" : "unknown",
                isKnown
                    ? "The body names no `MessageSid`." : "It is no webhook of Twilio's messages.",
                line: line)
        }
        let status = form["MessageStatus"] ?? form["SmsStatus"]
        switch status?.lowercased() {
        case nil:
            // Some callbacks of channels tell only what happened.
            guard form["Body"] == nil, form["NumMedia"] == nil, form["OptOutType"] == nil,
                let event = form["EventType"], !TwilioWebhook.changes.contains(event.uppercased())
            else { return webhook.receive(sid, &reading) }
            webhook.tell(event.lowercased(), of: sid, &reading)
        case "received", "receiving": webhook.receive(sid, &reading)
        case .some(let status): webhook.tell(status, of: sid, &reading)
        }
    }
}

/// One webhook of Twilio.
struct TwilioWebhook {
    static let changes = ["EDITED", "EDIT", "DELETED", "DELETE", "REVOKED"]
    private static let known: Set<String> = [
        "MessageSid", "SmsSid", "SmsMessageSid", "MessageStatus", "SmsStatus", "From", "To",
        "Body", "ProfileName", "WaId", "ExternalUserId", "OriginalRepliedMessageSid",
        "ErrorCode", "ErrorMessage", "Timestamp", "DateSent", "DateCreated",
    ]

    private let form: Form
    private let line: Int?
    private let time: Timestamp?
    private let forced: String?

    init(_ form: Form, _ line: Int?, _ options: AdapterOptions) {
        self.form = form
        self.line = line
        forced = options.account
        let spelt = ["Timestamp", "DateSent", "DateCreated"].lazy
            .compactMap { form[$0] }.compactMap { try? Timestamp.parse($0) }.first
        time = spelt ?? options.received.map { Timestamp($0) }
    }

    /// An address without its channel: `whatsapp:+27820000001`, `+27820000001`,
    /// `whatsapp:ZA.1349…`.
    private static func address(_ text: String?) -> String? {
        guard let text else { return nil }
        var rest = text[...]
        if let colon = text.firstIndex(of: ":") { rest = text[text.index(after: colon)...] }
        // A plus that was not escaped is read as a space, and no number begins with one.
        if rest.first == " ", rest.dropFirst().first?.isNumber == true {
            return "+" + rest.dropFirst()
        }
        return rest.isEmpty ? nil : String(rest)
    }

    private static func channel(_ text: String?) -> String? {
        text.flatMap { text in text.firstIndex(of: ":").map { String(text[..<$0]) } }
    }

    private func account(_ name: String) -> BridgeAccount {
        BridgeAccount(Twilio.format, forced ?? Self.address(form[name]) ?? form["AccountSid"])
    }

    private func builder(
        _ type: EventType, _ id: String, _ account: BridgeAccount
    ) -> DraftBuilder {
        var builder = DraftBuilder(type, source: account.source, id: id)
        if let time { builder.happened(at: time.instant, form: time.form) }
        builder.add(.account, text: account.name)
        return builder
    }

    // MARK: - What comes in

    func receive(_ sid: String, _ reading: inout Reading) {
        guard let person = Self.address(form["From"]) else {
            return reading.quarantine("invalid", "The message says not who sent it.", line: line)
        }
        let account = account("To")
        link(person, &reading)
        let change = form["EventType"]?.uppercased() ?? ""
        let target = form["OriginalRepliedMessageSid"]
        let isReaction = form["MessageType"]?.lowercased() == "reaction" && target != nil
        var message = sid
        var id = sid
        let type: EventType
        switch change {
        case "EDITED", "EDIT": (type, id) = (.messageEdited, "edit/\(sid)/\(digest(form["Body"]))")
        case "DELETED", "DELETE", "REVOKED": (type, id) = (.messageRevoked, "revoke/\(sid)")
        case _ where isReaction:
            type = .messageReacted
            message = target ?? sid
        default: type = .messageReceived
        }
        var builder = builder(type, id, account)
        builder.add(.person, text: person)
        builder.add(.message, text: message)
        builder.add(.name, text: form["ProfileName"])
        let text = form["ButtonText"] ?? form["ListTitle"] ?? form["Body"]
        if isReaction {
            builder.add(.text, text: text ?? "")
        } else if type != .messageRevoked {
            builder.add(.text, text: text)
            if type == .messageReceived { builder.add(.quoted, text: target) }
        }
        if type == .messageReceived { builder.add(.provenance, text: "webhook") }
        keep(&builder, channel: Self.channel(form["From"]))
        reading.take(builder, chat: person, line: line)
        if type == .messageReceived { consent(sid, person, account, &reading) }
    }

    private func digest(_ text: String?) -> String { Fingerprint(of: text ?? "").hex }

    /// The aliases of the person that the body names.
    private func link(_ person: String, _ reading: inout Reading) {
        if let id = form["WaId"] {
            let alias = WhatsAppAddress(id)?.name ?? id
            reading.link(person, alias, evidence: "contacts", at: time?.instant)
        }
        if let id = form["ExternalUserId"], WhatsAppAddress.isUserID(id) {
            reading.link(person, id, evidence: "contacts", at: time?.instant)
        }
    }

    /// What Twilio read in the message, by its own list of words.
    private func consent(
        _ sid: String, _ person: String, _ account: BridgeAccount, _ reading: inout Reading
    ) {
        let type: EventType
        switch form["OptOutType"]?.uppercased() {
        case "STOP": type = .consentWithdrawn
        case "START":
            // When it was said decides whether it beats a later STOP.
            guard time != nil else {
                return reading.note("opt-in without a time", chat: person, line: line)
            }
            type = .consentGranted
        default: return
        }
        var builder = builder(type, "optout/\(sid)", account)
        builder.add(.person, text: person)
        var evidence = JSONWriter()
        evidence.beginObject()
        evidence.member("message", sid)
        evidence.member("rule", "OptOutType")
        if let words = form["Body"] { evidence.member("words", words) }
        evidence.endObject()
        builder.add(.evidence, .json, evidence.bytes.span)
        reading.take(builder, chat: person, line: line)
    }

    // MARK: - What became of ours

    func tell(_ status: String, of sid: String, _ reading: inout Reading) {
        let type: EventType
        switch status {
        case "sent": type = .messageSent
        case "delivered": type = .messageDelivered
        case "read": type = .messageRead
        case "failed", "undelivered", "canceled": type = .messageFailed
        case "accepted", "scheduled", "queued", "sending", "partially_delivered":
            return reading.note("queued", chat: Self.address(form["To"]), line: line)
        default:
            return reading.quarantine(
                "unknown", "The status `\(status)` is unknown.", line: line)
        }
        let account = account("From")
        let person = Self.address(form["To"])
        var builder = builder(type, "\(status)/\(sid)", account)
        builder.add(.person, text: person)
        builder.add(.recipient, text: person)
        builder.add(.message, text: sid)
        if type == .messageFailed {
            builder.add(.code, scalar: code ?? .text(status))
            let detail = form["ErrorMessage"] ?? form["ChannelStatusMessage"]
            builder.add(.detail, text: detail)
        }
        keep(&builder, channel: Self.channel(form["To"]))
        reading.take(builder, chat: person, line: line)
    }

    private var code: Scalar? {
        guard let text = form["ErrorCode"], text != "0" else { return nil }
        return Int64(text).map { .integer($0) } ?? .text(text)
    }

    // MARK: - Errors

    /// An error of Twilio's Debugger: its payload is a JSON text.
    func debug(_ reading: inout Reading) {
        guard let payload = form["Payload"],
            let json = try? JSONDocument(Array(payload.utf8)).root,
            let code = json["error_code"]?.scalar
        else {
            return reading.note("debugger", line: line)
        }
        let account = BridgeAccount(Twilio.format, forced ?? form["AccountSid"])
        let id = form["Sid"] ?? "error/\(digest(payload))"
        var builder = builder(.errorObserved, id, account)
        builder.add(.code, scalar: Int64(code).map { .integer($0) } ?? .text(code))
        builder.add(.scope, text: "account")
        let detail = json["more_info"]?["Msg"] ?? json["more_info"]?["msg"]
        builder.add(.detail, text: detail?.text)
        var kept = Kept()
        kept.add("Level", text: form["Level"])
        kept.add("resource_sid", json["resource_sid"])
        kept.close(&builder, under: Twilio.format)
        reading.take(builder, line: line)
    }

    /// Keeps what was not read; of a name that stands twice the first value.
    private func keep(_ builder: inout DraftBuilder, channel: String?) {
        var kept = Kept()
        var names = Self.known
        if let channel, form["channel"] == nil { kept.add("channel", text: channel) }
        for parameter in form.parameters
        where !parameter.value.isEmpty && names.insert(parameter.name).inserted {
            kept.add(parameter.name, text: parameter.value)
        }
        kept.close(&builder, under: Twilio.format)
    }
}
