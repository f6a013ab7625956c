import CommandLineKit
import Events
import Ledger

/// What became of the things that an import read: each is counted once.
struct ImportTotals: Sendable {
    /// What an entry was made of.
    enum Kind: Sendable { case event, link, noted, quarantined }

    /// Things read.
    var read = 0
    /// Events appended.
    var appended = 0
    /// Events, notes and quarantined inputs that were there already.
    var duplicates = 0
    /// Known things without a meaning for the ledger, noted.
    var noted = 0
    /// Malformed, unknown or conflicting things, put aside.
    var quarantined = 0
    /// Of those put aside: too much for one day, so that only digest and length are on record.
    var unkept = 0
    /// Messages of chats that the policy does not take in: neither stored nor noted.
    var elsewhere = 0
    /// Links of aliases, beside what was read.
    var links = 0
    /// The first and the last position that was appended.
    var first: Position?
    var last: Position?

    mutating func count(_ kind: Kind, _ place: Appended) {
        if place.isDuplicate {
            if kind != .link { duplicates += 1 }
            return
        }
        first = first ?? place.position
        last = place.position
        switch kind {
        case .event: appended += 1
        case .link: links += 1
        case .noted: noted += 1
        case .quarantined: quarantined += 1
        }
    }

    /// Says it in a line, or as one JSON object.
    func tell(_ format: String, _ out: Output) {
        var text = "imported \(appended), already there \(duplicates)"
        let rest = [
            ("noted", noted), ("put aside", quarantined), ("of other chats", elsewhere),
            ("links of persons", links),
        ]
        for (name, count) in rest where count > 0 { text += ", \(name) \(count)" }
        out.note(text)
        if unkept > 0 {
            out.note(
                "of \(unkept) that were put aside only digest and length are on record: more than "
                    + "\(Ledger.quarantineDayBytesMax >> 20) MiB are not kept for one day")
        }
        guard out.isJSON else { return }
        var json = JSONWriter()
        json.beginObject()
        json.member("format", format)
        json.member("read", read)
        json.member("appended", appended)
        json.member("duplicates", duplicates)
        json.member("noted", noted)
        json.member("quarantined", quarantined)
        json.member("elsewhere", elsewhere)
        json.member("links", links)
        for (name, position) in [("first", first), ("last", last)] {
            json.key(name)
            if let position { json.value(position) } else { json.null() }
        }
        json.endObject()
        out.line(json.text)
    }
}
