import Bytes
import Events
import TestSupport
import Testing
import Views

@Suite struct `What the platform says` {
    /// Writes every row down and reads it again.
    private final class Copier: TableVisitor {
        var rows: [String: Int] = [:]
        var differences: [String] = []

        func visit<Row>(_ table: inout RowTable<Row>) {
            let name = table.name
            table.forEach { _, row, _ in
                var writer = RowWriter()
                row.encode(into: &writer)
                let bytes = writer.bytes
                var reader = RowReader(bytes.span)
                let copy = Row(decoding: &reader)
                if copy != row || !reader.isComplete { differences.append(name) }
                rows[name, default: 0] += 1
            }
        }
    }

    @Test func `survives being written down`() {
        var events = RandomEvents(seed: 21)
        var tables = Tables(tag: History.tag)
        for position in 0..<UInt64(6_000) {
            let record = events.next().sealed(at: position, recorded: events.now)
            if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        }
        let copier = Copier()
        tables.forEachTable(copier)
        #expect(copier.differences == [])
        for name in [
            "inbound", "recipients", "reach", "accounts", "templates", "prompts", "codes", "faults",
        ] {
            #expect(copier.rows[name, default: 0] > 0, "\(name)")
        }
    }

    @Test func `finds a template without a language from it in any`() {
        func name(_ template: String, _ language: String?) -> Fingerprint {
            let text = Array(template.utf8)
            guard let language else { return TemplateName.fingerprint(text.span) }
            let tongue = Array(language.utf8)
            return TemplateName.fingerprint(text.span, language: tongue.span)
        }
        let family = name("hello", nil)
        #expect(name("hello", "en").templateFamily == family)
        #expect(name("hello", "de").templateFamily == family)
        #expect(family.templateFamily == family)
        #expect(name("hello", "en") != name("hello", "de"))
        #expect(name("bye", "en").templateFamily != family)
        #expect(name(#"{"name":"hello","language":{"code":"en"}}"#, nil) == name("hello", "en"))
        #expect(name(#""hello""#, nil) == family)
    }
}
