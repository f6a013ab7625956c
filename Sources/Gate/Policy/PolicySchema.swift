import Patterns
import Events

/// The JSON Schema of a policy, made from the table; `schemas/policy.v1.json` holds the same text.
public enum PolicySchema {
    /// The schema as indented JSON (2020-12), ending in a newline.
    public static var json: String {
        var members: [(name: String, value: SchemaTree)] = [
            ("$schema", "https://json-schema.org/draft/2020-12/schema"),
            ("$id", "policy.v1.json"),
            ("title", "A policy of the ledger"),
            ("description", "A key that is left out leaves its rule off, or has its default."),
        ]
        let tops = names(under: [])
        if case .object(let own) = SchemaTree.members(tops.map { ($0, reference($0)) }) {
            members += own
        }
        members.append(("$defs", .object(tops.map { ($0, definition([$0])) } + [variable])))
        return SchemaTree.object(members).lines().joined(separator: "\n") + "\n"
    }

    /// Sections stand once, because scopes hold them too.
    private static func reference(_ name: String) -> SchemaTree {
        .object([("$ref", .json("\"#/$defs/\(name)\""))])
    }

    private static var variable: (name: String, value: SchemaTree) {
        (
            "variable",
            .object([
                ("type", "string"), ("pattern", "^\\$\\{[A-Za-z0-9_]+(:-[0-9.]*)?\\}$"),
                ("description", "An environment variable that holds a number, read by apply."),
            ])
        )
    }

    /// The names right below a path.
    private static func names(under path: [String]) -> [String] {
        var names: [String] = []
        for key in PolicyKey.all where key.names.count > path.count && key.names.starts(with: path)
        {
            let name = key.names[path.count]
            if !names.contains(name) { names.append(name) }
        }
        return names
    }

    private static func definition(_ path: [String]) -> SchemaTree {
        if let key = PolicyKey.named(path.joined(separator: ".")) { return value(of: key) }
        return .members(names(under: path).map { ($0, definition(path + [$0])) })
    }

    /// What one key takes: its type, its range, its default, its meaning and unit.
    private static func value(of key: PolicyKey) -> SchemaTree {
        guard case .object(var members) = form(of: key) else { return form(of: key) }
        var standard = Policy()
        standard.pacing = Policy.Pacing()
        if let value = standard.literal(of: key) { members.append(("default", .json(value))) }
        members.append(
            ("description", .json(Policy.quoted("\(key.summary) Takes \(key.takes)."))))
        members.append(("x-unit", .json(Policy.quoted(key.unit))))
        return .object(members)
    }

    private static func form(of key: PolicyKey) -> SchemaTree {
        switch key.kind {
        case .count(let form, _), .seconds(let form, _): .number(form, orOff: true)
        case .countOrDefault(let form, _), .secondsOrDefault(let form, _): .number(form)
        case .spread(let form, _): .spread(form, orOff: true)
        case .flag: .flag
        case .word(let words, _): .word(of: words)
        case .text(let range, _): .text(range)
        case .texts(let range, _):
            .object([("type", "array"), ("uniqueItems", true), ("items", .text(range))])
        case .patterns:
            .object([
                ("type", "array"), ("uniqueItems", true),
                ("items", .text(1...Pattern.charactersMax)),
            ])
        case .items(let form): form.schema
        case .base: .text(1...100)
        case .scopes: .list(of: scope)
        }
    }

    /// What a scope holds: who it is for, and sections.
    private static var scope: SchemaTree {
        let name = SchemaTree.text(1...1_024)
        let group = SchemaTree.object([
            ("type", "string"), ("pattern", "@(g\\.us|broadcast|newsletter)$"),
        ])
        let sections = names(under: []).filter {
            ![
                "name", "extends", "accounts", "scopes", "ingest", "subjects", "clock",
            ].contains($0)
        }
        return .members(
            [
                ("account", name), ("chat", group), ("role", name),
                ("category", .word(of: Shape.categories)),
            ] + sections.map { ($0, reference($0)) })
    }
}
