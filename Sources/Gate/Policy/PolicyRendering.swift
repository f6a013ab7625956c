import Events

extension Policy {
    /// The values in force as YAML, one key a line; rules that are off stand in comments.
    ///
    /// Parsing the text gives an equal policy again.
    public func render() -> String {
        PolicyWriter(policy: self, only: nil).text
    }

    /// The keys of these paths as YAML, those that are off too.
    func render(only paths: Set<String>) -> String {
        PolicyWriter(policy: self, only: paths).text
    }
}

/// Writes a policy as YAML.
private struct PolicyWriter {
    private let policy: Policy
    /// The keys to be written whatever their value; nil for all keys, those off as comments.
    private let only: Set<String>?
    private(set) var text = ""
    /// The sections that the line before stands in.
    private var open: [String] = []

    init(policy: Policy, only: Set<String>?) {
        self.policy = policy
        self.only = only
        let settings = policy.settings.filter { $0.path != "extends" }
        var unsaid: [String] = []
        for setting in settings {
            guard let key = PolicyKey.named(setting.path), only?.contains(key.path) ?? true else {
                continue
            }
            if only == nil, let section = Self.unsaid(key, settings) {
                if unsaid.last != section { unsaid.append(section) }
                continue
            }
            let names = key.names
            for depth in 0..<names.count - 1 where !isOpen(names, depth) {
                line(depth, "\(names[depth]):")
            }
            open = Array(names.dropLast())
            write(key, setting.value, depth: names.count - 1)
        }
        if !unsaid.isEmpty { text += "# says nothing of " + unsaid.joined(separator: ", ") + "\n" }
    }

    /// The outermost section around a key of which the policy says nothing, or nil.
    private static func unsaid(_ key: PolicyKey, _ settings: [PolicySetting]) -> String? {
        let names = key.names
        for depth in 0..<max(1, names.count - 1) {
            let section = names[0...depth].joined(separator: ".")
            let own = settings.filter { $0.path == section || $0.path.hasPrefix("\(section).") }
            // A section of defaults that each say something, such as the lease, is shown.
            let saysLittle = own.contains { $0.value == nil || $0.value == "false" }
            if saysLittle, own.allSatisfy(\.isDefault) { return section }
        }
        return nil
    }

    private func isOpen(_ names: [String], _ depth: Int) -> Bool {
        open.count > depth && open[0...depth] == names[0...depth]
    }

    private mutating func line(_ depth: Int, _ content: String, isOff: Bool = false) {
        text += (isOff ? "# " : "") + String(repeating: "  ", count: depth) + content + "\n"
    }

    private mutating func write(_ key: PolicyKey, _ value: String?, depth: Int) {
        let name = key.names[depth]
        guard let value else {
            if only == nil { return line(depth, "\(name): off", isOff: true) }
            return line(depth, "\(name): \(key.emptyLiteral)")
        }
        switch key.kind {
        case .items(let form):
            line(depth, "\(name):")
            for item in form.items(of: policy) {
                let lead = item.name.map { "\(Policy.quoted($0)):" } ?? "-"
                line(depth + 1, "\(lead) \(item.json)")
            }
        case .scopes:
            line(depth, "\(name):")
            for overlay in policy.overlays { write(overlay, depth: depth + 1) }
        case .count, .countOrDefault, .seconds, .secondsOrDefault, .spread:
            line(depth, "\(name): \(value)  # \(key.unit)")
        case .word: line(depth, "\(name): \(value.dropFirst().dropLast())")
        case .flag, .text, .texts, .patterns, .base: line(depth, "\(name): \(value)")
        }
    }

    private mutating func write(_ overlay: Policy.Overlay, depth: Int) {
        for (index, choice) in overlay.selection.enumerated() {
            let lead = index == 0 ? "- " : "  "
            line(depth, "\(lead)\(choice.key): \(Policy.quoted(choice.name))")
        }
        for own in overlay.text.split(separator: "\n") { line(depth + 1, String(own)) }
    }
}

extension PolicyKey {
    /// How a key is written that is off where the policy around it turns it on.
    fileprivate var emptyLiteral: String {
        switch kind {
        case .texts, .patterns, .scopes: "[]"
        case .items(let form): form.isMap ? "{}" : "[]"
        default: Policy.off
        }
    }
}
