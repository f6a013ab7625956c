import Bytes
import Events
import Ledger

extension Examination {
    /// One account, under the spellings that records have of it.
    private struct Spellings {
        var names: [String] = []
        var fingerprints: Set<Fingerprint> = []
    }

    /// Accounts that were written in several ways: an earlier version gave each a budget of its
    /// own.
    func accounts() throws -> Check {
        var spellings: [Fingerprint: Spellings] = [:]
        var order: [Fingerprint] = []
        try ledger.forEachEvent(to: try ledger.count()) { event in
            guard let range = event.range(of: .account) else { return true }
            let raw = event.bytes.extracting(range).fingerprint()
            let account = event.account
            if spellings[account] == nil { order.append(account) }
            if spellings[account, default: Spellings()].fingerprints.insert(raw).inserted {
                spellings[account]?.names.append(event.bytes.extracting(range).string)
            }
            return true
        }
        let joined = try join(order, spellings)
        let split = joined.filter { $0.count > 1 }
        let count = joined.count == 1 ? "1 account" : "\(joined.count) accounts"
        guard !split.isEmpty else { return Check("accounts", "\(count), each under one name") }
        let named = split.prefix(8).map { $0.joined(separator: " = ") }.joined(separator: "; ")
        return Check(
            "accounts",
            "\(count); written in several ways, which are one account now, and had budgets of "
                + "their own in earlier versions: \(named)")
    }

    /// The names of each account, those together that the policy gives to one.
    private func join(
        _ order: [Fingerprint], _ spellings: [Fingerprint: Spellings]
    ) throws -> [[String]] {
        var joined: [[String]] = []
        var places: [Fingerprint: Int] = [:]
        for account in order {
            guard let found = spellings[account] else { continue }
            let all = try ledger.names(ofAccount: found.names[0])
            if let place = all.lazy.compactMap({ places[$0] }).first {
                joined[place] += found.names
                places[account] = place
            } else {
                places[account] = joined.count
                joined.append(found.names)
            }
        }
        return joined
    }
}
