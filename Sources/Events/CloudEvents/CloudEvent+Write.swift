import Bytes

extension CloudEvent {
    /// Appends a stored event as one line of JSON, without the line's end.
    ///
    /// The envelope comes first: specversion, id, source, type, time, subject, datacontenttype,
    /// dataschema, sequence, recordedtime, then unknown members; then `data` by the numbers of its
    /// members, and unknown ones. An event that was given without a `time` is
    /// written without one, unless the ledger itself wrote it. Sealed fields are left out, named
    /// by the attribute `sealed`; in the place of a sealed id stands its fingerprint. Fields
    /// that this version does not know are left out.
    public static func write(_ event: borrowing EventView, into bytes: inout [UInt8]) {
        guard let current = Upcasters.all.current(event) else {
            return writeCurrent(event, into: &bytes)
        }
        guard let view = EventView(current.span) else { return }
        writeCurrent(view, into: &bytes)
    }

    /// A stored event as one line of JSON.
    public static func text(_ event: borrowing EventView) -> String {
        var bytes: [UInt8] = []
        write(event, into: &bytes)
        return bytes.span.string
    }

    private static func writeCurrent(_ event: borrowing EventView, into bytes: inout [UInt8]) {
        var json = JSONWriter(appendingTo: bytes)
        bytes = []
        json.beginObject()
        json.member("specversion", "1.0")
        if event.range(of: .id) != nil {
            writeText(.id, of: event, to: &json)
        } else {
            json.member("id", "sealed-\(event.identity.hex)")
        }
        writeText(.source, of: event, to: &json)
        json.member("type", event.type?.name ?? "unknown.\(event.typeNumber)")
        writeTime(of: event, to: &json)
        writeText(.subject, of: event, to: &json)
        writeText(.datacontenttype, of: event, to: &json)
        writeText(.dataschema, of: event, to: &json)
        json.key("sequence")
        let position = event.position
        json.value { bytes in
            bytes.append(0x22)
            bytes.append(decimal: position, digits: 20)
            bytes.append(0x22)
        }
        json.member("recordedtime", event.recorded)
        if let sealed = event.sealedNames { json.member("sealed", sealed) }
        if let range = event.range(of: .extensions) {
            json.members(ofRaw: event.bytes.extracting(range))
        }
        json.key("data")
        json.beginObject()
        for index in 0..<event.fieldCount {
            let entry = event.entry(index)
            guard let field = Field(rawValue: entry.number), !field.isEnvelope, !entry.isSealed,
                let kind = FieldKind(rawValue: entry.kind)
            else { continue }
            let value = event.bytes.extracting(entry.range)
            if field == .extras {
                json.members(ofRaw: value)
            } else {
                write(field, kind, value, to: &json)
            }
        }
        json.endObject()
        json.endObject()
        bytes = json.finish()
    }

    private static func writeText(
        _ field: Field, of event: borrowing EventView, to json: inout JSONWriter
    ) {
        guard let range = event.range(of: field) else { return }
        json.key(field)
        json.value(utf8: event.bytes.extracting(range))
    }

    private static func writeTime(of event: borrowing EventView, to json: inout JSONWriter) {
        let form = event.timeForm
        if form.isAbsent {
            guard event.type?.author != .anyone else { return }
            return json.member("time", event.time)
        }
        json.key("time")
        writeTime(event.time, form, to: &json)
    }

    private static func writeTime(_ time: Instant, _ form: TimeForm, to json: inout JSONWriter) {
        json.value { bytes in
            bytes.append(0x22)
            Timestamp.write(time, form: form, into: &bytes)
            bytes.append(0x22)
        }
    }

    private static func write(
        _ field: Field, _ kind: FieldKind, _ value: Span<UInt8>, to json: inout JSONWriter
    ) {
        json.key(field)
        switch kind {
        case .text: json.value(utf8: value)
        case .integer where value.count == 8: json.value(value.load(at: 0, as: Int64.self))
        case .boolean where value.count == 1: json.value(value[0] != 0)
        case .time where value.count == 11:
            writeTime(
                Instant(nanoseconds: value.load(at: 0, as: Int64.self)),
                TimeForm(bits: value[10], offset: value.load(at: 8, as: Int16.self)), to: &json)
        case .texts: writeTexts(value, to: &json)
        case .json: json.raw(value)
        case .findings:
            json.beginArray()
            for finding in Finding.decode(value) ?? [] { finding.write(to: &json) }
            json.endArray()
        case .bytes:
            json.value { bytes in
                bytes.append(0x22)
                Base64.write(value, into: &bytes)
                bytes.append(0x22)
            }
        case .reservation where value.count == 12:
            json.value(
                Reservation(
                    position: value.load(at: 0, as: UInt64.self),
                    tag: value.load(at: 8, as: UInt32.self)
                ).description)
        default: json.null()
        }
    }

    private static func writeTexts(_ value: Span<UInt8>, to json: inout JSONWriter) {
        json.beginArray()
        var at = 0
        while at + 2 <= value.count {
            let end = at + 2 + Int(value.load(at: at, as: UInt16.self))
            guard end <= value.count else { break }
            json.value(utf8: value.extracting(at + 2..<end))
            at = end
        }
        json.endArray()
    }
}
