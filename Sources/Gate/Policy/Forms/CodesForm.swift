import Events
import YAML

/// `breaker.codes`: error codes by name.
struct CodesForm: ItemsForm {
    var isMap: Bool { true }
    var takes: String {
        "codes with what they close, such as 131056: {closes: pair, lasts: 4, grows: true}"
    }

    private static let closes = Policy.CodeTerm.Closes.allCases.map(\.rawValue)
    private static let lasts = NumberForm.seconds(1...NumberForm.yearSeconds)
    private static let after = NumberForm.count("errors", max: 10_000)

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var codes: [Policy.CodeTerm] = []
        for pair in try reader.map(node, takes) {
            let inner = reader.member(pair.key, line: pair.line)
            guard (1...100).contains(pair.key.count) else {
                throw inner.fault("is no code: a code has 1 to 100 characters")
            }
            codes.append(try Self.read(pair.key, pair.node, inner))
        }
        policy.breaker.codes = codes
    }

    private static func read(
        _ code: String, _ node: YAMLNode, _ reader: ValueReader
    ) throws(PolicyError) -> Policy.CodeTerm {
        let members = try reader.members(
            node, known: ["closes", "lasts", "manual", "grows", "after"])
        let closes = try members.required("closes")
        let scope = try closes.reader.word(closes.node, of: Self.closes)
        var term = Policy.CodeTerm(code, Policy.CodeTerm.Closes(rawValue: scope) ?? .none, nil)
        if term.closes == .none {
            if members.pairs.count > 1 {
                throw reader.fault("closes none, so that closes is the only key that it takes")
            }
            return term
        }
        if let (node, reader) = members["lasts"] {
            term.lasts = .milliseconds(try reader.number(node, lasts, lasts.takes))
        }
        var isManual = false
        if let (node, reader) = members["manual"] { isManual = try reader.flag(node) }
        guard isManual == (term.lasts == nil) else {
            throw reader.fault(
                "needs either lasts, in seconds, or manual: true, for until a person resumes")
        }
        if let (node, reader) = members["grows"] {
            term.grows = try reader.flag(node)
            if term.grows, isManual { throw reader.fault("has no effect beside manual: true") }
        }
        if let (node, reader) = members["after"] { term.after = try reader.whole(node, after) }
        return term
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        policy.breaker.codes.map { term in
            var writer = ItemWriter()
            writer.add("closes", text: term.closes.rawValue)
            if term.closes != .none {
                writer.add("lasts", seconds: term.lasts)
                if term.lasts == nil { writer.add("manual", "true") }
                if term.grows { writer.add("grows", "true") }
                if term.after != 1 { writer.add("after", String(term.after)) }
            }
            return (term.code, writer.json)
        }
    }

    var schema: SchemaTree {
        .map(
            of: .members(
                [
                    ("closes", .word(of: Self.closes)), ("lasts", .number(Self.lasts)),
                    ("manual", .flag), ("grows", .flag), ("after", .number(Self.after)),
                ], required: ["closes"]))
    }
}
