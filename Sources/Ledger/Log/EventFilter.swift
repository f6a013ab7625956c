public import Bytes
public import Events

/// Which events are meant: all given members must match.
public struct EventFilter: Sendable {
    /// Types; nil means all.
    public var types: Set<UInt16>?
    /// The account.
    public var account: Fingerprint?
    /// The chat.
    public var chat: Fingerprint?
    /// The person; of `identity.*` either of the two.
    public var person: Fingerprint?
    /// A subject that the event names, as its first or a further one.
    public var subject: Fingerprint?
    /// The provider's message id.
    public var message: Fingerprint?
    /// The source.
    public var source: Fingerprint?
    /// Bytes that the text must contain, in UTF-8, as they are.
    public var text: [UInt8]?
    /// The earliest effective time.
    public var from: Instant?
    /// The latest effective time.
    public var to: Instant?

    /// Further names of the account, as the policy has them.
    var otherAccounts: [Fingerprint] = []
    /// The account as it was named; the policy may know it by other names.
    private var accountName: String?

    /// Names that the ledger turns into fingerprints first: the chat, the person, the message.
    var names: [(field: Field, name: String)] = []

    /// A filter that every event passes.
    public init() {}

    /// A filter from names.
    public init(
        types: [EventType]? = nil, account: String? = nil, chat: String? = nil,
        person: String? = nil, subject: String? = nil, message: String? = nil,
        source: String? = nil, text: String? = nil, from: Instant? = nil, to: Instant? = nil
    ) {
        self.types = types.map { Set($0.map(\.rawValue)) }
        accountName = account
        self.account = account.map { Alias.account($0) }
        self.subject = subject.map { Fingerprint(of: $0) }
        self.source = source.map { Fingerprint(of: $0) }
        self.text = text.map { Array($0.utf8) }
        self.from = from
        self.to = to
        for (field, name) in [(Field.chat, chat), (.person, person), (.message, message)] {
            if let name { names.append((field, name)) }
        }
    }

    /// The filter with its names as fingerprints.
    func resolved(by sealer: EventSealer) throws(LedgerError) -> EventFilter {
        var filter = self
        filter.names = []
        if let accountName, let door = sealer.door() {
            filter.otherAccounts = door.accounts(accountName)
        }
        for (field, name) in names {
            let fingerprint = try sealer.fingerprint(of: name, as: field)
            switch field {
            case .chat: filter.chat = fingerprint
            case .person: filter.person = fingerprint
            default: filter.message = fingerprint
            }
        }
        return filter
    }

    /// Whether a record is meant, whose fields may be sealed.
    func matches(_ event: borrowing EventView, by sealer: EventSealer) throws -> Bool {
        guard matchesHead(event) else { return false }
        guard text != nil else { return true }
        return try sealer.withOpened(event) { matchesText($0) }
    }

    /// Whether a record is meant by all but its text: of a filter that was resolved.
    public func matches(_ event: borrowing EventView) -> Bool {
        precondition(names.isEmpty, "the names of a filter are resolved before it is used")
        return matchesHead(event) && matchesText(event)
    }

    private func matchesHead(_ event: borrowing EventView) -> Bool {
        if let types, !types.contains(event.typeNumber) { return false }
        if let from, event.effective < from { return false }
        if let to, event.effective > to { return false }
        if let account {
            let own = event.account
            if own != account, !otherAccounts.contains(own) { return false }
        }
        if let chat, event.chat != chat { return false }
        if let person, event.person != person, event.otherPerson != person { return false }
        if let subject, !event.names(subject: subject) { return false }
        if let message, event.message != message { return false }
        if let source, event.nameFingerprint(.source) != source { return false }
        return true
    }

    private func matchesText(_ event: borrowing EventView) -> Bool {
        guard let text else { return true }
        guard let range = event.range(of: .text) else { return false }
        return Self.contains(event.bytes.extracting(range), text)
    }

    private static func contains(_ bytes: Span<UInt8>, _ wanted: [UInt8]) -> Bool {
        guard !wanted.isEmpty else { return true }
        guard bytes.count >= wanted.count else { return false }
        for start in 0...(bytes.count - wanted.count) where bytes[start] == wanted[0] {
            var at = 1
            while at < wanted.count, bytes[start + at] == wanted[at] { at += 1 }
            if at == wanted.count { return true }
        }
        return false
    }
}
