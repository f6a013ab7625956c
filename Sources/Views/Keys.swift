public import Bytes
public import Events

/// What a rate is counted for.
public enum RateScope: UInt8, CaseIterable, Sendable {
    /// All sends of the ledger.
    case ledger = 1
    /// One of our sending identities.
    case account = 2
    /// A chat.
    case chat = 3
    /// A person.
    case person = 4
    /// An account and a person.
    case pair = 5
    /// A subject.
    case subject = 6
    /// An account and a category.
    case category = 7
    /// A role.
    case role = 8
    /// The sends to a person since the person last wrote.
    case chain = 9

    /// The key of the row for `name`, so that equal names of different scopes stay apart.
    public func key(_ name: Fingerprint = .none) -> Fingerprint {
        Fingerprint(
            name.bits &+ UInt128(rawValue) &* 0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
    }
}

/// The keys under which a send counts.
///
/// A missing name is ``Fingerprint/none``.
public struct SendKeys: Sendable, Equatable, BitwiseCopyable {
    /// The sending identity.
    public var account: Fingerprint
    /// The chat.
    public var chat: Fingerprint
    /// The person.
    public var person: Fingerprint
    /// The subject.
    public var subject: Fingerprint
    /// The content to its recipient: see ``SendKeys/content(_:chat:person:)``.
    public var content: Fingerprint
    /// The business key: see ``SendKeys/business(subject:steps:submission:)``.
    public var business: Fingerprint
    /// What the asking process does.
    public var role: Fingerprint = .none
    /// The asking process.
    public var instance: Fingerprint = .none
    /// The template in its language.
    public var template: Fingerprint = .none
    /// What it is sent as; `all` where that was not said.
    public var category = ConsentCategory.all

    /// Keys from names.
    public init(
        account: Fingerprint = .none, chat: Fingerprint = .none, person: Fingerprint = .none,
        subject: Fingerprint = .none, content: Fingerprint = .none, business: Fingerprint = .none
    ) {
        self.account = account
        self.chat = chat
        self.person = person
        self.subject = subject
        self.content = content
        self.business = business
    }

    /// The keys of a `send.*` event.
    public init(_ event: borrowing EventView) {
        self.init(
            account: event.account, chat: event.chat, person: event.recipient,
            subject: event.subject,
            content: Self.content(
                event.nameFingerprint(.text), chat: event.chat, person: event.person),
            business: Self.business(
                subject: event.subject, steps: Self.steps(event),
                submission: event.integer(.submission)))
        role = event.nameFingerprint(.role)
        instance = event.nameFingerprint(.instance)
        template = event.template
        category = ConsentCategory(event)
    }

    /// The name that the sends of an account in a category are counted under; none without one.
    public var accountCategory: Fingerprint {
        category == .all
            ? .none : account.paired(with: Fingerprint(UInt128(category.rawValue) | 1 << 90))
    }

    /// The account and the person, or none where one is missing.
    public var pair: Fingerprint {
        account == .none || person == .none ? .none : account.paired(with: person)
    }

    /// A text to a recipient: the chat, or else the person; none without text or recipient.
    public static func content(
        _ text: Fingerprint, chat: Fingerprint, person: Fingerprint
    ) -> Fingerprint {
        let recipient = chat == .none ? person : chat
        return text == .none || recipient == .none ? .none : text.paired(with: recipient)
    }

    /// (subject, set of steps, submission); none for a request without steps and submission.
    public static func business(
        subject: Fingerprint, steps: Fingerprint, submission: Int64?
    ) -> Fingerprint {
        guard subject != .none, steps != .none || submission != nil else { return .none }
        let number = Fingerprint(UInt128(truncatingIfNeeded: submission ?? -1) &+ 0x51ED_2701)
        return subject.paired(with: steps).paired(with: number)
    }

    /// A set of steps, whatever their order; none for an empty list.
    public static func steps(_ names: [Fingerprint]) -> Fingerprint {
        var sum: UInt128 = 0
        for (index, name) in names.enumerated() where !names[..<index].contains(name) {
            sum &+= name.bits
        }
        return Fingerprint(sum)
    }

    /// The set of steps of an event.
    public static func steps(_ event: borrowing EventView) -> Fingerprint {
        guard let range = event.range(of: .steps) else { return .none }
        var names: [Fingerprint] = []
        var at = range.lowerBound
        while at + 2 <= range.upperBound {
            let count = Int(event.bytes.load(at: at, as: UInt16.self))
            guard at + 2 + count <= range.upperBound else { break }
            names.append(event.bytes.extracting(at + 2..<at + 2 + count).fingerprint())
            at += 2 + count
        }
        return steps(names)
    }
}

extension SendKeys {
    init(decoding reader: inout RowReader) {
        self.init(
            account: reader.fingerprint(), chat: reader.fingerprint(), person: reader.fingerprint(),
            subject: reader.fingerprint(), content: reader.fingerprint(),
            business: reader.fingerprint())
        role = reader.fingerprint()
        instance = reader.fingerprint()
        template = reader.fingerprint()
        category = ConsentCategory(rawValue: reader.get()) ?? .all
    }

    func encode(into writer: inout RowWriter) {
        for key in [account, chat, person, subject, content, business, role, instance, template] {
            writer.put(key)
        }
        writer.put(category.rawValue)
    }
}

extension EventView {
    /// The person; of a direct chat that names nobody, whom it is with.
    public var recipient: Fingerprint {
        guard person == .none else { return person }
        for index in 0..<fieldCount {
            let entry = entry(index)
            if entry.number == Field.chat.rawValue { return isDirect(chat: entry) ? chat : .none }
            if entry.number > Field.chat.rawValue { break }
        }
        return .none
    }

    /// Whether the chat is a direct one: those are sealed, and groups are not.
    func isDirect(chat entry: FieldEntry) -> Bool {
        entry.isSealed || !ChatName.isGroup(bytes.extracting(entry.range))
    }
}
