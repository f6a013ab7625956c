import Bytes
import Events

extension Compliance {
    /// The counts, the lists and the findings as one object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("from", from)
        json.member("to", to)
        json.key("consent")
        json.beginObject()
        json.member("asked", Int64(asked))
        json.member("yes", Int64(yes))
        json.member("no", Int64(no))
        json.member("unanswered", Int64(unanswered))
        json.member("yes_per_10000", Self.rate(yes, of: asked))
        json.endObject()
        writeDays(&json)
        writeCampaigns(&json)
        json.key("retention")
        json.beginArray()
        for step in retention {
            json.beginObject()
            json.member("days", Int64(step.days))
            json.member("persons", Int64(step.persons))
            json.member("returned", Int64(step.returned))
            json.endObject()
        }
        json.endArray()
        write("held", held, &json)
        write("waiting", waiting, &json)
        write("silent", silent, &json)
        json.member("silent_count", Int64(silentCount))
        json.key("missed_words")
        json.beginArray()
        for message in missed {
            json.beginObject()
            json.member("position", message.position)
            json.member("word", message.word)
            json.endObject()
        }
        json.endArray()
        json.member("missed_count", Int64(missedCount))
        writeSatisfaction(&json)
        writeFlags(&json)
        json.endObject()
        return json.finish()
    }

    /// So many of 10,000, rounded down; 0 of nothing.
    static func rate(_ part: Int, of whole: Int) -> Int64 {
        whole == 0 ? 0 : Int64(part) * 10_000 / Int64(whole)
    }

    private func writeDays(_ json: inout JSONWriter) {
        json.key("days")
        json.beginArray()
        for (name, day) in days {
            json.beginObject()
            json.member("day", name)
            for (count, path) in ComplianceDay.counts {
                json.member(count, Int64(day[keyPath: path]))
            }
            json.member("opt_outs_per_10000", Self.rate(day.optOuts, of: day.accepted))
            json.endObject()
        }
        json.endArray()
    }

    private func writeCampaigns(_ json: inout JSONWriter) {
        json.key("campaigns")
        json.beginArray()
        for campaign in campaigns {
            json.beginObject()
            json.member("campaign", campaign.name)
            json.member("accepted", Int64(campaign.accepted))
            json.member("opt_outs", Int64(campaign.optOuts))
            json.member(
                "opt_outs_per_10000", Self.rate(campaign.optOuts, of: campaign.accepted))
            json.endObject()
        }
        json.endArray()
    }

    private func write(_ name: String, _ listed: [Listed], _ json: inout JSONWriter) {
        json.key(name)
        json.beginArray()
        for person in listed {
            json.beginObject()
            json.member(orNull: "person", person.person)
            json.member("since", person.time)
            json.member("position", person.position)
            json.endObject()
        }
        json.endArray()
    }

    private func writeSatisfaction(_ json: inout JSONWriter) {
        json.key("satisfaction")
        json.beginObject()
        json.member("questions", Int64(questions))
        json.key("answers")
        json.beginObject()
        for (answer, count) in answers { json.member(answer, Int64(count)) }
        json.endObject()
        json.endObject()
    }

    private func writeFlags(_ json: inout JSONWriter) {
        json.key("red_flags")
        json.beginArray()
        for flag in flags {
            json.beginObject()
            json.member("kind", flag.kind)
            json.member("day", flag.day)
            json.member("count", Int64(flag.count))
            json.member("before", Int64(flag.before))
            json.member("days_before", Int64(flag.days))
            json.key("preceding")
            json.beginArray()
            for position in flag.preceding { json.value(position) }
            json.endArray()
            json.endObject()
        }
        json.endArray()
    }
}
