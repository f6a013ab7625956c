/// Texts that do not say who writes, that name what nobody filled in, and words of two lists.
enum LintConsent: LintRule {
    static func check(_ policy: Policy, _ report: inout LintReport) {
        let consent = policy.consent
        for reply in Conversation.Reply.allCases {
            guard let text = consent.texts[reply] else { continue }
            check(text, of: reply, consent, &report)
        }
        words(consent, &report)
        if !consent.satisfaction.answers.isEmpty, consent.satisfaction.question == nil {
            report.error("consent.satisfaction.answers", "has no question that they answer")
        }
    }

    private static func check(
        _ text: String, of reply: Conversation.Reply, _ consent: Policy.ConsentTerms,
        _ report: inout LintReport
    ) {
        let key = "consent.texts.\(reply.rawValue)"
        for name in placeholders(in: text) {
            guard let known = consent.placeholders.first(where: { $0.name == name }) else {
                let names = consent.placeholders.map { "{\($0.name)}" }.joined(separator: ", ")
                report.error(key, "holds {\(name)}, which nothing fills; there are \(names)")
                continue
            }
            if known.value == nil {
                report.error(key, "holds {\(name)}, and consent.\(name) says nothing")
            }
        }
        let filled = consent.text(of: reply) ?? text
        if !text.contains("{business}"), !names(consent.business.name, in: filled) {
            report.error(key, "must name the business: write {business} into it")
        }
        if reply == .optOutConfirmation, !text.contains("{resubscribe}"),
            !names(consent.business.resubscribe, in: filled)
        {
            report.error(
                key, "must say how to opt in again: write {resubscribe} into it")
        }
        if reply == .request {
            let folded = FoldedWords.words(of: filled)
            for rule in [Reading.Rule.yes, .no]
            where !words(of: rule, consent).contains(where: { folded.contains($0) }) {
                report.warn(
                    key, "names no word of consent.words.\(rule.rawValue) to answer it with")
            }
        }
    }

    /// A name that is none says nothing.
    private static func names(_ name: String?, in text: String) -> Bool {
        guard let name else { return false }
        return text.contains(name)
    }

    private static func placeholders(in text: String) -> [String] {
        text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap {
            guard let end = $0.firstIndex(of: "}") else { return nil }
            return String($0[..<end])
        }
    }

    private static func words(of rule: Reading.Rule, _ consent: Policy.ConsentTerms) -> [[UInt8]] {
        (ConsentWords.defaults(rule) + consent.words[rule]).compactMap { FoldedWords.fold($0) }
    }

    private static func words(_ consent: Policy.ConsentTerms, _ report: inout LintReport) {
        var homes: [[UInt8]: Reading.Rule] = [:]
        for rule in Reading.Rule.lists {
            for word in ConsentWords.defaults(rule) {
                homes[FoldedWords.compact(word)] = rule
            }
        }
        for rule in Reading.Rule.lists {
            let key = "consent.words.\(rule.rawValue)"
            for word in consent.words[rule] {
                let folded = FoldedWords.compact(word)
                if folded.isEmpty {
                    report.error(key, "names \(word), which holds no letter and no digit")
                } else if let home = homes.updateValue(rule, forKey: folded), home != rule {
                    report.error(
                        key, "names \(word), which means \(home.rawValue) already")
                }
            }
        }
    }
}

extension FoldedWords {
    /// A word without spaces; empty for one that is too long or holds nothing.
    static func compact(_ word: String) -> [UInt8] {
        (fold(word) ?? []).filter { $0 != 0x20 }
    }

    /// The words of a text of any length, each folded.
    static func words(of text: String) -> [[UInt8]] {
        text.split { $0.isWhitespace || $0.isPunctuation }.compactMap { fold(String($0)) }
    }
}
