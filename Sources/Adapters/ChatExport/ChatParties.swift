import Bytes
import Crypto
import Events

/// Who takes part in an exported chat, under which names.
struct ChatParties: Sendable {
    /// What the ids of its messages are made with: the name that the chat was given.
    let key: String
    /// The group's name, or nil for a direct chat.
    let group: String?
    /// The other party of a direct chat, where there is one.
    let other: String?
    /// The name under which our own messages stand; empty where none are ours.
    let ours: String
    private let oursNumber: String?
    private let scope: String
    private let title: String?
    private let number: @Sendable (String) -> String?

    /// Names the chat and its parties.
    ///
    /// - Throws: `invalid` where the chat has no name, or is a person's and has several authors.
    init(_ dialect: ChatExportDialect, _ options: AdapterOptions) throws(EventError) {
        guard let ours = options.accountName else {
            throw EventError(
                .invalid,
                "Say under which name our own messages stand in the chat, so that they count as "
                    + "sends: --account-name NAME, or --account-name '' where none are ours.")
        }
        let named = ChatText.spaced((options.chat ?? options.title ?? "")[...])
        guard !named.isEmpty else {
            throw EventError(
                .invalid,
                "Say which chat it is: --chat, with the JID of the group (…@g.us), the number of "
                    + "the other party, or a name that is the same for each export of the chat.")
        }
        number = options.number
        title = options.title.map { ChatText.spaced($0[...]) }
        self.ours = ChatText.spaced(ours[...])
        oursNumber = Self.number(self.ours, options.number)
        let isGroupName = named.hasSuffix("@g.us")
        let alias = options.chat == nil || isGroupName ? nil : Self.alias(named, options.number)
        key = alias ?? named
        let hash = "export-" + Array(key.utf8).span.sha256.hex.prefix(16)
        scope = isGroupName ? String(key.dropLast(5)) : alias ?? hash
        guard !isGroupName, !dialect.isGroup || alias != nil else {
            group = isGroupName ? key : hash + "@g.us"
            other = nil
            return
        }
        group = nil
        let (name, digits) = (self.ours, oursNumber)
        let others = dialect.authors.filter { author in
            author != name && (digits == nil || Self.number(author, options.number) != digits)
        }
        if let alias {
            guard others.count < 2 else {
                throw EventError(
                    .invalid,
                    "\(key) is one person, but several write in the chat; give the JID of the "
                        + "group (…@g.us) with --chat, or check --account-name.")
            }
            other = alias
        } else if others.count < 2 {
            let name = others.first ?? key
            other = Self.number(name, options.number) ?? "name:\(name)@\(scope)"
        } else {
            other = nil
        }
    }

    /// Whether an author is the group itself.
    func isTitle(_ author: String) -> Bool {
        group != nil && (author == title || author == key)
    }

    /// Whether an author is us.
    func isOurs(_ author: String) -> Bool {
        guard !ours.isEmpty else { return false }
        return author == ours || oursNumber != nil && Self.number(author, number) == oursNumber
    }

    /// The alias of an author.
    func alias(_ author: String) -> String {
        other ?? Self.number(author, number) ?? "name:\(author)@\(scope)"
    }

    /// The name that is shown for an author, or nil for one that is a number.
    func name(_ author: String) -> String? {
        guard Self.number(author, number) == nil else { return nil }
        // A tilde stands before the name that somebody who is no contact chose.
        let name = author.first == "~" ? ChatText.trimmed(author.dropFirst()) : author[...]
        return name.isEmpty ? nil : String(name)
    }

    private static func alias(
        _ key: String, _ number: @Sendable (String) -> String?
    ) -> String? {
        Self.number(key, number) ?? (key.contains("@") ? key : nil)
    }

    private static func number(
        _ name: String, _ number: @Sendable (String) -> String?
    ) -> String? {
        guard name.utf8.contains(where: { $0 &- 0x30 < 10 }) else { return nil }
        let spelt = ChatText.number(name)
        guard let read = number(name) else { return spelt }
        // What is spelt in full says its digits itself, whatever a country's plan makes of them.
        guard let spelt, !Alias.areSame(spelt.utf8Span.span, read.utf8Span.span) else {
            return read
        }
        return spelt
    }
}
