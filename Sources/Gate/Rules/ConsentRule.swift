import Bytes
import Events
import Views

/// `consent`: whoever withdrew it, for this category or for all, is sent nothing but one
/// confirmation; where the policy asks for consent, whoever never gave it is sent nothing but its
/// request, once.
///
/// What one member of a group withdrew or declined is so for all; who was asked under one alias is
/// asked under no other; one confirmation goes to all of them together. To more persons than
/// ``PersonGroup/membersMax`` that are one by mistake nothing goes: `observed` is then -1.
///
/// A message of their own that asks for support opens 24 hours for its answer.
enum ConsentRule: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard hearing.keys.person != .none else { return }
        guard !hearing.group.isTooLarge, !hearing.chats.isTooLarge else {
            hearing.find(tooLarge(hearing.group.isTooLarge ? hearing.group : hearing.chats))
            return
        }
        guard let row = tables.person(hearing.group) else {
            hearing.find(unknown(PersonRow(), hearing))
            return
        }
        let category = hearing.request.category
        if row.isSupported(at: hearing.now), hearing.purpose == .supportReply {
            let end = row.support.time.advanced(by: .day)
            hearing.find(passed, until: end.advanced(by: Nanoseconds(1)))
        } else if row.isWithdrawn(category) {
            hearing.find(withdrawn(row, hearing))
        } else {
            hearing.find(unknown(row, hearing))
        }
    }

    private static let passed = Finding(
        .consent, scope: .person, verdict: .send, observed: 0, limit: 0)

    private static func tooLarge(_ group: PersonGroup) -> Finding {
        Finding(
            .consent, scope: .person, verdict: .refuse, observed: -1,
            limit: Int64(PersonGroup.membersMax), evidence: group.linked.map { .init($0) })
    }

    /// Only the one confirmation passes.
    private static func withdrawn(_ row: PersonRow, _ hearing: Hearing) -> Finding {
        let isForAll = row[.all].isWithdrawn
        let consent = isForAll ? row[.all] : row[hearing.request.category]
        let isConfirmed = row.confirmation > consent.withdrawn.position
        var finding = Finding(
            .consent, scope: isForAll ? .person : .category, verdict: .refuse, observed: 1,
            limit: 0, evidence: Finding.Evidence(consent.withdrawn.position))
        if hearing.purpose == .confirmation, !isConfirmed { finding.verdict = .send }
        return finding
    }

    /// Where consent is asked for, its request passes once, and a confirmation of what was said.
    private static func unknown(_ row: PersonRow, _ hearing: Hearing) -> Finding {
        var finding = passed
        guard hearing.policy.consent.isRequired, !row.isGranted(hearing.request.category) else {
            return finding
        }
        let asked = row.request
        finding.observed = asked > 0 ? 1 : 0
        if asked > 0 { finding.evidence = Finding.Evidence(asked - 1) }
        switch hearing.purpose {
        case .consentRequest where asked == 0: break
        case .confirmation where row.declined.isSet && row.confirmation <= row.declined.position:
            break
        default: finding.verdict = .refuse
        }
        return finding
    }
}
