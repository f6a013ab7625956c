import Events

extension CloudValue {
    /// What every message must name.
    struct Head {
        let node: JSONNode
        let id: JSONNode
        let type: JSONNode
        let time: Instant
    }

    /// The head of a message; without one it is put aside.
    func head(_ node: JSONNode, into reading: inout Reading) -> Head? {
        guard let id = node["id"], id.isFilledText, id.range.count <= Self.idBytesMax else {
            reading.quarantine("invalid", "A message needs an `id`, a text.", from: node)
            return nil
        }
        guard let type = node["type"], type.isFilledText else {
            reading.quarantine("invalid", "A message needs a `type`, a text.", from: node)
            return nil
        }
        guard let time = node["timestamp"]?.seconds else {
            reading.quarantine(
                "invalid", "A message needs a `timestamp`, seconds since 1970.", from: node)
            return nil
        }
        return Head(node: node, id: id, type: type, time: time)
    }

    /// The most bytes of a provider's id: one that is longer fits into no event's `id`.
    static let idBytesMax = 960

    /// A message that a person wrote.
    mutating func read(message node: JSONNode, into reading: inout Reading) {
        guard let head = head(node, into: &reading) else { return }
        let (number, user) = (node["from"], node["from_user_id"])
        guard let person = alias(number) ?? self.user(user) else {
            return reading.quarantine(
                "invalid", "A message needs `from` or `from_user_id`.", from: node)
        }
        // The media of shared history come without the thread that says whose they are.
        if person == ours { return read(own: node, to: node["to"], in: nil, into: &reading) }
        let name = meet(
            number, user, node["from_parent_user_id"], at: head.time, into: &reading)
        linkSender(number, user, at: head.time, into: &reading)
        let group = group(node["group_id"])
        let chat = group ?? person
        if head.type.equals("system") {
            return read(system: head, person, chat, into: &reading)
        }
        if head.type.equals("request_welcome") {
            return reading.note("request_welcome", from: node, chat: chat)
        }
        guard let (kind, target) = subject(of: head, into: &reading) else { return }
        var event = event(kind.type)
        event.add(.id) { id in
            head.id.appendText(to: &id)
            // Its details come later, under the same id.
            if head.type.equals("media_placeholder") { id.append(contentsOf: "/placeholder".utf8) }
        }
        event.happened(at: head.time)
        event.add(.chat, text: group)
        event.add(.person, text: person)
        event.add(.message, text: target)
        if kind.type == .messageReacted {
            if let emoji = node["reaction"]?["emoji"], emoji.kind == .text {
                event.add(.text, text: emoji)
            } else {
                event.add(.text, text: "")
            }
        } else if let text = kind.text {
            event.add(.text, text: text)
        }
        if let name { event.add(.name, text: name) }
        if kind.type == .messageReceived {
            if let quoted = node["context"]?["id"], quoted.isFilledText {
                event.add(.quoted, text: quoted)
            }
            event.add(.provenance, text: "webhook")
        }
        event.keep(node, except: kind.read)
        reading.take(event, chat: chat, from: node)
    }

    /// What a message is to the ledger.
    struct Meaning {
        let type: EventType
        /// The text: of an edit the new one.
        let text: JSONNode?
        let read: ReadMembers
    }

    /// What a message is, and the message that it concerns; what is neither is put aside.
    func subject(
        of head: Head, into reading: inout Reading
    ) -> (kind: Meaning, target: JSONNode)? {
        let node = head.node
        if let kind = CloudMessageKind.of(node, head.type) {
            let meaning = Meaning(
                type: .messageReceived, text: kind.text(of: node), read: kind.read)
            return (meaning, head.id)
        }
        let (type, name): (EventType, String)
        if head.type.equals("reaction") {
            (type, name) = (.messageReacted, "message_id")
        } else if head.type.equals("edit") {
            (type, name) = (.messageEdited, "original_message_id")
        } else if head.type.equals("revoke") {
            (type, name) = (.messageRevoked, "original_message_id")
        } else {
            let shown = String((head.type.text ?? "").prefix(40))
            reading.quarantine("unknown", "The type of message `\(shown)` is unknown.", from: node)
            return nil
        }
        let content = head.type.text.flatMap { node[$0] }
        guard let target = content?[name], target.isFilledText else {
            reading.quarantine(
                "invalid", "The message does not say which one it concerns: `\(name)`.", from: node)
            return nil
        }
        guard type == .messageEdited else {
            return (Meaning(type: type, text: nil, read: CloudMessageKind.common), target)
        }
        let message = content?["message"]
        let kind = message.flatMap { new in
            new["type"].flatMap { CloudMessageKind.of(new, $0) }
        }
        let meaning = Meaning(
            type: type, text: message.flatMap { kind?.text(of: $0) },
            read: kind?.readOfEdit ?? CloudMessageKind.common)
        return (meaning, target)
    }

    /// What the platform says of a person, in the form of a message.
    private func read(
        system head: Head, _ person: String, _ chat: String, into reading: inout Reading
    ) {
        guard let system = head.node["system"], let type = system["type"] else {
            return reading.quarantine(
                "invalid", "A system message needs `system` with a `type`.", from: head.node)
        }
        let moves = [
            "user_changed_number", "customer_changed_number", "user_changed_user_id",
        ]
        guard moves.contains(where: type.equals) else {
            let isIdentity = type.equals("customer_identity_changed")
            return reading.note(
                isIdentity ? "customer_identity_changed" : "system", from: head.node, chat: chat)
        }
        for name in ["wa_id", "new_wa_id", "user_id", "parent_user_id"] {
            let isUser = name.hasSuffix("user_id")
            guard let new = isUser ? user(system[name]) : alias(system[name]) else { continue }
            reading.link(person, new, evidence: "user_changed_number", at: head.time)
        }
        reading.note("user_changed_number", from: head.node, chat: chat)
    }
}
