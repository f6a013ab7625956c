import Bytes
import Events
import Views

/// `breaker`: errors close what they speak of.
///
/// - Codes close the scope that the table of codes, or the policy, says: for a time (wait), or
///   until a person resumes sending for the ledger, the account or the person's chat (refuse).
///   Errors in a row are counted by code and account, since the account's last success in that
///   scope, and anew once sending was resumed. What errors made us suspect of a person is over once
///   the person writes; a template is open again where it was approved after the error.
/// - So many errors in a row, or within a window, halt the account for a time after the last one.
///   After a halt for errors in a row one send at a time may try; a success ends the row. What is
///   no fault of the account (a bad request, the rate of API calls) does not count.
/// - Where at least three persons who never wrote to the account failed with 463 or 131026 within
///   24 hours, and one who had written was reached since, the account may write only to those who
///   wrote. A single such failure closes that person alone.
/// - `account.restricted` closes what the business begins, or everything where its kind says so;
///   of all accounts where its scope is `ledger`. An answer that has to wait until its service
///   window is closed waits for the restriction's end.
/// - Too many errors per 10,000 sends of 24 hours are warned of: `send`, `observed` over `limit`.
enum Breaker: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let terms = hearing.policy.breaker
        guard terms != Policy.BreakerTerms() else { return }
        let rows = BreakerRows(hearing.keys, hearing.group, &tables)
        let inRow = rows.faults(under: terms)
        var open = Finding(
            .breaker, scope: hearing.budget.scope, verdict: .send, observed: Int64(inRow.count),
            limit: Int64(terms.consecutiveErrors ?? 0))
        if terms.consecutiveErrors == nil { open.observed = 0 }
        var closed = Closures()
        halt(hearing, rows, inRow, &closed, &tables)
        if terms.usesCodes {
            close(hearing, rows, &closed, &tables)
            restrict(hearing, rows, &closed, &tables)
        }
        var first = closed.findings.first ?? open
        if let window = closed.window {
            if closed.findings.isEmpty {
                first = Finding(
                    .breaker, scope: .account, verdict: .send, observed: 1, limit: 1,
                    evidence: Finding.Evidence(window.by))
            }
        }
        hearing.find(first)
        for finding in closed.findings.dropFirst() { hearing.find(finding) }
        warn(&hearing, &tables)
    }

    /// Halts of the account.
    private static func halt(
        _ hearing: Hearing, _ rows: BreakerRows, _ inRow: (count: Int, newest: Stamp),
        _ closed: inout Closures, _ tables: inout Tables
    ) {
        let (terms, now, scope) = (hearing.policy.breaker, hearing.now, hearing.budget.scope)
        if let limit = terms.consecutiveErrors, inRow.count >= limit {
            var until = inRow.newest.time.advanced(by: terms.halt)
            // What tries after the halt goes alone.
            let tries = tables.openReservations(hearing.budget.rate, hearing.keys.account, at: now)
            if let last = tries.last { until = max(until, last.time) }
            closed.wait(
                scope, until, now, observed: inRow.count, limit: limit, inRow.newest.position)
        }
        guard let limit = terms.errorsInWindow, limit > 0 else { return }
        let faults = tables.faults(of: hearing.keys.account).recent
            .filter { terms.isFault($0.code) && !rows.isResumed($0.stamp) }
        for (index, fault) in faults.enumerated() where index + 1 >= limit {
            let first = faults[index + 1 - limit].stamp.time
            guard fault.stamp.time.since(first) < terms.window else { continue }
            closed.wait(
                scope, fault.stamp.time.advanced(by: terms.halt), now, observed: limit,
                limit: limit, fault.stamp.position)
        }
    }

    /// What error codes close.
    private static func close(
        _ hearing: Hearing, _ rows: BreakerRows, _ closed: inout Closures,
        _ tables: inout Tables
    ) {
        let (terms, keys) = (hearing.policy.breaker, hearing.keys)
        for entry in rows.ledger.entries where !rows.isResumed(entry.newest, .ledger) {
            guard let term = terms.term(entry.code), term.closes == .ledger else { continue }
            closed.close(.ledger, term, entry, rows.ledger.inRow(entry), hearing.now)
        }
        for entry in rows.account.entries where !rows.isResumed(entry.newest) {
            guard let term = terms.term(entry.code), term.closes == .account else { continue }
            closed.close(.account, term, entry, rows.account.inRow(entry), hearing.now)
        }
        let wrote = tables.lastInbound(from: hearing.group, to: keys.account, at: hearing.now)
        for row in rows.persons { close(hearing, row, rows, wrote, &closed) }
        guard !rows.template.entries.isEmpty else { return }
        let approved = tables.templateRows(keys.template)
            .filter { $0.state == .approved }.map(\.stated.position).max()
        for entry in rows.template.entries where !rows.isResumed(entry.newest, .ledger) {
            guard let term = terms.term(entry.code), term.closes == .template,
                approved ?? 0 <= entry.newest.position
            else { continue }
            closed.close(.template, term, entry, rows.template.inRow(entry), hearing.now)
        }
    }

    /// What the error codes of one person close.
    private static func close(
        _ hearing: Hearing, _ person: CodesRow, _ rows: BreakerRows, _ wrote: Stamp?,
        _ closed: inout Closures
    ) {
        let (terms, keys) = (hearing.policy.breaker, hearing.keys)
        let isMarketing = hearing.request.category == .marketing
        for entry in person.entries where !rows.isResumed(entry.newest, of: person) {
            guard let term = terms.term(entry.code) else { continue }
            let scope: Scope
            switch term.closes {
            case .pair where entry.account == keys.account.low: scope = .pair
            case .marketing where isMarketing: scope = .category
            case .person:
                scope = .person
                // Whoever writes is there, whatever the errors made us suspect.
                let isSuspicion = term.after > 1 || term.lasts != nil
                if isSuspicion, let wrote, wrote.time > entry.newest.time { continue }
            default: continue
            }
            closed.close(scope, term, entry, person.inRow(entry), hearing.now)
        }
    }

    /// How many cold contacts must fail before the account counts as restricted.
    private static let coldMax = 3

    /// What the platform said of the account, or what the failures of cold contacts mean.
    private static func restrict(
        _ hearing: Hearing, _ rows: BreakerRows, _ closed: inout Closures,
        _ tables: inout Tables
    ) {
        let (keys, now) = (hearing.keys, hearing.now)
        for row in tables.restrictions(of: keys.account)
        where !rows.isResumed(row.restricted) && row.restrictedUntil > now
            && (row.closesAnswers || keys.person != .none)
        {
            let position = row.restricted.position
            if !row.closesAnswers,
                let ends = tables.windowEnds(hearing.group, of: keys.account, at: now)
            {
                if closed.window.map({ $0.to < row.restrictedUntil }) ?? true {
                    closed.window = (ends, row.restrictedUntil, position)
                }
            } else if row.restrictedUntil == .latest {
                closed.refuse(.account, observed: 1, limit: 1, position)
            } else {
                closed.wait(.account, row.restrictedUntil, now, observed: 1, limit: 1, position)
            }
        }
        guard keys.person != .none,
            tables.lastInbound(from: hearing.group, to: keys.account, at: now) == nil
        else { return }
        let row = tables.faults(of: keys.account)
        let day = now.advanced(by: Nanoseconds(-Nanoseconds.day.count))
        let cold = row.cold.map(\.stamp).filter { $0.time > day && !rows.isResumed($0) }
        guard cold.count >= coldMax, row.warm.isSet,
            let first = cold.map(\.position).min(), row.warm.position > first
        else { return }
        closed.wait(
            hearing.budget.scope, cold[cold.count - coldMax].time.advanced(by: .day), now,
            observed: cold.count, limit: coldMax, cold[cold.count - 1].position)
    }

    private static func warn(_ hearing: inout Hearing, _ tables: inout Tables) {
        guard let limit = hearing.policy.breaker.warnPer10000 else { return }
        let failures = tables.failures(of: hearing.keys.account, at: hearing.now)
        guard failures > 0 else { return }
        let sends = tables.window(
            hearing.budget.rate, hearing.keys.account, length: .day, limit: .max, at: hearing.now)
        let rate = Int64(failures) * 10_000 / Int64(max(1, sends.count))
        guard rate > Int64(limit) else { return }
        hearing.find(
            Finding(
                .breaker, scope: hearing.budget.scope, verdict: .send, observed: rate,
                limit: Int64(limit)))
    }
}
