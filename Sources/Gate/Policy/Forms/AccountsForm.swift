import Bytes
import Events
import YAML

/// `accounts`: our sending identities, each with its other names.
struct AccountsForm: ItemsForm {
    var isMap: Bool { true }
    var takes: String {
        "accounts with their other names, such as \"+27110000001\": [\"100000000000002\"]"
    }

    func read(
        _ node: YAMLNode, _ reader: ValueReader, into policy: inout Policy
    ) throws(PolicyError) {
        var senders: [Policy.Sender] = []
        var owners: [Fingerprint: String] = [:]
        for pair in try reader.map(node, takes) {
            let inner = reader.member(pair.key, line: pair.line)
            guard (1...1_024).contains(pair.key.count) else {
                throw inner.fault("is no name of an account: a name has 1 to 1024 characters")
            }
            let others = try inner.texts(pair.node, 1...1_024)
            let sender = Policy.Sender(pair.key, others)
            for (name, text) in zip(sender.fingerprints, [sender.name] + others) {
                if let owner = owners[name], owner != sender.name {
                    throw inner.fault("names \(text), which is a name of \(owner), too")
                }
                owners[name] = sender.name
            }
            senders.append(sender)
        }
        policy.senders = senders
    }

    func items(of policy: Policy) -> [(name: String?, json: String)] {
        policy.senders.map { ($0.name, ItemWriter.list($0.others)) }
    }

    var schema: SchemaTree {
        .map(of: .object([("type", "array"), ("items", .text(1...1_024))]))
    }
}
