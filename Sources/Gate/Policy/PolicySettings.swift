import Events

/// One key of a policy with the value in force: a line of `policy show` and of `policy diff`.
public struct PolicySetting: Sendable, Equatable {
    /// The section and the key.
    public let path: String
    /// The unit of the value, as ``PolicyKey/unit`` says.
    public let unit: String
    /// The value as JSON and YAML write it alike, or nil if the rule is off.
    public let value: String?
    /// Whether the value is the one that holds when the key is left out.
    public let isDefault: Bool
}

extension Policy {
    /// Every key with its value in force, in the order of ``PolicyKey/all``.
    public var settings: [PolicySetting] {
        let standard = Policy()
        return PolicyKey.all.map { key in
            let value = literal(of: key)
            return PolicySetting(
                path: key.path, unit: key.unit, value: value,
                isDefault: value == standard.literal(of: key))
        }
    }

    /// The value of one key as JSON and YAML write it, or nil.
    func literal(of key: PolicyKey) -> String? {
        // A policy without the section has no pace at all, not one of defaults.
        if pacing == nil, key.names[0] == "pacing" { return nil }
        switch key.kind {
        case .count(_, let place): return self[keyPath: place].map { String($0) }
        case .countOrDefault(_, let place): return String(self[keyPath: place])
        case .seconds(_, let place):
            return self[keyPath: place].map { PolicyNumber.seconds($0.count) }
        case .secondsOrDefault(_, let place):
            return PolicyNumber.seconds(self[keyPath: place].count)
        case .spread(_, let place): return self[keyPath: place].map(ItemWriter.spread)
        case .flag(let place): return self[keyPath: place] ? "true" : "false"
        case .word(_, let place): return Policy.quoted(self[keyPath: place])
        case .text(_, let place): return self[keyPath: place].map(Policy.quoted)
        case .texts(_, let place):
            let texts = self[keyPath: place]
            return texts.isEmpty ? nil : ItemWriter.list(texts)
        case .patterns(let place): return ItemWriter.list(self[keyPath: place])
        case .items(let form): return Self.joined(form.items(of: self), isMap: form.isMap)
        case .scopes: return Self.joined(overlays.map { (nil, $0.json) }, isMap: false)
        case .base: return nil
        }
    }

    private static func joined(_ items: [(name: String?, json: String)], isMap: Bool) -> String? {
        guard !items.isEmpty else { return nil }
        guard isMap else { return "[\(items.map(\.json).joined(separator: ", "))]" }
        let members = items.map { "\(quoted($0.name ?? "")): \($0.json)" }
        return "{\(members.joined(separator: ", "))}"
    }

    /// A text in double quotes, valid as JSON and as YAML; control characters and the marks that
    /// turn the direction of writing are escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case " "..."~", "\u{A0}"..."\u{61B}", "\u{61D}"..."\u{200D}", "\u{2010}"..."\u{2027}",
                "\u{202F}"..."\u{2065}", "\u{206A}"..."\u{D7FF}", "\u{E000}"..."\u{FEFE}",
                "\u{FF00}"..."\u{FFFD}", "\u{10000}"..."\u{10FFFF}":
                result.unicodeScalars.append(scalar)
            default:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}

extension Policy.Overlay {
    /// The overlay as JSON: what it holds for, and the text of its keys.
    var json: String {
        var writer = ItemWriter()
        for (key, name) in selection { writer.add(key, text: name) }
        writer.add("policy", text: text)
        return writer.json
    }
}
