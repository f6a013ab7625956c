import Bytes
import Events
import Views

extension Tables {
    /// What operators ordered for a send, the widest scope first; what is ordered for the direct
    /// chat of one member holds for the whole group, and for an account under any of its names.
    mutating func forEachOrder(
        over keys: SendKeys, _ accounts: PersonGroup, _ chats: PersonGroup,
        _ body: (Scope, ControlRow) -> Void
    ) {
        if let slot = control.find(RateScope.ledger.key()) { body(.ledger, control[slot]) }
        for account in accounts.members where account != .none {
            if let slot = control.find(RateScope.account.key(account)) {
                body(.account, control[slot])
            }
        }
        guard keys.chat != .none else { return }
        if let slot = control.find(RateScope.chat.key(keys.chat)) { body(.chat, control[slot]) }
        guard !chats.others.isEmpty else { return }
        for chat in chats.members where chat != keys.chat {
            if let slot = control.find(RateScope.chat.key(chat)) { body(.chat, control[slot]) }
        }
    }
}
