import Events

/// The JSON Schema of a policy, made from the table; `schemas/policy.v1.json` holds the same text.
public enum PolicySchema {
    /// The schema as indented JSON (2020-12), ending in a newline.
    public static var json: String {
        var lines = [
            "{",
            "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",",
            "  \"$id\": \"policy.v1.json\",",
            "  \"title\": \"A policy of the ledger\",",
            "  \"description\": \"A key that is left out leaves its rule off.\",",
        ]
        lines += object(under: [], indent: "  ")
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    /// The members of the object at `path`: its type, its keys, nothing else.
    private static func object(under path: [String], indent: String) -> [String] {
        var names: [String] = []
        for key in PolicyKey.all where key.names.count > path.count && key.names.starts(with: path)
        {
            let name = key.names[path.count]
            if !names.contains(name) { names.append(name) }
        }
        var lines = [
            "\(indent)\"type\": \"object\",",
            "\(indent)\"additionalProperties\": false,",
            "\(indent)\"minProperties\": 1,",
            "\(indent)\"properties\": {",
        ]
        for (index, name) in names.enumerated() {
            let inner = path + [name]
            let comma = index == names.count - 1 ? "" : ","
            lines.append("\(indent)  \"\(name)\": {")
            if let key = PolicyKey.all.first(where: { $0.names == inner }) {
                lines += value(of: key, indent: indent + "    ")
            } else {
                lines += object(under: inner, indent: indent + "    ")
            }
            lines.append("\(indent)  }\(comma)")
        }
        return lines + ["\(indent)}"]
    }

    /// The members of one key: its type, its range, its default, its meaning and unit.
    private static func value(of key: PolicyKey, indent: String) -> [String] {
        var members: [(name: String, value: String)] = []
        switch key.kind {
        case .count(let range, _):
            members.append(("type", "\"integer\""))
            members += bounds("minimum", "maximum", range)
        case .seconds(let range, let decimals, _), .secondsOrDefault(let range, let decimals, _):
            members.append(("type", decimals == 0 ? "\"integer\"" : "\"number\""))
            members += bounds("minimum", "maximum", range)
        case .text(let range, _):
            members.append(("type", "\"string\""))
            members += bounds(
                "minLength", "maxLength", Int64(range.lowerBound)...Int64(range.upperBound))
        }
        if let standard = Policy().literal(of: key) { members.append(("default", standard)) }
        members.append(("description", Policy.quoted("\(key.summary) Takes \(key.takes).")))
        members.append(("x-unit", Policy.quoted(key.unit)))
        return members.enumerated().map { index, member in
            let comma = index == members.count - 1 ? "" : ","
            return "\(indent)\"\(member.name)\": \(member.value)\(comma)"
        }
    }

    private static func bounds(
        _ low: String, _ high: String, _ range: ClosedRange<Int64>
    ) -> [(name: String, value: String)] {
        [(low, String(range.lowerBound)), (high, String(range.upperBound))]
    }
}
