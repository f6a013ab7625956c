import CommandLineKit
import Gate
import Ledger

/// `DISABLE_WHATSAPP_THROTTLE=true`: asks without throttling, in a development ledger alone.
enum Override {
    static let variable = "DISABLE_WHATSAPP_THROTTLE"

    /// Whether the variable asks for it.
    ///
    /// - Throws: ``Failure`` where the ledger is no development ledger, or the value is no answer.
    static func isOn(_ arguments: Arguments, _ ledger: Ledger) throws -> Bool {
        switch arguments.environment[variable]?.lowercased() {
        case nil, "", "false", "0", "no": return false
        case "true", "1", "yes": break
        case let other?:
            throw Failure("override", "\(variable) is true or false, not \(other)")
        }
        guard ledger.identity.isDevelopment else {
            throw Failure(
                "override",
                "\(variable) is set, and works only in a ledger made with 'init --development'; "
                    + "unset it, or ask for a looser policy")
        }
        return true
    }
}
