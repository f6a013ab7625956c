import Bytes
import Events
public import Views
import YAML

extension Policy {
    /// The policy for one request: what overlays say for its account, chat, role and category.
    ///
    /// Every policy that overlays can make was made when the file was read; this looks one up.
    public func effective(for request: PreparedRequest) -> Policy {
        overlays.isEmpty ? self : effective(for: overlays(for: request.keys))
    }

    /// Which overlays hold for those keys, as bits.
    public func overlays(for keys: SendKeys) -> UInt64 {
        var mask: UInt64 = 0
        for (index, overlay) in overlays.enumerated() where overlay.holds(for: keys) {
            mask |= 1 << UInt64(index)
        }
        return mask
    }

    /// The policy that a set of overlays makes.
    public func effective(for overlays: UInt64) -> Policy { merged[overlays] ?? self }
}

extension Policy.Overlay {
    /// Whether a request is of the account, chat, role and category that it names.
    ///
    /// Names are compared by their fingerprints, which a sealed record has too.
    fileprivate func holds(for keys: SendKeys) -> Bool {
        (accountKey == .none || accountKey == keys.account)
            && (chatKey == .none || chatKey == keys.chat)
            && (roleKey == .none || roleKey == keys.role)
            && (category == nil || category == keys.category.name)
    }
}

extension PolicyReader {
    /// How many scopes a policy may have.
    static let scopesMax = 64
    /// How many policies they may make together.
    static let mergedMax = 256

    /// Reads the scopes and makes every policy that they can make together.
    mutating func readScopes() throws(PolicyError) {
        guard let first = scopes.first else { return }
        let reader = ValueReader(path: "scopes", line: first.line, source: source)
        guard scopes.count <= Self.scopesMax else {
            throw reader.fault("are \(scopes.count); at most \(Self.scopesMax) are taken")
        }
        var overlays: [Policy.Overlay] = []
        for (index, node) in scopes.enumerated() {
            overlays.append(try overlay(node, reader.element(index + 1, line: node.line)))
        }
        guard let masks = Self.masks(of: overlays) else {
            throw reader.fault(
                "make more than \(Self.mergedMax) policies together; name fewer accounts, chats "
                    + "and roles")
        }
        let base = policy
        var merged: [UInt64: Policy] = [:]
        for mask in masks where mask != 0 {
            var whole = PolicyReader(source: source)
            whole.policy = base
            for index in scopes.indices where mask & (1 << UInt64(index)) != 0 {
                try whole.read(scopes[index], at: [], passing: Policy.Overlay.selectors)
            }
            merged[mask] = whole.policy
        }
        policy.overlays = overlays
        policy.merged = merged
    }

    /// Reads one scope on its own.
    private func overlay(
        _ node: YAMLNode, _ reader: ValueReader
    ) throws(PolicyError) -> Policy.Overlay {
        let pairs = try reader.map(node, "an account, a chat, a role or a category with sections")
        var scope = PolicyReader(source: source)
        scope.isScope = true
        do {
            try scope.read(node, at: [], passing: Policy.Overlay.selectors)
        } catch {
            throw PolicyError(
                line: error.line, keyPath: "\(reader.path).\(error.keyPath)",
                message: "\(reader.path): \(error.message)")
        }
        var overlay = Policy.Overlay(text: "")
        let members = ItemMembers(reader: reader, pairs: pairs)
        if let (node, reader) = members["account"] {
            // Sends are counted under the name of the account, whichever of its names is written.
            let name = try reader.text(node, 1...1_024)
            let sender = policy.senderIndex[Alias.account(name)]
            overlay.account = sender.map { policy.senders[$0].name } ?? name
        }
        if let (node, reader) = members["role"] { overlay.role = try reader.text(node, 1...1_024) }
        if let (node, reader) = members["category"] {
            overlay.category = try reader.word(node, of: Shape.categories)
        }
        if let (node, reader) = members["chat"] {
            let chat = try reader.text(node, 1...1_024)
            guard ChatName.isGroup(chat.utf8Span.span) else {
                throw reader.fault(
                    "takes a group, whose name ends with @g.us, @broadcast or @newsletter, not "
                        + "\(chat): who a direct chat is with may be sealed in the record")
            }
            overlay.chat = chat
        }
        guard overlay.isForSome else {
            throw reader.fault("names no account, chat, role or category that it holds for")
        }
        guard !scope.seen.isEmpty else { throw reader.fault("holds no key that differs") }
        overlay.text = scope.policy.render(only: Set(scope.seen.map(\.path)))
        return overlay
    }

    /// Every set of overlays that one request can be of, as bits; nil for too many.
    private static func masks(of overlays: [Policy.Overlay]) -> Set<UInt64>? {
        var masks: Set<UInt64> = [.max >> UInt64(64 - overlays.count)]
        for place in [
            \Policy.Overlay.account, \Policy.Overlay.chat, \Policy.Overlay.role,
            \Policy.Overlay.category,
        ] {
            var next: Set<UInt64> = []
            for name in Set(overlays.map { $0[keyPath: place] }).union([nil]) {
                var mask: UInt64 = 0
                for (index, overlay) in overlays.enumerated() {
                    let own = overlay[keyPath: place]
                    if own == nil || own == name { mask |= 1 << UInt64(index) }
                }
                for one in masks { next.insert(one & mask) }
            }
            guard next.count <= mergedMax else { return nil }
            masks = next
        }
        return masks
    }
}
