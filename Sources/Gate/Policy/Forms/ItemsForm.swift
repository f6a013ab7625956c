import Events
import YAML

/// How a list or a map of items with members of their own is read, shown and described.
protocol ItemsForm: Sendable {
    /// Whether the items have names: a map, not a list.
    var isMap: Bool { get }
    /// What the key takes, for a sentence.
    var takes: String { get }
    /// The JSON Schema of the whole value.
    var schema: SchemaTree { get }
    /// Reads the value into its place.
    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy) throws(PolicyError)
    /// The items in force, each with its name in a map, as JSON and YAML write them alike.
    func items(of policy: Policy) -> [(name: String?, json: String)]
}

/// Writes one item as JSON on one line.
struct ItemWriter {
    private var members: [String] = []

    init() {}

    mutating func add(_ name: String, _ json: String?) {
        if let json { members.append("\"\(name)\": \(json)") }
    }

    mutating func add(_ name: String, text: String?) {
        add(name, text.map(Policy.quoted))
    }

    mutating func add(_ name: String, seconds: Nanoseconds?) {
        add(name, seconds.map { PolicyNumber.seconds($0.count) })
    }

    /// The item.
    var json: String { "{\(members.joined(separator: ", "))}" }

    static func list(_ texts: [String]) -> String {
        "[\(texts.map(Policy.quoted).joined(separator: ", "))]"
    }

    static func spread(_ spread: Policy.Pacing.Spread) -> String {
        let least = PolicyNumber.seconds(spread.least.count)
        return "[\(least), \(PolicyNumber.seconds(spread.most.count))]"
    }
}
