public import Events
import Gate

extension WhatIf {
    /// Writes the result as one JSON object: `schemas/answers/what-if.v1.json`.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member(orNull: "from", from)
        json.member(orNull: "to", to)
        json.member("events", events)
        json.member("attempts", tally.attempts)
        tally.write(to: &json)
        json.member("policy", policy)
        json.key("verdicts")
        json.beginObject()
        for verdict in Verdict.allCases { json.member(verdict.name, verdicts[verdict] ?? 0) }
        json.endObject()
        json.key("by_rule")
        json.beginObject()
        for (rule, count) in Array(byRule).sorted(byName: { $0.key.name }) {
            json.member(rule.name, count)
        }
        json.endObject()
        json.key("decisions")
        json.beginArray()
        for decision in decisions { decision.write(to: &json) }
        json.endArray()
        json.endObject()
    }
}

extension WhatIf.Judged {
    fileprivate func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("position", attempt.position)
        json.member("source", attempt.source)
        json.member(orNull: "subject", attempt.subject)
        json.member("verdict", verdict.name)
        json.member("rules", rules.map(\.name))
        json.member(orNull: "retry_at", retryAt)
        json.endObject()
    }
}

extension Tally {
    /// Writes the members `sources` and `subjects`.
    func write(to json: inout JSONWriter) {
        json.key("sources")
        json.beginArray()
        for source in sources {
            json.beginObject()
            json.member("source", source.name)
            json.member("attempts", source.attempts)
            json.member(orNull: "started", source.started)
            json.member("restarts", source.restarts)
            json.endObject()
        }
        json.endArray()
        json.key("subjects")
        json.beginArray()
        for subject in subjects {
            json.beginObject()
            json.member(orNull: "subject", subject.name)
            json.member("attempts", subject.attempts)
            json.member("duplicates", subject.duplicates)
            json.endObject()
        }
        json.endArray()
    }
}

extension JSONWriter {
    /// Writes a member with a moment, or with null.
    mutating func member(orNull name: String, _ instant: Instant?) {
        key(name)
        if let instant { value(instant) } else { null() }
    }
}
