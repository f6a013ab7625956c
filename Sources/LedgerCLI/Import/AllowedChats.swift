import Adapters
import Bytes
import Events

/// The chats that the policy takes in.
struct AllowedChats {
    private let names: Set<[UInt8]>

    private let number: @Sendable (String) -> String?

    /// All chats where the list is empty.
    ///
    /// - Parameter number: reads a number in national spelling; nil for any other name.
    init(_ chats: [String], number: @escaping @Sendable (String) -> String?) {
        self.number = number
        names = Set(chats.map { Self.canonical($0, number) })
    }

    private static func canonical(
        _ name: String, _ number: @Sendable (String) -> String?
    ) -> [UInt8] {
        Alias.withCanonical((number(name) ?? name).utf8Span.span) { $0.array }
    }

    /// Whether something may be stored: everything but what is of other chats.
    ///
    /// What became of our own sends always may.
    func takes(_ element: Element) -> Bool {
        guard !names.isEmpty, let chat = element.chat else { return true }
        if case .event(let draft) = element.meaning {
            switch draft.type {
            case .messageReceived, .messageEdited, .messageRevoked, .messageReacted,
                .sendAttempted:
                break
            default: return true
            }
        }
        return names.contains(Self.canonical(chat, number))
    }
}
