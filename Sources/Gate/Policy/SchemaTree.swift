/// A piece of JSON Schema.
indirect enum SchemaTree: Sendable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral
{
    case json(String)
    case array([SchemaTree])
    case object([(name: String, value: SchemaTree)])

    init(stringLiteral text: String) { self = .json(Policy.quoted(text)) }
    init(integerLiteral number: Int) { self = .json(String(number)) }
    init(booleanLiteral flag: Bool) { self = .json(flag ? "true" : "false") }

    /// The tree as indented lines.
    func lines(_ indent: String = "") -> [String] {
        let inner = indent + "  "
        switch self {
        case .json(let text): return [text]
        case .array(let values):
            guard !values.isEmpty else { return ["[]"] }
            return ["["] + Self.joined(values.map { (inner, $0.lines(inner)) }) + ["\(indent)]"]
        case .object(let members):
            guard !members.isEmpty else { return ["{}"] }
            let parts = members.map { member in
                ("\(inner)\(Policy.quoted(member.name)): ", member.value.lines(inner))
            }
            return ["{"] + Self.joined(parts) + ["\(indent)}"]
        }
    }

    private static func joined(_ parts: [(lead: String, lines: [String])]) -> [String] {
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            var own = part.lines
            own[0] = part.lead + own[0]
            if index < parts.count - 1 { own[own.count - 1] += "," }
            lines += own
        }
        return lines
    }
}

extension SchemaTree {
    /// One of several words.
    static func word(of words: [String]) -> SchemaTree {
        .object([("enum", .array(words.map { .json(Policy.quoted($0)) }))])
    }

    /// A list of words, none twice.
    static func texts(of words: [String]) -> SchemaTree {
        .object([("type", "array"), ("uniqueItems", true), ("items", .word(of: words))])
    }

    /// Text.
    static func text(_ range: ClosedRange<Int>) -> SchemaTree {
        .object([
            ("type", "string"), ("minLength", .json(String(range.lowerBound))),
            ("maxLength", .json(String(range.upperBound))),
        ])
    }

    /// `true` or `false`.
    static var flag: SchemaTree { .object([("type", "boolean")]) }

    /// A number, or a variable that holds one.
    static func number(_ form: NumberForm, orOff: Bool = false) -> SchemaTree {
        let number = SchemaTree.object([
            ("type", form.decimals == 0 ? "integer" : "number"),
            ("minimum", .json(String(form.range.lowerBound))),
            ("maximum", .json(String(form.range.upperBound))),
        ])
        let variable = SchemaTree.object([("$ref", "#/$defs/variable")])
        return either([number, variable], orOff: orOff)
    }

    /// A pair of numbers.
    static func spread(_ form: NumberForm, orOff: Bool = false) -> SchemaTree {
        let pair = SchemaTree.object([
            ("type", "array"), ("minItems", 2), ("maxItems", 2), ("items", .number(form)),
        ])
        return orOff ? either([pair], orOff: true) : pair
    }

    private static func either(_ forms: [SchemaTree], orOff: Bool) -> SchemaTree {
        // Readers of YAML 1.1 take `off` for false.
        let off = SchemaTree.object([("enum", .array(["off", false]))])
        return .object([("anyOf", .array(orOff ? forms + [off] : forms))])
    }

    /// A list of items.
    static func list(of item: SchemaTree) -> SchemaTree {
        .object([("type", "array"), ("items", item)])
    }

    /// A map of items.
    static func map(of item: SchemaTree) -> SchemaTree {
        .object([("type", "object"), ("additionalProperties", item)])
    }

    /// An object with these members and no others.
    static func members(
        _ members: [(name: String, value: SchemaTree)], required: [String] = []
    ) -> SchemaTree {
        var tree: [(name: String, value: SchemaTree)] = [
            ("type", "object"), ("additionalProperties", false), ("minProperties", 1),
        ]
        if !required.isEmpty {
            tree.append(("required", .array(required.map { .json(Policy.quoted($0)) })))
        }
        return .object(tree + [("properties", .object(members))])
    }
}
