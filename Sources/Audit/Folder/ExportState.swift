import Bytes
import Crypto
import Events
import Evidence
import Ledger
import Storage

/// How far an export into a folder has come, and what it is an export of.
///
/// It lies in the folder as `export.unfinished` from the first file to the last. Whoever finds it
/// goes on from there, unless the machine was started again since.
struct ExportState: Equatable {
    /// The name of the ledger.
    let origin: String
    let range: ExportRange
    let proofs: [Position]
    let subject: String?
    /// The SHA-256 of the alias, in hexadecimal.
    let person: String?
    let isRedacted: Bool
    /// The SHA-256 of the earlier checkpoint, in hexadecimal.
    let since: String?
    /// The checkpoint that it began with: an export that goes on leads to the same.
    let note: String
    /// The start of the machine that it was written in.
    let boot: String
    /// The records before it are there as whole bundles and tiles; a multiple of 256.
    var position: Position = 0
    /// The bytes of events.ndjson that tell of them.
    var lineBytes = 0

    init(
        origin: String, _ order: AuditExport.Order, since: [UInt8]?, note: String
    ) {
        self.origin = origin
        range = order.range
        proofs = order.proofs
        subject = order.subject
        person = order.person.map { Array($0.utf8).span.sha256.hex }
        isRedacted = order.isRedacted
        self.since = since.map { $0.span.sha256.hex }
        self.note = note
        // Where the start cannot be told, none is the same.
        boot = SystemClock.bootID ?? "\(UInt64.random(in: .min ... .max))"
    }

    /// Why an export that was left cannot go on as this one; nil where it can.
    func conflict(with left: ExportState) -> String? {
        if left.origin != origin { return "an export of another ledger, \(left.origin)," }
        if left.range != range { return "an export of another range (\(left.range.words))" }
        if left.isRedacted != isRedacted { return "an export that discloses something else" }
        if left.proofs != proofs || left.subject != subject || left.person != person {
            return "an export with other proofs"
        }
        return left.since == since ? nil : "an export with another --since"
    }

    var text: String {
        var json = JSONWriter()
        json.beginObject()
        json.member("origin", origin)
        range.write(to: &json)
        json.key("proofs")
        json.beginArray()
        for position in proofs { json.value(position) }
        json.endArray()
        json.member(orNull: "subject", subject)
        json.member(orNull: "person", person)
        json.member("redacted", isRedacted)
        json.member(orNull: "since", since)
        json.member("note", note)
        json.member("boot", boot)
        json.member("position", position)
        json.member("line_bytes", lineBytes)
        json.endObject()
        return json.text + "\n"
    }

    /// Reads it; nil where it is none.
    init?(parsing bytes: Span<UInt8>) {
        guard let json = try? JSONValue.parse(bytes), let origin = json["origin"]?.text,
            let range = ExportRange(json), let note = json["note"]?.text,
            let boot = json["boot"]?.text,
            let position = json["position"]?.position, let lines = json["line_bytes"]?.integer,
            lines >= 0, position % Position(Tile.widthMax) == 0
        else { return nil }
        self.origin = origin
        self.range = range
        proofs = json["proofs"]?.elements.compactMap(\.position) ?? []
        subject = json["subject"]?.text
        person = json["person"]?.text
        isRedacted = json["redacted"]?.flag ?? false
        since = json["since"]?.text
        self.note = note
        self.boot = boot
        self.position = position
        lineBytes = Int(lines)
    }
}

extension ExportRange {
    /// Writes the member `range`.
    func write(to json: inout JSONWriter) {
        json.key("range")
        json.beginObject()
        json.member("first", first)
        json.member(orNull: "last", last)
        json.member(orNull: "from", from)
        json.member(orNull: "to", to)
        json.endObject()
    }

    /// Reads the member `range` of an object; nil where there is none.
    init?(_ object: JSONValue) {
        guard let range = object["range"], let first = range["first"]?.position else { return nil }
        self.init()
        self.first = first
        last = range["last"]?.position
        from = range["from"].flatMap(Instant.init(json:))
        to = range["to"].flatMap(Instant.init(json:))
    }

    /// The range for a person, as options would give it.
    fileprivate var words: String {
        var words: [String] = []
        if first > 0 { words.append("--from @\(first)") }
        if let from { words.append("--from \(Timestamp.text(from))") }
        if let last { words.append("--to @\(last)") }
        if let to { words.append("--to \(Timestamp.text(to))") }
        return words.isEmpty ? "all events" : words.joined(separator: " ")
    }
}

extension Instant {
    init?(json: JSONValue) {
        guard let text = json.text, let instant = try? Timestamp.parse(text).instant else {
            return nil
        }
        self = instant
    }
}

extension JSONWriter {
    mutating func member(orNull name: String, _ value: Instant?) {
        key(name)
        if let value { self.value(value) } else { null() }
    }

    mutating func member(orNull name: String, _ value: Position?) {
        key(name)
        if let value { self.value(value) } else { null() }
    }
}
