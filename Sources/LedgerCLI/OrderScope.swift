import CommandLineKit
import Events

/// What an order is for: the ledger, one account, or one chat.
struct OrderScope: Sendable {
    static let account = Option<String?>.text("account", "ACCOUNT", "Only for this account")
    static let chat = Option<String?>.text("chat", "CHAT", "Only for this chat")
    static let options: [any OptionKey] = [account, chat]

    let names: Names
    /// The end of a sentence: `for chat X`.
    let text: String
    /// `ledger`, `account` or `chat`.
    let scope: String

    init(_ arguments: Arguments) throws(UsageError) {
        var names = Names()
        names.account = arguments(Self.account)
        names.chat = arguments(Self.chat)
        if names.account != nil, names.chat != nil {
            throw UsageError(
                "--account and --chat exclude each other: give two orders",
                command: arguments.command)
        }
        self.names = names
        if let account = names.account {
            scope = "account"
            text = "for the account \(account)"
        } else if let chat = names.chat {
            scope = "chat"
            text = "for the chat \(chat)"
        } else {
            scope = "ledger"
            text = "for the whole ledger"
        }
    }
}
