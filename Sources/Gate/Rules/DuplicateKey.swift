import Bytes
import Events
import Views

/// `duplicate.key`: under one idempotency key one message goes.
///
/// What was sent, or may have been, refuses, and so does a message that waits in the queue. While a
/// send is open nobody knows: it waits until the lease ends. A reservation that was released,
/// failed or cancelled holds its key no more. A message that was queued is judged by its key, or
/// by its own place where it has none; several that go as one by all of theirs.
///
/// An ask with an attempt of its own shares a reservation that was asked with another attempt, as
/// long as nobody has reported `attempted` and nothing else stands against that: the first of them
/// to report it may go.
enum DuplicateKey: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let request = hearing.request
        guard request.key != .none || !request.queued.isEmpty else { return }
        var use = tables.use(ofKey: request.key, at: hearing.now)
        for position in request.queued {
            use.add(tables.use(ofQueued: position, at: hearing.now))
        }
        hearing.find(.duplicateKey, scope: .ledger, use)
    }

    /// The reservation that the request may share; nil for none.
    static func shared(
        _ hearing: Hearing, in tables: inout Tables
    ) -> (position: Position, row: ReservationRow)? {
        let request = hearing.request
        guard request.attempt != .none, request.key != .none,
            case .open(let position, let row) = tables.use(ofKey: request.key, at: hearing.now),
            row.isReleasable, !row.asks.contains(request.attempt),
            row.asks.count < ReservationRow.asksMax,
            // Whoever posted the subject since has to wait: the reservation goes to another.
            row.keys.chat == hearing.keys.chat, row.keys.person == hearing.keys.person,
            Obstacles(to: position, row, hearing, reporter: request.instance, in: &tables)
                // When the message may begin, the answer says.
                .names.allSatisfy({ $0 == Obstacles.notBefore })
        else { return nil }
        return (position, row)
    }
}

extension Hearing {
    /// Adds what stands against another send under a key.
    mutating func find(_ rule: Rule, scope: Scope, _ use: KeyUse) {
        var finding = Finding(rule, scope: scope, verdict: .refuse, observed: 1, limit: 0)
        switch use {
        case .free:
            finding.verdict = .send
            finding.observed = 0
            find(finding)
        case .queued(let position):
            finding.code = .queued
            finding.evidence = Finding.Evidence(position)
            find(finding)
        case .sent(let position):
            finding.code = .alreadySent
            finding.evidence = Finding.Evidence(position)
            find(finding)
        case .unknown(let position):
            finding.code = .outcomeUnknown
            finding.evidence = Finding.Evidence(position)
            find(finding)
        case .open(let position, let row):
            finding.verdict = .wait
            finding.code = .inProgress
            finding.retryAt = row.expires
            finding.evidence = Finding.Evidence(position)
            if row.isReleasable { find(finding) } else { find(undecided: finding) }
        }
    }
}
