/// A tree in the making: what the parser's events have said so far.
struct TreeBuilder {
    /// A sequence or mapping that is still open.
    private struct Level {
        let line: Int
        let column: Int
        let isMapping: Bool
        var nodes: [YAMLNode] = []
        var pairs: [YAMLNode.Pair] = []
        var keys: [String: Int] = [:]
        var key: (text: String, line: Int, column: Int)?
    }

    /// Where an event begins, line and column from 1.
    struct Mark {
        let line: Int
        let column: Int

        func error(_ code: YAMLError.Code, _ message: String) -> YAMLError {
            YAMLError(code: code, message: message, line: line, column: column)
        }
    }

    private var levels: [Level] = []
    /// The document's outermost node, once it is complete.
    private(set) var root: YAMLNode?

    /// Begins a sequence or a mapping.
    mutating func open(mapping: Bool, at mark: Mark) throws(YAMLError) {
        if let level = levels.last, level.isMapping, level.key == nil {
            throw mark.error(.key, "a key must be text, not a list or a mapping")
        }
        guard levels.count < YAMLNode.depthMax else {
            throw mark.error(.depth, "nested more than \(YAMLNode.depthMax) levels deep")
        }
        levels.append(Level(line: mark.line, column: mark.column, isMapping: mapping))
    }

    /// Ends the innermost sequence or mapping.
    mutating func close() {
        // libyaml pairs every end with its start, so there is a level to close.
        let level = levels.removeLast()
        add(
            YAMLNode(
                value: level.isMapping ? .mapping(level.pairs) : .sequence(level.nodes),
                line: level.line, column: level.column))
    }

    /// Takes a scalar: a key where the innermost mapping awaits one, else a value.
    mutating func scalar(
        _ text: String, _ style: YAMLNode.Style, at mark: Mark
    ) throws(YAMLError) {
        guard let last = levels.indices.last, levels[last].isMapping, levels[last].key == nil else {
            add(YAMLNode(value: .scalar(text, style), line: mark.line, column: mark.column))
            return
        }
        if let first = levels[last].keys.updateValue(mark.line, forKey: text) {
            throw mark.error(.duplicateKey, "\(text) stands twice; first on line \(first)")
        }
        levels[last].key = (text, mark.line, mark.column)
    }

    private mutating func add(_ node: YAMLNode) {
        guard let last = levels.indices.last else {
            root = node
            return
        }
        if let key = levels[last].key {
            levels[last].pairs.append(
                YAMLNode.Pair(key: key.text, line: key.line, column: key.column, node: node))
            levels[last].key = nil
        } else {
            levels[last].nodes.append(node)
        }
    }
}
