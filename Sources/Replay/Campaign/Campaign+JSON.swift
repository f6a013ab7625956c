public import Events

extension Campaign {
    /// Writes the result as one JSON object: `schemas/answers/simulate.v1.json`.
    ///
    /// Lengths of time are whole seconds.
    /// - Parameters:
    ///   - json: what it is written to.
    ///   - plan: what was to be sent.
    ///   - unpaced: the same without the policy's section `pacing`, where it has one.
    public func write(to json: inout JSONWriter, plan: Plan, unpaced: Campaign?) {
        json.beginObject()
        json.member("messages", plan.messages)
        json.member("sent", sent)
        json.member("late", late)
        json.member("from", plan.from)
        json.member(orNull: "first", first)
        json.member(orNull: "last", last)
        json.member("duration", duration(of: plan).seconds)
        json.key("without_pacing")
        if let unpaced { json.value(unpaced.duration(of: plan).seconds) } else { json.null() }
        json.key("held_up")
        json.beginArray()
        for (rule, hold) in heldUp {
            json.beginObject()
            json.member("rule", rule.name)
            json.member("messages", hold.times)
            json.member("seconds", hold.length.seconds)
            json.endObject()
        }
        json.endArray()
        json.key("refused")
        json.beginObject()
        for (rule, count) in refusals.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            json.member(rule.name, count)
        }
        json.endObject()
        json.key("hours")
        json.beginArray()
        for count in hours { json.value(Int64(count)) }
        json.endArray()
        json.key("pauses")
        json.beginArray()
        for pause in pauses {
            json.beginObject()
            json.member("at", pause.at)
            json.member("after", pause.after)
            json.member("until", pause.until)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }

    /// What held messages up, the longest first.
    public var heldUp: [(rule: Rule, hold: Hold)] {
        holds.map { (rule: $0.key, hold: $0.value) }.sorted {
            ($1.hold.length, $0.rule.rawValue) < ($0.hold.length, $1.rule.rawValue)
        }
    }
}
