import Bytes
import Events
import Views

/// The error codes of every scope of a send, and when operators resumed them.
struct BreakerRows {
    let ledger: CodesRow
    let account: CodesRow
    /// One for each member of the person's group.
    let persons: [CodesRow]
    let template: CodesRow

    init(_ keys: SendKeys, _ group: PersonGroup, _ tables: inout Tables) {
        ledger = tables.codes(.ledger)
        account = tables.codes(.account, keys.account)
        var persons: [CodesRow] = []
        if keys.person != .none {
            persons.append(tables.codes(.person, keys.person))
            for other in group.others { persons.append(tables.codes(.person, other)) }
        }
        self.persons = persons
        template = keys.template == .none ? CodesRow() : tables.codes(ofTemplate: keys.template)
    }

    /// Whether sending was resumed by hand after an event, in its scope or in a wider one.
    func isResumed(_ stamp: Stamp, _ scope: Scope = .account) -> Bool {
        var resumed = ledger.resumed
        if scope != .ledger { resumed = max(resumed, account.resumed) }
        return stamp.position < resumed
    }

    /// Whether sending to a person was resumed by hand after an event, or in a wider scope.
    func isResumed(_ stamp: Stamp, of person: CodesRow) -> Bool {
        isResumed(stamp) || stamp.position < person.resumed
    }

    /// How many errors in a row there are that count towards a halt, and the newest.
    func faults(under terms: Policy.BreakerTerms) -> (count: Int, newest: Stamp) {
        var faults = (count: 0, newest: Stamp.never)
        for entry in account.entries where terms.isFault(entry.code) && !isResumed(entry.newest) {
            let inRow = account.inRow(entry)
            guard inRow > 0 else { continue }
            faults.count += inRow
            faults.newest = max(faults.newest, entry.newest)
        }
        return faults
    }
}

/// What is closed: one finding a scope, the strictest and longest.
struct Closures {
    private(set) var findings: [Finding] = []
    /// From when to when a restriction closes what it leaves open now, because the person's service
    /// window ends, and by which event; nil where there is no such time.
    var window: (from: Instant, to: Instant, by: Position)?

    /// Closes a scope as a code's term says.
    mutating func close(
        _ scope: Scope, _ term: Policy.CodeTerm, _ entry: CodeEntry, _ inRow: Int, _ now: Instant
    ) {
        // A success ends the row, but not what one error alone closed.
        let count = term.after > 1 ? inRow : max(1, inRow)
        guard count >= term.after else { return }
        guard let lasts = term.lasts else {
            refuse(scope, observed: count, limit: term.after, entry.newest.position)
            return
        }
        let factor = term.grows ? Int64(1) << Int64(2 * min(count - 1, Self.growthMax)) : 1
        let (length, overflow) = lasts.count.multipliedReportingOverflow(by: factor)
        wait(
            scope, entry.newest.time.advanced(by: Nanoseconds(overflow ? .max : length)), now,
            observed: count, limit: term.after, entry.newest.position)
    }

    /// The time grows up to 4 to the power of this: 256 times.
    private static let growthMax = 4

    /// Closes a scope until a moment, unless that has passed.
    mutating func wait(
        _ scope: Scope, _ until: Instant, _ now: Instant, observed: Int, limit: Int,
        _ position: Position
    ) {
        guard until > now else { return }
        enter(
            Finding(
                .breaker, scope: scope, verdict: .wait, observed: Int64(observed),
                limit: Int64(limit), retryAt: min(until, .latest),
                evidence: Finding.Evidence(position)))
    }

    /// Closes a scope until a person resumes sending.
    mutating func refuse(_ scope: Scope, observed: Int, limit: Int, _ position: Position) {
        enter(
            Finding(
                .breaker, scope: scope, verdict: .refuse, observed: Int64(observed),
                limit: Int64(limit), evidence: Finding.Evidence(position)))
    }

    private mutating func enter(_ finding: Finding) {
        guard let at = findings.firstIndex(where: { $0.scope == finding.scope }) else {
            findings.append(finding)
            return
        }
        let old = findings[at]
        if (finding.verdict, finding.retryAt ?? .latest) > (old.verdict, old.retryAt ?? .latest) {
            findings[at] = finding
        }
    }
}
