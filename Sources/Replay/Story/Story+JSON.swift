public import Events
import Gate

extension Story {
    /// Writes the story as one JSON object: `schemas/answers/replay.v1.json`.
    ///
    /// - Parameter recheck: Whether recorded decisions come out again, where that was looked at.
    public func write(to json: inout JSONWriter, recheck: Recheck? = nil) {
        json.beginObject()
        json.member(orNull: "from", from)
        json.member(orNull: "to", to)
        json.member("events", events)
        json.member("attempts", tally.attempts)
        json.member("sent", sent)
        tally.write(to: &json)
        json.array("chats", chats) { json, chat in
            json.member("chat", chat.name)
            json.member("sent", chat.sent)
            json.member("duplicates", chat.duplicates)
            json.member("sources", chat.processes.sorted())
        }
        json.array("postings", subjects.filter { $0.posting != nil }) { json, subject in
            json.member("subject", subject.name)
            json.member(orNull: "person", subject.posting?.person)
            json.member(orNull: "chat", subject.posting?.chat)
            json.member(orNull: "time", subject.posting?.time)
        }
        json.array("restarts", restarts) { json, restart in
            json.member("source", restart.process)
            json.member("time", restart.time)
            json.member("before", restart.before)
            json.member("position", restart.position)
        }
        json.array("duplicates", duplicates) { json, again in
            json.member("position", again.attempt.position)
            json.member("source", again.attempt.process)
            json.member(orNull: "subject", again.attempt.subject)
            json.member("earlier", again.earlier.position)
            json.member("earlier_source", again.earlier.process)
            json.member("gap_ms", again.gap.count / 1_000_000)
            json.member("cause", again.cause.rawValue)
        }
        json.array("doubles", doubles) { json, double in
            json.member("reservation", double.reservation.description)
            json.member(orNull: "subject", double.subject)
            json.member(orNull: "chat", double.chat)
            json.member("kind", double.kind.rawValue)
            json.member("messages", double.messages)
            json.member("position", double.position)
        }
        json.array("stopped", stopped) { json, stopped in
            json.member("position", stopped.position)
            json.member("time", stopped.time)
            json.member("reservation", stopped.reservation.description)
            json.member(orNull: "instance", stopped.instance)
            json.member("because", stopped.because)
            json.member("count", stopped.count)
        }
        json.array("timeline", attempts) { json, attempt in
            json.member("position", attempt.position)
            json.member("time", attempt.time)
            json.member("source", attempt.process)
            json.member(orNull: "subject", attempt.subject)
            json.member(orNull: "chat", attempt.chat)
            json.member(orNull: "verdict", attempt.recorded?.name)
        }
        if let recheck { recheck.write(to: &json) }
        json.endObject()
    }
}

extension Recheck {
    fileprivate func write(to json: inout JSONWriter) {
        json.key("recorded")
        json.beginObject()
        json.member("equal", equal)
        json.array("different", different) { json, difference in
            json.member("position", difference.position)
            json.member("member", difference.member)
        }
        json.member("other_engine", otherEngine)
        json.endObject()
    }
}

extension JSONWriter {
    /// Writes a member with an array of objects.
    fileprivate mutating func array<Element>(
        _ name: String, _ elements: [Element], _ body: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        beginArray()
        for element in elements {
            beginObject()
            body(&self, element)
            endObject()
        }
        endArray()
    }
}
