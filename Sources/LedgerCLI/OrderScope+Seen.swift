import Bytes
import CommandLineKit
import Events
import Ledger

/// Whether the ledger ever met whom an order is for: an order for a name that was mistyped holds
/// for nobody.
struct SeenNames: Sendable {
    /// Whether some event names it.
    let isSeen: Bool
    /// Names of the same kind that were seen, the latest first, at most ``namesMax``.
    let known: [String]

    private static let namesMax = 12
    /// How many of the newest events are looked at.
    private static let eventsMax: Position = 1 << 20

    /// Looks for the account or the group chat of an order; nil for one of the whole ledger, or of
    /// a direct chat.
    init?(_ scope: OrderScope, in ledger: Ledger) throws {
        let field: Field = scope.names.account == nil ? .chat : .account
        guard let name = scope.names.account ?? scope.names.chat else { return nil }
        var wanted = [try ledger.fingerprint(of: name, as: field)]
        if field == .account { wanted = try ledger.names(ofAccount: name) }
        let count = try ledger.count()
        var isSeen = false
        var names: [String] = []
        var found: Set<Fingerprint> = []
        try ledger.forEachEventBackwards(
            from: count > Self.eventsMax ? count - Self.eventsMax : 0, before: count
        ) { event in
            let own = field == .account ? event.account : event.chat
            guard own != .none, event.type?.isOrder != true else { return true }
            if wanted.contains(own) {
                isSeen = true
                return false
            }
            if names.count < Self.namesMax, found.insert(own).inserted,
                let text = event.text(field)
            {
                names.append(text)
            }
            return true
        }
        self.isSeen = isSeen
        known = names
    }

    /// Looks, and warns of an order for somebody who was never seen; nil where there is nothing to
    /// look for, or it cannot be looked up: the order holds by then.
    static func warn(_ scope: OrderScope, in ledger: Ledger, _ out: Output) -> SeenNames? {
        let looked = try? SeenNames(scope, in: ledger)
        guard let seen = looked ?? nil else { return nil }
        if !seen.isSeen { out.note(Terminal.escape(seen.warning(scope))) }
        return seen
    }

    /// Writes the members `seen` and, where it was not, `known`.
    func write(to json: inout JSONWriter) {
        json.member("seen", isSeen)
        if !isSeen { json.member("known", known) }
    }

    /// What is said of an order for somebody who was never seen.
    func warning(_ scope: OrderScope) -> String {
        let kind = scope.scope == "account" ? "accounts" : "group chats"
        let others =
            known.isEmpty
            ? "no \(kind) were seen at all"
            : "seen were the \(kind) \(known.joined(separator: ", "))"
        return
            "warning: it was never seen; the order holds \(scope.text), should it come; \(others)"
    }
}

extension EventType {
    /// Whether it is an order, which names whomever it is for.
    fileprivate var isOrder: Bool {
        switch self {
        case .sendingStopped, .sendingPaused, .sendingResumed: true
        default: false
        }
    }
}
