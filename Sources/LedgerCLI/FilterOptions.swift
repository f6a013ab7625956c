import CommandLineKit
import Events
import Ledger

/// The options that say which events are meant.
enum FilterOptions {
    static let types = Option<[String]>.repeated("type", "TYPE", "Only events of this type")
    static let account = name("account", "ACCOUNT")
    static let chat = name("chat", "CHAT")
    static let person = name("person", "PERSON")
    static let subject = name("subject", "SUBJECT")
    static let message = Option<String?>.text(
        "message", "ID", "Only events with this provider's message id")

    /// The names, without the types.
    static let names: [any OptionKey] = [account, chat, person, subject, message]

    private static func name(_ name: String, _ placeholder: String) -> Option<String?> {
        .text(name, placeholder, "Only events with this \(name)")
    }

    /// The types of these names.
    static func types(_ names: [String], _ verb: String) throws(UsageError) -> [EventType]? {
        guard !names.isEmpty else { return nil }
        var types: [EventType] = []
        for name in names {
            guard let type = EventType(name: name) else {
                throw UsageError("\u{201C}\(name)\u{201D} is no event type", command: verb)
            }
            types.append(type)
        }
        return types
    }

    /// The filter of the names, and of the types given.
    static func filter(_ arguments: Arguments, types: [EventType]?) -> EventFilter {
        EventFilter(
            types: types, account: arguments(account), chat: arguments(chat),
            person: arguments(person), subject: arguments(subject), message: arguments(message))
    }

    /// Whether any name is given.
    static func hasNames(_ arguments: Arguments) -> Bool {
        [account, chat, person, subject, message].contains { arguments($0) != nil }
    }
}
