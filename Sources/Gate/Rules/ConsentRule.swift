import Bytes
import Events
import Views

/// `consent`: whoever withdrew it, for this category or for all, is sent nothing but one
/// confirmation; where the policy asks for consent, whoever never gave it is sent nothing but its
/// request, once.
///
/// What one member of a group withdrew or declined is so for all; who was asked under one alias is
/// asked under no other; one confirmation goes to all of them together, for the earliest opt-out
/// that holds. To more persons than
/// ``PersonGroup/membersMax`` that are one by mistake nothing goes: `observed` is then -1, and the
/// limit that number.
///
/// A message of their own that asks for support opens 24 hours for its answer. A word to opt out
/// with a tail holds everything else until somebody decides what was meant: `observed` is then -1,
/// and the limit 0.
enum ConsentRule: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard hearing.keys.person != .none else { return }
        guard !hearing.group.isTooLarge, !hearing.chats.isTooLarge else {
            hearing.find(tooLarge(hearing.group.isTooLarge ? hearing.group : hearing.chats))
            return
        }
        guard let row = tables.person(hearing.group) else {
            hearing.find(unknown(PersonRow(), hearing, &tables))
            return
        }
        let category = hearing.request.category
        if row.isSupported(at: hearing.now), hearing.purpose == .supportReply {
            hearing.find(passed)
        } else if row.isWithdrawn(category) {
            let closed = tables.conversation(with: hearing.keys.person).closed
            hearing.find(withdrawn(row, closed, hearing, &tables))
        } else if case let held = tables.conversation(with: hearing.keys.person).held, held.isSet {
            hearing.find(Self.held(held))
        } else {
            hearing.find(unknown(row, hearing, &tables))
        }
    }

    private static let passed = Finding(
        .consent, scope: .person, verdict: .send, observed: 0, limit: 0)

    private static func tooLarge(_ group: PersonGroup) -> Finding {
        Finding(
            .consent, scope: .person, verdict: .refuse, observed: -1,
            limit: Int64(PersonGroup.membersMax), evidence: group.linked.map { .init($0) })
    }

    /// Waiting does not help: a person has to look at what was written.
    private static func held(_ reading: Stamp) -> Finding {
        Finding(
            .consent, scope: .person, verdict: .refuse, observed: -1, limit: 0,
            evidence: Finding.Evidence(reading.position), code: .held)
    }

    /// Only the one confirmation passes: one for an opt-out, however often it was repeated.
    private static func withdrawn(
        _ row: PersonRow, _ closed: Position, _ hearing: Hearing, _ tables: inout Tables
    ) -> Finding {
        let isForAll = row[.all].isWithdrawn
        let consent = isForAll ? row[.all] : row[hearing.request.category]
        let since = closed > 0 ? closed - 1 : consent.withdrawn.position
        let isConfirmed = tables.held(row.confirmation, at: hearing.now) > since
        var finding = Finding(
            .consent, scope: isForAll ? .person : .category, verdict: .refuse, observed: 1,
            limit: 0, evidence: Finding.Evidence(consent.withdrawn.position), code: .optedOut)
        if hearing.purpose == .confirmation, !isConfirmed {
            finding.verdict = .send
            finding.code = nil
        }
        return finding
    }

    /// Where consent is asked for, its request passes once, and a confirmation of what was said.
    private static func unknown(
        _ row: PersonRow, _ hearing: Hearing, _ tables: inout Tables
    ) -> Finding {
        var finding = passed
        guard hearing.policy.consent.isRequired, !row.isGranted(hearing.request.category) else {
            return finding
        }
        let asked =
            row.request == row.asking
            ? tables.held(row.asking, at: hearing.now) : row.request
        finding.observed = asked > 0 ? 1 : 0
        if asked > 0 { finding.evidence = Finding.Evidence(asked - 1) }
        switch hearing.purpose {
        case .consentRequest where asked == 0: break
        case .confirmation
        where row.declined.isSet
            && tables.held(row.confirmation, at: hearing.now) <= row.declined.position:
            break
        default:
            finding.verdict = .refuse
            finding.code = .consentRequired
        }
        return finding
    }
}

extension Tables {
    /// What a person's row says of a reservation, one more than its position; 0 where the
    /// reservation is released by `now`: nothing was sent under it.
    fileprivate mutating func held(_ named: Position, at now: Instant) -> Position {
        guard named > 0, let row = reservation(at: named - 1) else { return named }
        return row.state(at: now) == .released ? 0 : named
    }
}
