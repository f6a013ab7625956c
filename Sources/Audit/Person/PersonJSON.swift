import Bytes
public import Events
import Ledger

/// A person as JSON: one object, with one decision or event a line.
struct PersonJSON: PersonWriter {
    private var bytes: [UInt8] = []
    private var isFirst = true

    mutating func begin(_ record: PersonRecord) {
        var json = JSONWriter(appendingTo: bytes)
        json.beginObject()
        record.writeMembers(to: &json)
        bytes = json.finish()
        open("decisions")
    }

    mutating func add(decision event: borrowing EventView) {
        separate()
        var json = JSONWriter(appendingTo: bytes)
        json.beginObject()
        json.member("position", event.position)
        json.member("time", event.effective)
        json.member(orNull: "verdict", event.text(.verdict))
        json.member(orNull: "subject", event.text(.subject))
        json.member(orNull: "account", event.text(.account))
        json.member(orNull: "text", event.text(.text))
        json.member("count", event.integer(.count) ?? 1)
        json.key("rules")
        json.beginArray()
        for finding in event.findings { finding.write(to: &json) }
        json.endArray()
        json.endObject()
        bytes = json.finish()
    }

    mutating func beginEvents() {
        bytes += "]".utf8
        open("events")
    }

    mutating func add(_ event: borrowing EventView) {
        separate()
        CloudEvent.write(event, into: &bytes)
    }

    mutating func end(mentions: UInt64) { bytes += "],\n\"mentions\":\(mentions)}\n".utf8 }

    mutating func take() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    private mutating func open(_ name: String) {
        bytes += ",\n\"\(name)\":[".utf8
        isFirst = true
    }

    private mutating func separate() {
        bytes += (isFirst ? "\n" : ",\n").utf8
        isFirst = false
    }
}

extension PersonRecord {
    /// Writes what is held, but for decisions and events, as the members of an object.
    public func writeMembers(to json: inout JSONWriter) {
        json.member("ledger", ledger)
        json.member("made", made)
        json.member("end", end)
        json.member("aliases", aliases)
        json.member("names", names)
        json.key("consent")
        json.beginArray()
        for basis in consents { basis.write(to: &json) }
        json.endArray()
        json.key("consent_history")
        json.beginArray()
        for basis in history { basis.write(to: &json) }
        json.endArray()
        writeLinks(to: &json)
        json.key("posted")
        json.beginArray()
        for posting in posted {
            json.beginObject()
            json.member("subject", posting.subject)
            json.member("count", posting.count)
            json.member("position", posting.position)
            json.member("time", posting.time)
            json.endObject()
        }
        json.endArray()
        json.member("inbound", inbound)
        json.member("outbound", outbound)
        json.key("last_inbound")
        if let lastInbound { json.value(lastInbound) } else { json.null() }
        json.key("last_outbound")
        if let lastOutbound { json.value(lastOutbound) } else { json.null() }
        json.key("counts")
        json.beginObject()
        for (number, count) in types.sorted(by: { $0.key < $1.key }) {
            json.member(Self.typeName(number), count)
        }
        json.endObject()
    }

    private func writeLinks(to json: inout JSONWriter) {
        json.key("linked")
        json.beginArray()
        for person in linked {
            json.beginObject()
            json.member("person", person.person.hex)
            json.member(orNull: "alias", person.alias)
            json.member("position", person.position)
            json.member("time", person.recorded)
            json.member(orNull: "evidence", person.evidence)
            json.member(orNull: "by", person.by)
            json.endObject()
        }
        json.endArray()
        json.key("consent_together")
        json.beginObject()
        for (category, state) in together { json.member(category, state) }
        json.endObject()
    }

    static func typeName(_ number: UInt16) -> String {
        EventType(rawValue: number)?.name ?? "unknown.\(number)"
    }
}

extension PersonRecord.Basis {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("category", category)
        json.member("state", state)
        json.member("position", position)
        json.member("time", time)
        json.member("type", type)
        json.member(orNull: "source", source)
        if isEvidenceJSON, let evidence {
            json.key("evidence")
            json.raw(evidence.utf8Span.span)
        } else {
            json.member(orNull: "evidence", evidence)
        }
        json.member(orNull: "wording", wording)
        json.endObject()
    }
}
