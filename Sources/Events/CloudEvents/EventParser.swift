import Bytes

/// Lays out a draft while it reads the event: no tree in between.
struct EventParser {
    var builder: DraftBuilder
    var now: Instant?
    private var type: EventType?
    private var seen: UInt16 = 0
    private var extensions = UnknownMembers()
    var rules: JSONValue?

    init(capacity: Int) {
        // The type becomes known while reading; it is set before the draft is finished.
        builder = DraftBuilder(.messageReceived, version: 1, valueBytes: min(capacity, 65_536))
    }

    /// Members of the envelope that have a meaning here.
    enum Member: UInt8, CaseIterable {
        case specversion = 1, id, source, type, time, subject, datacontenttype, dataschema
        case sequence, recordedtime, now, data
        case data_base64
    }

    static let members = NameTable(
        Member.allCases.map { (String(describing: $0), $0.rawValue) })

    mutating func readEnvelope(_ reader: inout JSONReader) throws(EventError) {
        try reader.beginObject()
        var isFirst = true
        while let name = try reader.key(isFirst: isFirst) {
            isFirst = false
            guard let member = Self.members.number(of: name, in: reader).flatMap(Member.init) else {
                try extensions.read(name, from: &reader, into: &builder)
                continue
            }
            let bit: UInt16 = 1 << UInt16(member.rawValue)
            guard seen & bit == 0 else { throw reader.duplicate(name) }
            seen |= bit
            if try reader.peek() == 0x6E, member != .data {
                // A null attribute is one that is not set.
                try reader.null()
            } else {
                try read(member, &reader)
            }
        }
        extensions.close(.extensions, in: &builder)
    }

    private mutating func read(
        _ member: Member, _ reader: inout JSONReader
    ) throws(EventError) {
        switch member {
        case .id: try readName(.id, &reader)
        case .source: try readName(.source, &reader)
        case .subject: try readText(.subject, "subject", &reader)
        case .datacontenttype: try readText(.datacontenttype, "datacontenttype", &reader)
        case .dataschema: try readText(.dataschema, "dataschema", &reader)
        case .data: try readData(&reader)
        case .specversion, .type, .time, .now:
            let start = reader.at
            let text = try textValue(member, &reader)
            do {
                try take(member, text, reader)
            } catch {
                throw reader.placed(error, at: start)
            }
        case .sequence, .recordedtime:
            var ignored: [UInt8] = []
            try reader.copyValue(to: &ignored)
        case .data_base64:
            throw reader.error(
                .wrongMember, "`data_base64` is not taken: give `data` as a JSON object.")
        }
    }

    private mutating func take(
        _ member: Member, _ text: JSONString, _ reader: borrowing JSONReader
    ) throws(EventError) {
        if text.isEscaped {
            let plain = reader.utf8(text)
            try take(member, plain.span)
        } else {
            try take(member, reader.bytes.extracting(text.range))
        }
    }

    private mutating func take(_ member: Member, _ text: Span<UInt8>) throws(EventError) {
        switch member {
        case .specversion:
            guard text.count == 3, text[0] == 0x31, text[1] == 0x2E, text[2] == 0x30 else {
                throw .wrongMember("specversion", "it must be \"1.0\"")
            }
        case .type:
            guard let known = EventType(utf8: text) else {
                let shown = text.extracting(0..<min(80, text.count)).string
                throw EventError(.unknownType, "No event type is named `\(shown)`.")
            }
            type = known
        case .time:
            let time = try Timestamp.parse(text)
            builder.happened(at: time.instant, form: time.form)
        case .now: now = try Timestamp.parse(text).instant
        default: break
        }
    }

    private func textValue(
        _ member: Member, _ reader: inout JSONReader
    ) throws(EventError) -> JSONString {
        guard try reader.peek() == 0x22 else {
            throw reader.error(.wrongMember, "The member `\(member)` must be a text.")
        }
        return try reader.string()
    }

    private mutating func readText(
        _ field: Field, _ name: StaticString, _ reader: inout JSONReader
    ) throws(EventError) {
        let start = reader.at
        guard try reader.peek() == 0x22 else {
            throw reader.error(.wrongMember, "The member `\(name)` must be a text.")
        }
        let text = try reader.string()
        guard !text.range.isEmpty else {
            throw reader.error(.wrongMember, "The member `\(name)` is empty.", at: start)
        }
        let first = builder.values.count
        reader.append(text, to: &builder.values)
        builder.close(field, .text, from: first)
    }

    private mutating func readName(_ field: Field, _ reader: inout JSONReader) throws(EventError) {
        let start = reader.at
        let before = builder.values.count
        try readText(field, field == .id ? "id" : "source", &reader)
        guard builder.values.count - before <= CloudEvent.nameBytesMax else {
            throw reader.error(
                .tooLarge,
                "The member `\(field.name)` has at most \(CloudEvent.nameBytesMax) bytes.",
                at: start)
        }
    }

    /// Checks what must be there, and lays the record out.
    mutating func finish() throws(EventError) -> IncomingEvent {
        for member in [Member.specversion, .id, .source, .type]
        where seen & (1 << UInt16(member.rawValue)) == 0 {
            throw EventError(.missingMember, "An event needs the member `\(member)`.")
        }
        guard let type, builder.has(.id), builder.has(.source) else {
            throw EventError(.missingMember, "`id`, `source` and `type` must not be null.")
        }
        builder.type = type
        builder.version = UInt8(type.version)
        try addRules(of: type)
        try type.shape.check(builder)
        guard let draft = builder.finish(), builder.fitsSealed(draft) else {
            throw EventError(
                .tooLarge,
                "The event takes over \(Draft.recordBytesMax) bytes; shorten its text.")
        }
        return IncomingEvent(draft: draft, now: now)
    }

    /// Stores `rules` as findings where the gate made them, and as JSON where somebody else did.
    private mutating func addRules(of type: EventType) throws(EventError) {
        guard let rules else { return }
        guard type.author == .gate, case .array(let elements) = rules else {
            var json = JSONWriter()
            rules.write(to: &json)
            return builder.add(.rules, .json, json.bytes.span)
        }
        var findings: [Finding] = []
        for element in elements { findings.append(try Finding(element)) }
        builder.add(findings: findings)
    }
}

/// The members of an object that the ledger gives no meaning, as they are read.
struct UnknownMembers {
    private var keys = JSONKeys()
    private var json: [UInt8] = []

    /// Reads a member's value, its name having been read.
    mutating func read(
        _ name: JSONString, from reader: inout JSONReader, into builder: inout DraftBuilder
    ) throws(EventError) {
        try reader.claim(name, among: &keys)
        json.append(json.isEmpty ? 0x7B : 0x2C)
        reader.append(quoted: name, to: &json)
        json.append(0x3A)
        try reader.copyValue(to: &json)
    }

    /// Adds the object to the builder, if it has members.
    mutating func close(_ field: Field, in builder: inout DraftBuilder) {
        guard !json.isEmpty else { return }
        json.append(0x7D)
        builder.add(field, .json, json.span)
    }
}

extension NameTable {
    /// The number of a member's name, or nil.
    func number(of name: JSONString, in reader: borrowing JSONReader) -> UInt8? {
        if name.isEscaped {
            let plain = reader.utf8(name)
            return PackedName(plain.span).flatMap { self[$0] }
        }
        return PackedName(reader.bytes.extracting(name.range)).flatMap { self[$0] }
    }
}
