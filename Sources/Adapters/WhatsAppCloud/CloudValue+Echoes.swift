import Events

extension CloudValue {
    /// A message that a human of ours sent from the phone app.
    mutating func read(echo node: JSONNode, into reading: inout Reading) {
        read(own: node, to: node["to"], in: nil, into: &reading)
    }

    /// A message of ours that went outside the gate.
    ///
    /// - Parameter thread: the other party, where the message does not name it.
    mutating func read(
        own node: JSONNode, to number: JSONNode?, in thread: JSONNode?, into reading: inout Reading
    ) {
        guard let head = head(node, into: &reading) else { return }
        let user = node["to_user_id"]
        let group = group(node["group_id"])
        var person = alias(number) ?? self.user(user) ?? alias(thread)
        // Meta's examples of edits and revokes name us as the receiver.
        if let ours, person == ours { person = alias(node["from"]) }
        guard let chat = group ?? person else {
            return reading.quarantine("invalid", "An echo needs `to` or `to_user_id`.", from: node)
        }
        _ = meet(number ?? thread, user, node["to_parent_user_id"], at: head.time, into: &reading)
        guard let (kind, target) = subject(of: head, into: &reading) else { return }
        let isSend = kind.type == .messageReceived
        // A reaction of ours is no message, and one of a person would open a service window.
        if kind.type == .messageReacted { return reading.note("reaction", from: node, chat: chat) }
        var event = event(isSend ? .sendAttempted : kind.type)
        event.add(.id) { id in
            head.id.appendText(to: &id)
            if head.type.equals("media_placeholder") { id.append(contentsOf: "/placeholder".utf8) }
        }
        event.happened(at: head.time)
        event.add(.chat, text: group)
        // What we change is nothing that the person did: the person only receives it.
        if isSend { event.add(.person, text: person) }
        event.add(.recipient, text: chat)
        event.add(.message, text: target)
        if let text = kind.text { event.add(.text, text: text) }
        event.keep(node, except: kind.read)
        reading.take(event, chat: chat, from: node, isOwn: true)
    }

    /// A chunk of what stood in the phone app before: messages of both parties, by thread.
    mutating func read(history chunk: JSONNode, into reading: inout Reading) {
        let before = reading.elements.count
        let threads = chunk["threads"]
        for thread in threads?.elements ?? chunk.elements {
            for node in thread["messages"]?.elements ?? chunk.elements {
                read(past: node, in: thread, into: &reading)
            }
        }
        guard reading.elements.count == before else { return }
        reading.note(chunk["errors"] == nil ? "history" : "history.declined", from: chunk)
    }

    private mutating func read(
        past node: JSONNode, in thread: JSONNode, into reading: inout Reading
    ) {
        guard node.kind == .object else {
            return reading.quarantine("invalid", "A message is no object.", from: node)
        }
        let from = alias(node["from"])
        let other = thread["id"] ?? thread["context"]?["wa_id"]
        // Our own are those that name a receiver, or do not come from the other party.
        let isOwn =
            node["to"] != nil || node["to_user_id"] != nil
            || (from != nil && from == ours)
        if isOwn {
            read(own: node, to: node["to"] ?? other, in: other, into: &reading)
        } else {
            read(message: node, into: &reading)
        }
    }
}
