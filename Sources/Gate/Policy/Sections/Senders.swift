public import Bytes
import Events
import Views

extension Policy {
    /// One of our accounts, by the name under which it is counted, ordered and judged.
    public struct Sender: Sendable, Equatable {
        /// Its name, such as the number in full.
        public var name: String
        /// Its other names: a phone number id, a session, the number as somebody shows it.
        public var others: [String]

        /// An account.
        public init(_ name: String, _ others: [String]) {
            self.name = name
            self.others = others
        }

        /// The fingerprints of all its names, its own first.
        public var fingerprints: [Fingerprint] { ([name] + others).map { Alias.account($0) } }
    }

    /// An account under all names that the policy has for it, for records from before it had them.
    func accounts(_ account: Fingerprint) -> PersonGroup {
        var group = PersonGroup(account)
        guard let index = senderIndex[account] else { return group }
        for name in senders[index].fingerprints where !group.contains(name) { group.add(name) }
        return group
    }
}
