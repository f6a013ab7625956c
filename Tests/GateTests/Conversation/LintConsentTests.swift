import Gate
import Testing

@Suite struct `A policy's texts about consent` {
    func findings(_ text: String) -> [String] {
        PolicyLint.check(text.utf8Span.span, source: .none, knowsZone: { _ in true })
            .findings.map(\.message)
    }

    static let whole = """
        consent:
          business: Fibre Works
          resubscribe: Reply START.
          texts:
            request: "{business}: YES or NO?"
            opt_out_confirmation: "Fibre Works: out. {resubscribe}"
        """

    @Test func `are fine where each names the business and the way back`() {
        #expect(findings(Self.whole).isEmpty)
    }

    @Test(arguments: [
        ("business: Fibre Works", "business: Other", "must name the business"),
        ("{resubscribe}", "", "must say how to opt in again"),
        ("{business}: YES", "{busines}: YES", "holds {busines}, which nothing fills"),
        ("business: Fibre Works", "hours: now", "consent.business says nothing"),
        ("YES or NO?", "agreed?", "names no word of consent.words.yes"),
        ("YES or NO?", "YES or not?", "names no word of consent.words.no"),
        ("texts:", "words: {yes: [stop]}\n  texts:", "names stop, which means opt_out already"),
        ("texts:", "words: {opt_in: [ja], yes: [Ja!]}\n  texts:", "means yes already"),
        ("texts:", "words: {yes: [\"...\"]}\n  texts:", "holds no letter and no digit"),
        ("texts:", "satisfaction: {answers: [good]}\n  texts:", "has no question"),
    ])
    func `are refused or warned of where they mean nothing`(
        _ old: String, _ new: String, _ sentence: String
    ) {
        let found = findings(Self.whole.replacing(old, with: new))
        #expect(found.contains { $0.contains(sentence) }, "\(found)")
    }
}
