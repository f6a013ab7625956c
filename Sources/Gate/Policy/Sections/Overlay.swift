import Bytes
import Events

extension Policy {
    /// What differs for requests of an account, a chat, a role or a category.
    public struct Overlay: Sendable, Equatable {
        /// The account that it holds for; nil for all.
        public internal(set) var account: String? {
            didSet { accountKey = account.map { Alias.account($0) } ?? .none }
        }
        /// The group.
        public internal(set) var chat: String? {
            didSet { chatKey = chat.map { Alias.group($0.utf8Span.span) } ?? .none }
        }
        /// The role.
        public internal(set) var role: String? {
            didSet { roleKey = Self.key(role) }
        }
        /// The category.
        public internal(set) var category: String?
        /// The keys that differ, as YAML of a policy without overlays.
        public internal(set) var text: String

        /// The fingerprints of the names; none for all.
        private(set) var accountKey = Fingerprint.none
        private(set) var chatKey = Fingerprint.none
        private(set) var roleKey = Fingerprint.none

        init(text: String) { self.text = text }

        /// The keys that say what an overlay holds for.
        static let selectors = ["account", "chat", "role", "category"]

        /// What it holds for, as key and name.
        public var selection: [(key: String, name: String)] {
            zip(Self.selectors, [account, chat, role, category]).compactMap { key, name in
                name.map { (key, $0) }
            }
        }

        /// Whether it names anything that it holds for.
        var isForSome: Bool { !selection.isEmpty }

        private static func key(_ name: String?) -> Fingerprint {
            name.map { Fingerprint(of: $0) } ?? .none
        }
    }
}
