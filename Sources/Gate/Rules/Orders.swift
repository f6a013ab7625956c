import Bytes
import Events
import Views

extension Tables {
    /// What operators ordered for a send, the widest scope first.
    mutating func forEachOrder(over keys: SendKeys, _ body: (Scope, ControlRow) -> Void) {
        if let slot = control.find(RateScope.ledger.key()) { body(.ledger, control[slot]) }
        if keys.account != .none, let slot = control.find(RateScope.account.key(keys.account)) {
            body(.account, control[slot])
        }
        if keys.chat != .none, let slot = control.find(RateScope.chat.key(keys.chat)) {
            body(.chat, control[slot])
        }
    }
}
