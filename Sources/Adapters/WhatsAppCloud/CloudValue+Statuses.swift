import Bytes
import Events

extension CloudValue {
    private static let readOfStatus: ReadMembers = [
        "id": .all, "status": .all, "timestamp": .all, "recipient_id": .all,
        "recipient_user_id": .all, "recipient_parent_user_id": .all, "recipient_type": .all,
        "recipient_participant_id": .all, "recipient_participant_user_id": .all,
        "recipient_participant_parent_user_id": .all,
    ]
    private static let readWithCallback = readOfStatus.merging(["biz_opaque_callback_data": .all])
    private static let errors: ReadMembers = ["errors": .all]

    /// How far one of our messages has come.
    mutating func read(status node: JSONNode, into reading: inout Reading) {
        if node["type"]?.equals("call") == true || field == "calls" {
            return reading.note("call", from: node, chat: alias(node["recipient_id"]))
        }
        guard let id = node["id"], id.isFilledText, id.range.count <= Self.idBytesMax,
            let status = node["status"], status.isFilledText
        else {
            return reading.quarantine("invalid", "A status needs `id` and `status`.", from: node)
        }
        guard let time = node["timestamp"]?.seconds else {
            return reading.quarantine(
                "invalid", "A status needs a `timestamp`, seconds since 1970.", from: node)
        }
        let isGroup = node["recipient_type"]?.equals("group") == true
        let number = node[isGroup ? "recipient_participant_id" : "recipient_id"]
        let user = node[isGroup ? "recipient_participant_user_id" : "recipient_user_id"]
        let parent =
            node[isGroup ? "recipient_participant_parent_user_id" : "recipient_parent_user_id"]
        let group = isGroup ? group(node["recipient_id"]) : nil
        let person = alias(number) ?? self.user(user)
        guard let type = Self.type(of: status) else {
            return other(status, node, chat: group ?? person, into: &reading)
        }
        _ = meet(number, user, parent, at: time, into: &reading)
        var event = event(type)
        event.add(.id) { bytes in
            id.appendText(to: &bytes)
            bytes.append(UInt8(ascii: "/"))
            status.appendText(to: &bytes)
            guard isGroup, let person, person.utf8.count <= 40 else { return }
            bytes.append(UInt8(ascii: "/"))
            bytes.append(contentsOf: person.utf8)
        }
        event.happened(at: time)
        event.add(.chat, text: group)
        event.add(.person, text: person)
        event.add(.message, text: id)
        event.add(.recipient, text: person ?? group)
        let callback = node["biz_opaque_callback_data"]
        var read = Self.readOfStatus
        if let callback, callback.kind == .text,
            let reservation = callback.text.flatMap({ Reservation($0) })
        {
            event.add(.reservation, reservation: reservation)
            read = Self.readWithCallback
        }
        if type == .messageFailed, let errors = node["errors"], let error = errors.elements.first {
            if let code = error["code"] { event.add(.code, scalar: code) }
            if let detail = Self.detail(of: error) { event.add(.detail, text: detail) }
            // Of several the others stay.
            if errors.elements.allSatisfy({ $0.range == error.range }) {
                read = read.merging(Self.errors)
            }
        }
        event.keep(node, except: read)
        reading.take(event, chat: group ?? person, from: node)
    }

    private static func type(of status: JSONNode) -> EventType? {
        if status.equals("sent") { return .messageSent }
        if status.equals("delivered") { return .messageDelivered }
        if status.equals("read") || status.equals("played") { return .messageRead }
        return status.equals("failed") ? .messageFailed : nil
    }

    private func other(
        _ status: JSONNode, _ node: JSONNode, chat: String?, into reading: inout Reading
    ) {
        for known in ["deleted", "warning"] where status.equals(known) {
            return reading.note("status.\(known)", from: node, chat: chat)
        }
        let shown = String((status.text ?? "").prefix(40))
        reading.quarantine("unknown", "The status `\(shown)` is unknown.", from: node)
    }

    // MARK: - Errors

    /// What an error says: the details, else the message, else the title.
    static func detail(of error: JSONNode) -> JSONNode? {
        let texts = [
            error["error_data"]?["details"], error["details"], error["message"], error["title"],
        ]
        for case let text? in texts where text.isFilledText { return text }
        return nil
    }

    /// An error that speaks of our number or app, and of no message.
    func read(error node: JSONNode, _ index: Int, into reading: inout Reading) {
        if self.node["calls"] != nil || field == "calls" {
            return reading.note("call.error", from: node)
        }
        guard let code = node["code"], code.integer != nil || code.isFilledText else {
            return reading.quarantine("invalid", "An error needs a `code`.", from: node)
        }
        let first = (self.node["messages"] ?? self.node["statuses"])?.elements.first
        var event = event(.errorObserved)
        event.add(.id, text: "error/\(index)/" + fingerprint)
        if let time = sent ?? first?["timestamp"]?.seconds { event.happened(at: time) }
        event.add(.code, scalar: code)
        event.add(.scope, text: "account")
        if let detail = Self.detail(of: node) { event.add(.detail, text: detail) }
        event.keep(
            node,
            except: [
                "code": .all, "details": .all, "title": .all, "message": .all, "href": .all,
                "error_data": ["details": .all],
            ])
        reading.take(event, from: node)
    }

    /// What tells this value from others: for things that the provider gives no id.
    ///
    /// The same value of another entry, or sent at another time, is another one.
    var fingerprint: String {
        var bytes = Array((business ?? "").utf8)
        bytes.append(UInt8(ascii: "/"))
        bytes.append(littleEndian: sent?.nanoseconds ?? 0)
        node.append(to: &bytes)
        return bytes.span.fingerprint().hex
    }
}
