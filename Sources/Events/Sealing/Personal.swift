import Bytes

extension Field {
    /// Whether the member may say something of a person, and so is sealed.
    ///
    /// Everything is, but numbers, times, words of a fixed list, our own names (account, role,
    /// instance, source), the work item, and who gave an order. `id` is, because a provider's id
    /// may hold the number; a chat is unless it is a group: see ``ChatName``.
    public var isPersonal: Bool { FieldTables.personal & bit != 0 }

    /// Whether the member is sealed in events of a type.
    ///
    /// Why a template was paused is a word of the platform's list, and says nothing of a person:
    /// the gate reads there which pause it is.
    public func isPersonal(in type: EventType) -> Bool {
        isPersonal && !(self == .reason && type == .templateStatus)
    }
}

extension FieldTables {
    static let personal: UInt128 = {
        let fields: [Field] = [
            .id, .extensions, .chat, .person, .message, .text, .name, .zone, .key, .template,
            .quoted, .alias, .detail, .reason, .recipient, .evidence, .wording, .reviewer,
            .reasons, .raw, .error, .extras,
        ]
        return fields.reduce(0) { $0 | $1.bit }
    }()
}

/// What the name of a chat says of it.
public enum ChatName {
    private static let groups = ["@g.us", "@broadcast", "@newsletter"].map { Array($0.utf8) }

    /// Whether the name is that of a group, a list or a channel, by the forms that providers use.
    ///
    /// Any other name counts as a direct chat, which is personal: better one name too many sealed.
    public static func isGroup(_ name: Span<UInt8>) -> Bool {
        for ending in groups where name.count > ending.count {
            let start = name.count - ending.count
            // In any case: servers are, as domains are.
            if ending.indices.allSatisfy({ lowered(name[start + $0]) == ending[$0] }) {
                return true
            }
        }
        return false
    }

    private static func lowered(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte + 0x20 : byte
    }
}
