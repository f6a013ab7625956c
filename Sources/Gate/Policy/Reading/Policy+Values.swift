import Events
import YAML

extension Policy {
    /// The word that turns off a rule which a preset or the policy around a scope turns on.
    static let off = "off"

    /// Reads the value of one key into its place.
    mutating func read(
        _ key: PolicyKey, _ node: YAMLNode, _ reader: ValueReader
    ) throws(PolicyError) {
        if key.canBeOff, case .scalar(Self.off, .plain) = node.value {
            turnOff(key)
            return
        }
        switch key.kind {
        case .count(let form, let place):
            self[keyPath: place] = Int(try reader.number(node, form, key.takes) / 1_000)
        case .countOrDefault(let form, let place):
            self[keyPath: place] = Int(try reader.number(node, form, key.takes) / 1_000)
        case .seconds(let form, let place):
            self[keyPath: place] = .milliseconds(try reader.number(node, form, key.takes))
        case .secondsOrDefault(let form, let place):
            self[keyPath: place] = .milliseconds(try reader.number(node, form, key.takes))
        case .spread(let form, let place):
            self[keyPath: place] = try reader.spread(node, form, key.takes)
        case .flag(let place): self[keyPath: place] = try reader.flag(node)
        case .word(let words, let place):
            self[keyPath: place] = try reader.word(node, of: words)
        case .text(let range, let place): self[keyPath: place] = try reader.text(node, range)
        case .texts(let range, let place): self[keyPath: place] = try reader.texts(node, range)
        case .patterns(let place): self[keyPath: place] = try reader.patterns(node)
        case .items(let form): try form.read(node, reader, into: &self)
        case .scopes, .base: break
        }
    }

    private mutating func turnOff(_ key: PolicyKey) {
        switch key.kind {
        case .count(_, let place): self[keyPath: place] = nil
        case .seconds(_, let place): self[keyPath: place] = nil
        case .spread(_, let place): self[keyPath: place] = nil
        default: break
        }
    }
}

extension PolicyKey {
    /// Whether `off` is a value of the key.
    var canBeOff: Bool {
        switch kind {
        case .count, .seconds, .spread: true
        default: false
        }
    }
}
