import Events

/// A message as a bridge tells of it, or what was done to one; or how far it came.
///
/// What all bridges share: whose it is, in which chat, and what event that makes.
///
/// | what | whose | event | names |
/// |---|---|---|---|
/// | a message | theirs | `message.received` | person, in a group chat too |
/// | a message, typed on the phone or by another program | ours | `send.attempted` | recipient |
/// | a message, sent through the bridge | ours | `message.sent` | recipient |
/// | an edit, a revoke, a reaction | theirs | `message.edited` … | person, in a group chat too |
/// | an edit, a revoke, a reaction | ours | `message.edited` … | chat alone: nobody wrote to us |
/// | a status | of ours | `message.sent`, `message.delivered` … | recipient |
///
/// Messages in a status (a story) or a channel are noted.
struct Post {
    enum Act { case write, edit, revoke, react }

    /// What it is.
    var act = Act.write
    /// Whether we wrote it.
    var isOwn = false
    /// Whether we wrote it through the bridge, which the gate stands before.
    var isEcho = false
    /// The provider's id of the message that it is, or that it is about.
    var message: String
    /// The id of the edit, revoke or reaction itself, where it has one.
    var ownID: String?
    /// The chat: a group, or the other party.
    var chat: WhatsAppAddress?
    /// Who wrote it, where that is known.
    var author: WhatsAppAddress?
    /// Another alias of the other party of a direct chat, or of the author in a group.
    var alias: WhatsAppAddress?
    /// When; nil where the bridge does not say.
    var time: Timestamp?
    var text: String?
    var name: String?
    var quoted: String?
    var kept = Kept()

    init(_ act: Act = .write, message: String) {
        self.act = act
        self.message = message
    }
}

/// The bridge account that a body is of.
struct BridgeAccount {
    let format: String
    /// Our number, or what else the bridge calls the account by.
    let name: String?
    /// The source of its events.
    let source: String

    init(_ format: String, _ name: String?) {
        self.format = format
        self.name = name
        source = name.map { "\(format)/\($0)" } ?? format
    }
}

/// Who is concerned by a post or a status.
private struct Parties {
    /// The group, or nil for a direct chat.
    var group: String?
    /// The person: of a direct chat the other party, of a group the author.
    var person: String?
    /// Another alias of the same person.
    var other: String?

    /// What the policy's list of chats is asked for.
    var chat: String? { group ?? person }
    /// To whom a message went.
    var recipient: String? { group ?? person }

    init(
        _ chat: WhatsAppAddress?, _ author: WhatsAppAddress?, _ alias: WhatsAppAddress?,
        account: String?
    ) {
        if chat?.kind == .group { group = chat?.name }
        // Some bridges name our own account as the chat, or as the author.
        let candidates = group == nil ? [chat, author] : [author]
        var known = candidates.compactMap(\.self).filter { $0.isPerson && $0.name != account }
        if let alias, alias.isPerson, alias.name != account { known.append(alias) }
        let number = known.first { $0.kind == .number }
        let lid = known.first { $0.kind == .lid }
        person = number?.name ?? lid?.name ?? known.first?.name
        if number != nil { other = lid?.name }
    }
}

extension Reading {
    /// Takes a post as the event that it is.
    mutating func take(_ post: Post, of account: BridgeAccount, from node: JSONNode) {
        switch post.chat?.kind {
        case .status: return note("status", from: node)
        case .newsletter: return note("newsletter", from: node, chat: post.chat?.name)
        default: break
        }
        let parties = Parties(
            post.chat, post.isOwn && post.chat?.kind == .group ? nil : post.author, post.alias,
            account: account.name)
        guard parties.chat != nil || post.isOwn else {
            return quarantine(
                "invalid", "The message says neither who wrote it nor where.", from: node)
        }
        var builder = DraftBuilder(
            type(of: post), source: account.source, id: id(of: post, parties.group))
        if let time = post.time { builder.happened(at: time.instant, form: time.form) }
        builder.add(.account, text: account.name)
        builder.add(.message, text: post.message)
        if post.act != .revoke { builder.add(.text, text: post.text) }
        builder.add(.quoted, text: post.quoted)
        add(parties, of: post, to: &builder)
        post.kept.close(&builder, under: account.format)
        if !post.isOwn || parties.group == nil { link(parties, at: post.time?.instant) }
        take(builder, chat: parties.chat, from: node, isOwn: post.isOwn)
    }

    private func type(of post: Post) -> EventType {
        switch post.act {
        case .write where !post.isOwn: .messageReceived
        case .write: post.isEcho ? .messageSent : .sendAttempted
        case .edit: .messageEdited
        case .revoke: .messageRevoked
        case .react: .messageReacted
        }
    }

    private func add(_ parties: Parties, of post: Post, to builder: inout DraftBuilder) {
        if post.isOwn {
            if let group = parties.group {
                builder.add(.chat, text: group)
            } else if post.act == .write {
                builder.add(.person, text: parties.person)
            } else {
                builder.add(.chat, text: parties.person)
            }
            if post.act == .write { builder.add(.recipient, text: parties.recipient) }
            return
        }
        builder.add(.chat, text: parties.group)
        builder.add(.person, text: parties.person)
        builder.add(.name, text: post.name)
        if post.act == .write { builder.add(.provenance, text: "webhook") }
    }

    private func id(of post: Post, _ group: String?) -> String {
        let scope = group.map { "/\($0)" } ?? ""
        guard post.act != .write else { return post.message + scope }
        if let own = post.ownID, own != post.message { return own + scope }
        let word =
            switch post.act {
            case .edit: "edit"
            case .revoke: "revoke"
            default: "reaction"
            }
        let moment = post.time.map { "/\($0.instant.nanoseconds)" } ?? ""
        let author = post.isOwn ? "/own" : ""
        return "\(word)/\(post.message)\(scope)\(author)\(moment)"
    }

    private mutating func link(_ parties: Parties, at time: Instant?) {
        guard let person = parties.person, let other = parties.other else { return }
        link(person, other, evidence: "lid", at: time)
    }
}

/// How far a message of ours came.
struct PostStatus {
    enum State: String { case sent, delivered, read, failed }

    var state: State
    /// The provider's id of the message.
    var message: String
    /// The chat: a group, or the other party.
    var chat: WhatsAppAddress?
    /// Whose device it was, in a group.
    var participant: WhatsAppAddress?
    /// Another alias of the person.
    var alias: WhatsAppAddress?
    /// When; nil where the bridge does not say.
    var time: Timestamp?
    /// What went wrong.
    var code: Scalar?
    var detail: Scalar?
    var kept = Kept()

    init(_ state: State, message: String) {
        self.state = state
        self.message = message
    }
}

extension Reading {
    /// Takes a status as the event that it is.
    mutating func take(_ status: PostStatus, of account: BridgeAccount, from node: JSONNode) {
        let parties = Parties(
            status.chat, status.participant, status.alias, account: account.name)
        let type: EventType =
            switch status.state {
            case .sent: .messageSent
            case .delivered: .messageDelivered
            case .read: .messageRead
            case .failed: .messageFailed
            }
        let scope = [parties.group, parties.group == nil ? nil : parties.person]
            .compactMap(\.self).map { "/\($0)" }.joined()
        var builder = DraftBuilder(
            type, source: account.source,
            id: "\(status.state.rawValue)/\(status.message)\(scope)")
        if let time = status.time { builder.happened(at: time.instant, form: time.form) }
        builder.add(.account, text: account.name)
        builder.add(.message, text: status.message)
        builder.add(.chat, text: parties.group)
        builder.add(.person, text: parties.person)
        builder.add(.recipient, text: parties.person ?? parties.group)
        if status.state == .failed {
            builder.add(.code, scalar: status.code)
            builder.add(.detail, scalar: status.detail)
        }
        status.kept.close(&builder, under: account.format)
        if let person = parties.person, let other = parties.other {
            link(person, other, evidence: "lid", at: status.time?.instant)
        }
        take(builder, chat: parties.chat, from: node)
    }
}
