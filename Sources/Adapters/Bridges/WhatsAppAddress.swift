import Events

/// An address as WhatsApp bridges spell it: of a person, a group, a list or a channel.
///
/// | spelling | kind | name |
/// |---|---|---|
/// | `27821234567@s.whatsapp.net`, `27821234567:3@c.us` | number | `+27821234567` |
/// | `27821234567`, `+27821234567` | number | `+27821234567` |
/// | `2233445566:3@lid`, `2233445566@hosted.lid` | LID | `2233445566@lid` |
/// | `120363000000000001@g.us` | group | as it is |
/// | `status@broadcast` | status | as it is |
/// | anything else | other | as it is |
struct WhatsAppAddress: Sendable, Equatable {
    enum Kind: Sendable { case number, lid, group, status, broadcast, newsletter, other }

    let kind: Kind
    /// The canonical spelling.
    let name: String

    /// Reads an address; nil for nothing, or an empty text.
    init?(_ text: String?) {
        guard let text, !text.isEmpty else { return nil }
        let bytes = text.utf8
        guard let at = bytes.lastIndex(of: 0x40) else {
            let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
            self = Self.isNumber(digits) ? Self(.number, "+\(digits)") : Self(.other, text)
            return
        }
        let user = Self.user(text[..<at])
        let server = text[bytes.index(after: at)...].lowercased()
        switch server {
        case "s.whatsapp.net", "c.us", "hosted":
            self = Self.isNumber(user) ? Self(.number, "+\(user)") : Self(.other, text)
        case "lid", "hosted.lid": self.init(.lid, "\(user)@lid")
        case "g.us": self.init(.group, text[...at] + server)
        case "broadcast": self.init(user == "status" ? .status : .broadcast, text)
        case "newsletter": self.init(.newsletter, text)
        default: self.init(.other, text)
        }
    }

    /// The address in a member, or nil; some bridges spell it as an object.
    init?(_ node: JSONNode?) {
        self.init(node?.text ?? node?["_serialized"]?.text ?? node?["id"]?.text)
    }

    private init(_ kind: Kind, _ name: String) {
        self.kind = kind
        self.name = name
    }

    /// Whether it may be a person's.
    var isPerson: Bool { kind == .number || kind == .lid || kind == .other }

    /// The user without the numbers of agent and device.
    private static func user(_ user: Substring) -> Substring {
        var user = user
        for marks in [":", "_."] {
            guard let at = user.utf8.lastIndex(where: { marks.utf8.contains($0) }),
                at > user.startIndex
            else { continue }
            let suffix = user[user.utf8.index(after: at)...]
            if !suffix.isEmpty, suffix.utf8.allSatisfy(isDigit) { user = user[..<at] }
        }
        return user
    }

    /// Whether it is a business-scoped id: the letters of a country, a point, letters and digits;
    /// of the parent of several, `ENT.` stands before them.
    ///
    /// Source: Meta, business-scoped user ids: at most 128 letters and digits.
    static func isUserID(_ text: String) -> Bool {
        var parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 3, parts[1] == "ENT" { parts.remove(at: 1) }
        guard parts.count == 2, parts[0].utf8.count == 2,
            parts[0].utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A })
        else { return false }
        return (1...128).contains(parts[1].utf8.count)
            && parts[1].utf8.allSatisfy {
                isDigit($0) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A)
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func isNumber(_ text: Substring) -> Bool {
        (7...15).contains(text.utf8.count) && text.utf8.allSatisfy(isDigit)
    }
}
