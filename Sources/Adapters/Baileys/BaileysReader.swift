import Events

/// Reads the messages, statuses and reactions that Baileys emits, for an account.
struct BaileysReader {
    let account: BridgeAccount
    /// When the event was told of, where the body says so.
    let time: Timestamp?

    // MARK: - Messages

    /// Reads one message: `{"key", "message", "messageTimestamp", "pushName"}`.
    ///
    /// - Parameter isEcho: whether a message of ours went through the API.
    func read(message value: JSONNode, isEcho: Bool, _ reading: inout Reading) {
        guard let key = BaileysKey(value["key"], account: account.name) else {
            return reading.quarantine("invalid", "The message has no id.", from: value)
        }
        guard let message = value["message"] else {
            // What could not be decrypted, and lines such as "Anna joined".
            return reading.note("stub", from: value, chat: key.chat?.name)
        }
        guard let time = value["messageTimestamp"]?.moment else {
            return reading.quarantine("invalid", "The message has no time.", from: value)
        }
        let content = WhatsAppContent(message)
        var post = post(.write, key.id, key)
        post.isEcho = isEcho
        post.time = time
        post.name = value["pushName"]?.text
        post.quoted = content.quoted
        post.kept = content.kept
        switch content.meaning {
        case .noted(let kind): return reading.note(kind, from: value, chat: key.chat?.name)
        case .message(let text): post.text = text
        case .edit(let target, let text, let edited):
            guard change(&post, .edit, target, key) else { break }
            post.text = text
            post.time = edited ?? time
        case .revoke(let target):
            guard change(&post, .revoke, target, key) else { break }
        case .reaction(let target, let text, let reacted):
            guard change(&post, .react, target, key) else { break }
            post.text = text
            post.time = reacted ?? time
        }
        guard !post.message.isEmpty else {
            return reading.quarantine(
                "invalid", "It says not which message it is about.", from: value)
        }
        if post.act == .write {
            post.kept.add(
                value,
                except: [
                    "key", "message", "messageTimestamp", "pushName", "status", "contextInfo",
                    "userReceipt", "reactions", "instanceId", "messageType", "base64",
                ])
        }
        reading.take(post, of: account, from: value)
    }

    private func post(_ act: Post.Act, _ id: String, _ key: BaileysKey) -> Post {
        var post = Post(act, message: id)
        post.isOwn = key.isOwn
        post.chat = key.chat
        post.author = key.participant
        post.alias = key.alias
        return post
    }

    /// Makes a post one about another message; false where that has no id.
    private func change(
        _ post: inout Post, _ act: Post.Act, _ target: JSONNode?, _ key: BaileysKey
    ) -> Bool {
        post.act = act
        post.message = target?["id"]?.text ?? ""
        post.ownID = key.id
        post.quoted = nil
        post.name = nil
        return !post.message.isEmpty
    }

    /// Reads one entry of `messages.reaction`: `{"key", "reaction": {"key", "text", …}}`.
    func read(reaction value: JSONNode, _ reading: inout Reading) {
        guard let target = BaileysKey(value["key"], account: account.name) else {
            return reading.quarantine("invalid", "The reaction names no message.", from: value)
        }
        let own = BaileysKey(value["reaction"]?["key"], account: account.name)
        var post = post(.react, target.id, own ?? target)
        post.isOwn = own?.isOwn ?? false
        post.ownID = own?.id
        post.chat = target.chat ?? own?.chat
        post.author = own?.participant
        post.text = value["reaction"]?["text"]?.text ?? ""
        post.time = value["reaction"]?["senderTimestampMs"]?.moment ?? time
        reading.take(post, of: account, from: value)
    }

    // MARK: - Statuses

    /// Reads what changed of a message: a status, an edit, a revoke; anything else is noted.
    ///
    /// - Parameter update: where the change stands: `update` of Baileys, or the value itself.
    func read(update: JSONNode, of key: BaileysKey, from value: JSONNode, _ reading: inout Reading)
    {
        if let status = update["status"]?.scalar {
            return read(status: status, update, of: key, from: value, reading: &reading)
        }
        let told = update["messageTimestamp"]?.moment ?? time
        if let message = update["message"] {
            var post = post(.edit, key.id, key)
            post.time = told
            switch WhatsAppContent(message).meaning {
            case .message(let text): post.text = text
            case .edit(_, let text, let edited):
                post.text = text
                post.time = edited ?? told
            default: return reading.note("update", from: value, chat: key.chat?.name)
            }
            return reading.take(post, of: account, from: value)
        }
        let stub = update["messageStubType"]?.scalar
        guard stub == "1" || stub == "REVOKE" else {
            return reading.note("update", from: value, chat: key.chat?.name)
        }
        revoke(key, at: told, from: value, &reading)
    }

    /// Reads that a message was taken back.
    func revoke(
        _ key: BaileysKey, at time: Timestamp?, from value: JSONNode, _ reading: inout Reading
    ) {
        var post = post(.revoke, key.id, key)
        post.time = time
        reading.take(post, of: account, from: value)
    }

    private func read(
        status spelling: String, _ update: JSONNode, of key: BaileysKey, from value: JSONNode,
        reading: inout Reading
    ) {
        let told = update["messageTimestamp"]?.moment ?? time
        let state: PostStatus.State
        switch spelling.uppercased() {
        case "0", "ERROR", "FAILED": state = .failed
        case "2", "SERVER_ACK", "SENT": state = .sent
        case "3", "DELIVERY_ACK", "DELIVERED": state = .delivered
        case "4", "5", "READ", "PLAYED": state = .read
        case "DELETED": return revoke(key, at: told, from: value, &reading)
        case "1", "PENDING": return reading.note("receipt", from: value, chat: key.chat?.name)
        default:
            return reading.quarantine(
                "unknown", "The status `\(spelling)` is unknown.", from: value)
        }
        guard key.isOwn || value["fromMe"] == nil && value["key"]?["fromMe"] == nil else {
            // What we read or played ourselves.
            return reading.note("receipt", from: value, chat: key.chat?.name)
        }
        var status = PostStatus(state, message: key.id)
        status.time = told
        status.chat = key.chat
        status.participant = key.chat?.kind == .group ? key.participant : nil
        status.alias = key.alias
        if state == .failed { fail(&status, update) }
        reading.take(status, of: account, from: value)
    }

    /// The code of a failure stands in the parameters of the stub: `["463"]`.
    private func fail(_ status: inout PostStatus, _ update: JSONNode) {
        let parameters = update["messageStubParameters"]
        let code = parameters?.elements.first
        if let number = code?.integer {
            status.code = .integer(number)
        } else {
            status.code = .text(code?.text ?? "ERROR")
        }
        let more = parameters?.elements.dropFirst().compactMap(\.text) ?? []
        if !more.isEmpty { status.detail = .text(more.joined(separator: " ")) }
    }

    /// Reads one entry of `message-receipt.update`: who in a group received or read a message.
    func read(receipt value: JSONNode, _ reading: inout Reading) {
        guard let key = BaileysKey(value["key"], account: account.name),
            let receipt = value["receipt"]
        else {
            return reading.quarantine("invalid", "The receipt names no message.", from: value)
        }
        let read = (receipt["readTimestamp"] ?? receipt["playedTimestamp"])?.moment
        let received = receipt["receiptTimestamp"]?.moment
        guard key.isOwn, read != nil || received != nil else {
            return reading.note("receipt", from: value, chat: key.chat?.name)
        }
        var status = PostStatus(read == nil ? .delivered : .read, message: key.id)
        status.time = read ?? received
        status.chat = key.chat
        status.participant = WhatsAppAddress(receipt["userJid"]) ?? key.participant
        status.alias = key.alias
        reading.take(status, of: account, from: value)
    }

    // MARK: - Connections and contacts

    /// Reads how the connection ended, or that it began.
    func read(connection value: JSONNode, _ reading: inout Reading) {
        let lock = value["reachoutTimeLock"] ?? value["reachoutTimelock"]
        if let lock, lock["isActive"]?.flag != nil {
            return reading.take(timelock: lock, at: time, of: account, from: value)
        }
        let error = value["lastDisconnect"]?["error"]
        let output = error?["output"]
        let code =
            (output?["statusCode"] ?? output?["payload"]?["statusCode"] ?? error?["statusCode"]
            ?? value["statusReason"] ?? value["statusCode"])?.integer
        guard let code, code != 200, code != 0 else {
            return reading.note("connection", from: value)
        }
        let text = output?["payload"]?["message"]?.text ?? error?["message"]?.text
        let date = value["lastDisconnect"]?["date"]?.moment ?? time
        reading.take(
            error: .integer(code), scope: DisconnectCode.scope(code),
            detail: text.map { .text($0) }, at: date, id: nil, of: account, from: value)
    }

    /// Notes a contact; a number and a LID that it names are one person.
    func read(contact value: JSONNode, kind: String, _ reading: inout Reading) {
        let nodes = [
            value["id"], value["jid"], value["phoneNumber"], value["pn"], value["lid"],
            value["remoteJid"], value["remoteJidAlt"],
        ]
        let addresses = nodes.compactMap { WhatsAppAddress($0) }
        let number = addresses.first { $0.kind == .number && $0.name != account.name }
        let lid = addresses.first { $0.kind == .lid }
        if let number, let lid {
            reading.link(number.name, lid.name, evidence: "lid", at: time?.instant)
        }
        reading.note(kind, from: value, chat: number?.name ?? lid?.name)
    }
}
