import Bytes

extension EventParser {
    /// Reads `data`, which is an object.
    mutating func readData(_ reader: inout JSONReader) throws(EventError) {
        guard try reader.peek() == 0x7B else {
            throw reader.error(.wrongMember, "The member `data` must be an object.")
        }
        var unknown = UnknownMembers()
        var seen: UInt128 = 0
        var isFirst = true
        try reader.beginObject()
        while let name = try reader.key(isFirst: isFirst) {
            isFirst = false
            let number = FieldTables.byName.number(of: name, in: reader)
            guard let field = number.flatMap(Field.init(rawValue:)) else {
                try unknown.read(name, from: &reader, into: &builder)
                continue
            }
            guard seen & field.bit == 0 else { throw reader.duplicate(name) }
            seen |= field.bit
            if try reader.peek() == 0x6E {
                try unknown.read(name, from: &reader, into: &builder)
            } else {
                try read(field, &reader)
            }
        }
        unknown.close(.extras, in: &builder)
    }

    private mutating func read(_ field: Field, _ reader: inout JSONReader) throws(EventError) {
        let start = reader.at
        let first = builder.values.count
        switch reader.bytes[start] {
        case 0x22:
            let text = try reader.string()
            if field.allows(.text) {
                reader.append(text, to: &builder.values)
                return builder.close(field, .text, from: first)
            }
            do {
                try take(field, reader.text(text))
            } catch {
                throw reader.placed(error, at: start)
            }
        case 0x2D, 0x30...0x39:
            let (range, integer) = try reader.number()
            if let integer, field.allows(.integer), integer >= 0 || field.allows(.json) {
                return builder.add(field, integer: integer)
            }
            guard field.allows(.json), field != .rules else { throw wrong(field, reader, start) }
            builder.add(field, .json, reader.bytes.extracting(range))
        case 0x74 where field.allows(.boolean), 0x66 where field.allows(.boolean):
            builder.add(field, flag: try reader.flag())
        case 0x5B where field.allows(.texts):
            try readTexts(field, &reader)
        case 0x5B where field == .rules:
            // Whose rules they are is known only when the whole event is.
            var json: [UInt8] = []
            try reader.copyValue(to: &json)
            rules = try JSONValue.parse(json.span)
        default:
            guard field.allows(.json), field != .rules else { throw wrong(field, reader, start) }
            try reader.copyValue(to: &builder.values)
            builder.close(field, .json, from: first)
        }
    }

    /// Adds a member whose text stands for something else.
    private mutating func take(_ field: Field, _ text: String) throws(EventError) {
        if field.allows(.time) {
            let time = try Timestamp.parse(text)
            builder.add(field, instant: time.instant, form: time.form)
        } else if field.allows(.reservation) {
            guard let reservation = Reservation(text), reservation.description == text else {
                throw .wrongMember(field.name, "a reservation looks like r1041.9f3a2c1b")
            }
            builder.add(field, reservation: reservation)
        } else if field.allows(.bytes) {
            guard let bytes = Base64.decode(text.utf8Span.span) else {
                throw .wrongMember(field.name, "it is not base64")
            }
            builder.add(field, .bytes, bytes.span)
        } else {
            throw .wrongMember(field.name, field.expectation)
        }
    }

    private mutating func readTexts(_ field: Field, _ reader: inout JSONReader) throws(EventError) {
        let first = builder.values.count
        var isFirst = true
        try reader.beginArray()
        while try reader.element(isFirst: isFirst) {
            isFirst = false
            guard try reader.peek() == 0x22 else { throw wrong(field, reader, reader.at) }
            let start = builder.values.count
            let text = try reader.string()
            builder.values.append(littleEndian: UInt16(0))
            reader.append(text, to: &builder.values)
            let count = builder.values.count - start - 2
            guard count <= Int(UInt16.max) else {
                throw reader.error(.tooLarge, "A text of `\(field.name)` is over 65,535 bytes.")
            }
            builder.values.store(UInt16(count), at: start)
        }
        builder.close(field, .texts, from: first)
    }

    private func wrong(
        _ field: Field, _ reader: borrowing JSONReader, _ start: Int
    ) -> EventError {
        reader.error(
            .wrongMember, "The member `\(field.name)` is wrong: \(field.expectation).", at: start)
    }
}

extension Field {
    /// What a value must be, as the end of a sentence.
    var expectation: String {
        switch kinds[0] {
        case .text: "it must be a text"
        case .integer: "it must be a whole number from 0 to 9223372036854775807"
        case .boolean: "it must be true or false"
        case .time: "it must be an RFC 3339 time"
        case .texts: "it must be a list of texts"
        case .json: "it must be JSON"
        case .findings: "it must be a list of findings"
        case .bytes: "it must be base64"
        case .reservation: "it must be a text such as r1041.9f3a2c1b"
        }
    }
}
