import Bytes
import Events

/// The `value` of one change, with what holds for all that it carries.
struct CloudValue {
    let node: JSONNode
    /// The `field` of the change; empty where there is none.
    let field: String
    /// The id of the business account, where the entry has one.
    let business: String?
    /// When the entry was sent, where it says so.
    let sent: Instant?
    /// Our number, or what else names our account.
    let account: String?
    /// Whether ``account`` is that of one number, and not of the business account.
    let isNumber: Bool
    /// Our number as the value shows it, whatever ``account`` is.
    let ours: String?
    private let contacts: JSONNode?
    /// Whether the aliases of the only contact were linked.
    private var isLinked = false

    init(_ node: JSONNode, field: String, of entry: JSONNode?, _ options: AdapterOptions) {
        self.node = node
        self.field = field
        let id = entry?["id"]
        business = id.flatMap { $0.isFilledText ? $0.text : $0.scalar }
        sent = entry?["time"]?.seconds
        contacts = node["contacts"]
        let data = node["metadata"]
        ours = Self.number(data?["display_phone_number"] ?? node["display_phone_number"])
        let known = options.account ?? ours ?? Self.filled(data?["phone_number_id"])
        account = known ?? business
        isNumber = known != nil
    }

    /// Reads what is in it by its members; by ``field`` where they say nothing.
    mutating func read(into reading: inout Reading) {
        let before = reading.elements.count
        for (key, list) in node.members {
            guard let kind = CloudList(key) else { continue }
            guard list.kind == .array else {
                if list.kind != .null {
                    reading.quarantine("invalid", "`\(kind.rawValue)` is no list.", from: node)
                }
                continue
            }
            for (index, thing) in list.elements.enumerated() {
                guard thing.kind == .object else {
                    reading.quarantine(
                        "invalid", "An element of `\(kind.rawValue)` is no object.", from: thing)
                    continue
                }
                switch kind {
                case .messages: read(message: thing, into: &reading)
                case .message_echoes: read(echo: thing, into: &reading)
                case .statuses: read(status: thing, into: &reading)
                case .errors: read(error: thing, index, into: &reading)
                case .user_preferences: read(preference: thing, into: &reading)
                case .history: read(history: thing, into: &reading)
                case .calls: reading.note("call", from: thing, chat: alias(thing["from"]))
                case .state_sync: reading.note("state_sync", from: thing)
                }
            }
        }
        if reading.elements.count == before { readNotice(into: &reading) }
    }

    // MARK: - Names

    /// Begins an event from this account.
    func event(_ type: EventType) -> DraftBuilder {
        var event = DraftBuilder(type)
        event.add(.source) { source in
            source.append(contentsOf: WhatsAppCloud.format.utf8)
            guard let account else { return }
            source.append(UInt8(ascii: "/"))
            source.append(contentsOf: account.utf8)
        }
        event.add(.account, text: account)
        return event
    }

    /// An alias as the ledger spells it: `+` before the digits of a number; nil where none is.
    func alias(_ node: JSONNode?) -> String? {
        guard let text = Self.filled(node) else { return nil }
        return Self.isNumber(text) ? "+" + text : text
    }

    /// A business-scoped id, in the only form that it has: `ZA.1349…`; nil for anything else.
    ///
    /// What libraries write where there is none, `undefined` or `null`, would join strangers.
    func user(_ node: JSONNode?) -> String? {
        guard let text = Self.filled(node), WhatsAppAddress.isUserID(text) else { return nil }
        return text
    }

    /// A group as the ledger spells it; nil where none is given.
    func group(_ node: JSONNode?) -> String? {
        guard let text = Self.filled(node) else { return nil }
        return text.utf8.contains(UInt8(ascii: "@")) ? text : text + "@g.us"
    }

    private static func filled(_ node: JSONNode?) -> String? {
        guard let node, let text = node.kind == .text ? node.text : node.scalar, !text.isEmpty
        else { return nil }
        return text
    }

    private static func isNumber(_ text: String) -> Bool {
        (7...15).contains(text.utf8.count) && text.utf8.allSatisfy { $0 &- 0x30 < 10 }
    }

    /// A shown number without its spaces and marks; as it is where it is none.
    private static func number(_ node: JSONNode?) -> String? {
        guard let text = filled(node) else { return nil }
        if isNumber(text) { return "+" + text }
        let marks = " -().+".utf8
        let digits = String(text.filter { !($0.utf8.count == 1 && marks.contains($0.utf8.first!)) })
        return isNumber(digits) ? "+" + digits : text
    }

    // MARK: - Contacts

    /// The contact with one of two ids, or the only one where it shows no other.
    private func contact(_ number: JSONNode?, _ user: JSONNode?) -> JSONNode? {
        guard let contacts else { return nil }
        for contact in contacts.elements {
            if let number, let id = contact["wa_id"], number.equals(id) { return contact }
            if let user, let id = contact["user_id"], user.equals(id) { return contact }
        }
        return nil
    }

    /// Links the aliases of a person, and says under which name the person is shown.
    ///
    /// - Parameters:
    ///   - number: the number that the thing names, as it is spelt.
    ///   - user, parent: the business-scoped ids that it names.
    mutating func meet(
        _ number: JSONNode?, _ user: JSONNode?, _ parent: JSONNode?, at time: Instant?,
        into reading: inout Reading
    ) -> JSONNode? {
        let contact = contact(number, user)
        if let contact {
            link(
                contact["wa_id"] ?? number, contact["user_id"] ?? user,
                contact["parent_user_id"] ?? parent, at: time, into: &reading)
        } else {
            link(number, user, parent, at: time, into: &reading)
            linkOnlyContact(at: time, into: &reading)
        }
        guard let profile = contact?["profile"] else { return nil }
        for name in ["name", "username"] {
            if let name = profile[name], name.isFilledText { return name }
        }
        return nil
    }

    /// A contact that no thing names still shows which aliases belong together.
    private mutating func linkOnlyContact(at time: Instant?, into reading: inout Reading) {
        guard !isLinked, let contact = contacts?.elements.first else { return }
        isLinked = true
        link(
            contact["wa_id"], contact["user_id"], contact["parent_user_id"], at: time,
            into: &reading)
    }

    /// How many digits two spellings of one number end with alike.
    private static let endCount = 6

    /// Links a message's `from` with the `wa_id` of the only contact: in some countries the two are
    /// spelt otherwise.
    ///
    /// They are one person where nobody else is named: no second contact, no other sender, no other
    /// business-scoped id; and where both end alike, for the contact may be somebody else's.
    func linkSender(
        _ number: JSONNode?, _ sender: JSONNode?, at time: Instant?, into reading: inout Reading
    ) {
        let all = contacts.map { Array($0.elements) } ?? []
        guard all.count == 1, let contact = all.first, let number,
            let from = alias(number), let id = alias(contact["wa_id"]), from != ours, id != ours,
            from.suffix(Self.endCount) == id.suffix(Self.endCount)
        else { return }
        let messages = node["messages"].map { Array($0.elements) } ?? []
        let isAlone = messages.allSatisfy { message in
            message["from"].map { alias($0) == from } ?? false
        }
        let known = user(contact["user_id"])
        guard isAlone, known == nil || user(sender) == nil || known == user(sender) else { return }
        reading.link(from, id, evidence: "contacts", at: time)
    }

    private func link(
        _ number: JSONNode?, _ user: JSONNode?, _ parent: JSONNode?, at time: Instant?,
        into reading: inout Reading
    ) {
        guard let user = self.user(user) else { return }
        if let number = alias(number) {
            reading.link(number, user, evidence: "contacts", at: time)
        }
        if let parent = self.user(parent) {
            reading.link(user, parent, evidence: "contacts", at: time)
        }
    }
}

/// The lists that a value may hold.
enum CloudList: String {
    case messages, message_echoes, statuses, errors, user_preferences, history, calls, state_sync

    init?(_ key: JSONNode) {
        let list: CloudList
        switch key.range.count {
        case 5: list = .calls
        case 6: list = .errors
        case 7: list = .history
        case 8: list = key.equals("messages") ? .messages : .statuses
        case 10: list = .state_sync
        case 14: list = .message_echoes
        case 16: list = .user_preferences
        default: return nil
        }
        guard key.equals(list.rawValue) else { return nil }
        self = list
    }
}
