import Crypto
import Events
import Evidence

/// `manifest.json`: who exported what, and what it holds.
struct Manifest {
    /// Who asked for an export, and why.
    var by: String
    var why: String?
    var user: String
    /// The ledger's time.
    var made: Instant
    var range: ExportRange
    var contents: Contents
    /// What made the report; see ``ReviewPage/engine``.
    var engine: String

    /// The whole file: who and when, then what can be checked.
    func text(_ checkpoint: Checkpoint) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("by", by)
        json.member(orNull: "why", why)
        json.member("user", user)
        json.member("made", made)
        json.member("origin", checkpoint.origin)
        json.member("size", checkpoint.size)
        json.member("root", checkpoint.root.base64)
        range.write(to: &json)
        write(contents, &json)
        json.member("report", engine)
        json.endObject()
        return json.text + "\n"
    }

    private func write(_ contents: Contents, _ json: inout JSONWriter) {
        json.member("events", contents.events)
        json.member(orNull: "first_position", contents.firstPosition)
        json.member(orNull: "last_position", contents.lastPosition)
        json.member(orNull: "earliest", contents.earliest)
        json.member(orNull: "latest", contents.latest)
        json.key("types")
        json.beginObject()
        for (number, count) in contents.types.sorted(by: { $0.key < $1.key }) {
            json.member(EventType(rawValue: number)?.name ?? "unknown.\(number)", count)
        }
        json.endObject()
        json.key("policies")
        json.beginArray()
        for policy in contents.policies {
            json.beginObject()
            json.member("position", policy.position)
            json.member("hash", policy.hash)
            json.endObject()
        }
        json.endArray()
    }

    /// Who, when and which range a manifest names; nil if it does not say.
    ///
    /// What it holds is counted anew by whoever reads the records.
    init?(parsing bytes: Span<UInt8>) {
        guard let json = try? JSONValue.parse(bytes), let by = json["by"]?.text,
            let user = json["user"]?.text, let made = json["made"].flatMap(Instant.init(json:)),
            let range = ExportRange(json), let engine = json["report"]?.text
        else { return nil }
        self.init(
            by: by, why: json["why"]?.text, user: user, made: made, range: range,
            contents: Contents(), engine: engine)
    }

    init(
        by: String, why: String?, user: String, made: Instant, range: ExportRange,
        contents: Contents, engine: String
    ) {
        self.by = by
        self.why = why
        self.user = user
        self.made = made
        self.range = range
        self.contents = contents
        self.engine = engine
    }
}
