import Bytes
import Events
import Views

/// `template`: a template goes only while the platform approves it, as what it was approved for;
/// what promotes something goes as marketing only.
///
/// The newest word holds, be it of the template in its language or in all. Low quality and length
/// are warned of: such a finding says `send` with `observed` over `limit`.
enum TemplateRule: Judge {
    static let isSkippedByCritical = false

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let terms = hearing.policy.templates
        guard terms != Policy.TemplateTerms() else { return }
        let template = hearing.keys.template
        let rows =
            terms.isChecked && template != .none ? tables.templateRows(template) : []
        let count = hearing.findingCount
        state(rows, &hearing)
        category(rows, &hearing)
        warn(rows, &hearing)
        guard hearing.findingCount == count, template != .none || !terms.promotionalWords.isEmpty
        else { return }
        hearing.find(
            Finding(
                .template, scope: template == .none ? .category : .template, verdict: .send,
                observed: 0, limit: 0))
    }

    private static func state(_ rows: [TemplateRow], _ hearing: inout Hearing) {
        guard let row = rows.filter(\.stated.isSet).max(by: { $0.stated < $1.stated }) else {
            return
        }
        var finding = Finding(
            .template, scope: .template, verdict: .refuse, observed: 1, limit: 0,
            evidence: Finding.Evidence(row.stated.position))
        switch row.state {
        case .unknown, .approved: return
        case .paused:
            guard row.pausedUntil > hearing.now else { return }
            finding.verdict = .wait
            finding.retryAt = row.pausedUntil
        case .disabled, .rejected: break
        }
        hearing.find(finding)
    }

    private static func category(_ rows: [TemplateRow], _ hearing: inout Hearing) {
        let recorded = rows.filter(\.categorised.isSet)
            .max { $0.categorised < $1.categorised }
        let asked = hearing.request.category
        var finding = Finding(
            .template, scope: .category, verdict: .refuse, observed: 1, limit: 0)
        if let recorded, recorded.category != .all {
            finding.evidence = Finding.Evidence(recorded.categorised.position)
            if asked != .all, asked != recorded.category {
                hearing.find(finding)
                return
            }
        }
        // Who does not say what it is sent as sends it as what the template is.
        let category = asked == .all ? recorded?.category ?? .all : asked
        guard hearing.facts.circumstances.isPromotional, category != .marketing else { return }
        hearing.find(finding)
    }

    private static func warn(_ rows: [TemplateRow], _ hearing: inout Hearing) {
        let row = rows.filter(\.rated.isSet).max { $0.rated < $1.rated }
        if let row, row.rating == .red {
            hearing.find(
                Finding(
                    .template, scope: .template, verdict: .send, observed: 1, limit: 0,
                    evidence: Finding.Evidence(row.rated.position)))
        }
        let length = hearing.facts.circumstances.length
        if let most = hearing.policy.templates.maxCharacters, length > most,
            hearing.keys.template != .none
        {
            hearing.find(
                Finding(
                    .template, scope: .template, verdict: .send, observed: Int64(length),
                    limit: Int64(most)))
        }
    }
}
