import Events

/// One key of a policy with the value in force: a line of `policy show` and of `policy diff`.
public struct PolicySetting: Sendable, Equatable {
    /// The section and the key.
    public let path: String
    /// The unit of the value: `messages`, `seconds` or `text`.
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

    /// The values in force as YAML, one key a line; rules that are off stand in comments.
    ///
    /// Parsing the text gives an equal policy again.
    public func render() -> String {
        let settings = settings
        var text = ""
        var section = ""
        for (key, setting) in zip(PolicyKey.all, settings) {
            let parts = key.names
            let isNested = parts.count > 1
            if isNested, parts[0] != section {
                section = parts[0]
                let isOff = settings.allSatisfy {
                    $0.value == nil || !$0.path.hasPrefix("\(section).")
                }
                text += "\(isOff ? "# " : "")\(section):\n"
            }
            let indent = isNested ? "  " : ""
            let name = parts[parts.count - 1]
            switch setting.value {
            case let value? where key.unit == "text": text += "\(indent)\(name): \(value)\n"
            case let value?: text += "\(indent)\(name): \(value)  # \(key.unit)\n"
            case nil: text += "# \(indent)\(name): off\n"
            }
        }
        return text
    }

    /// The value of one key as JSON and YAML write it, or nil.
    func literal(of key: PolicyKey) -> String? {
        switch key.kind {
        case .count(_, let place): self[keyPath: place].map { String($0) }
        case .seconds(_, _, let place): self[keyPath: place].map { PolicyNumber.seconds($0.count) }
        case .secondsOrDefault(_, _, let place): PolicyNumber.seconds(self[keyPath: place].count)
        case .text(_, let place): self[keyPath: place].map(Policy.quoted)
        }
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
