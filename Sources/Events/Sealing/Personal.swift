import Bytes

extension Field {
    /// Whether the member may say something of a person, and so is sealed.
    ///
    /// Everything is, but numbers, times, words of a fixed list, our own names (account, role,
    /// instance, source), the work item, and who gave an order. `id` is, because a provider's id
    /// may hold the number; a chat is unless it is a group: see ``ChatName``.
    public var isPersonal: Bool { FieldTables.personal & bit != 0 }
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
            if name.extracting((name.count - ending.count)...).equals(ending.span) { return true }
        }
        return false
    }
}

/// One spelling for the aliases that name the same number.
public enum Alias {
    /// The digits of `+27821234567`, `27821234567`, `whatsapp:+27821234567`,
    /// `27821234567@s.whatsapp.net`, `27821234567:3@s.whatsapp.net` and `…@c.us`; any other alias
    /// as it is.
    ///
    /// - Returns: where in `alias` what tells it apart lies; 7 to 15 digits of a number.
    public static func canonical(_ alias: Span<UInt8>) -> Range<Int> {
        var start = 0
        var end = alias.count
        for ending in endings where end > ending.count {
            guard alias.extracting((end - ending.count)..<end).equals(ending.span) else { continue }
            end -= ending.count
            // The number of a device says nothing of the person.
            var digits = end
            while digits > 0, isDigit(alias[digits - 1]) { digits -= 1 }
            if digits > 1, digits < end, alias[digits - 1] == 0x3A { end = digits - 1 }
            break
        }
        for opening in openings where end - start > opening.count {
            if alias.extracting(start..<start + opening.count).equals(opening.span) {
                start += opening.count
            }
        }
        guard (7...15).contains(end - start) else { return 0..<alias.count }
        for at in start..<end where !isDigit(alias[at]) { return 0..<alias.count }
        return start..<end
    }

    private static let endings = ["@s.whatsapp.net", "@c.us"].map { Array($0.utf8) }
    private static let openings = ["whatsapp:", "+"].map { Array($0.utf8) }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
