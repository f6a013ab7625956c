public import Bytes
public import Events

/// One message, and the records that speak of it: at most one of each provenance.
public struct Sighting: Sendable, Equatable {
    /// A record that speaks of the message.
    public struct Record: Sendable, Equatable {
        /// One more than its position; 0 for none.
        public var named: Position = 0
        /// The low 64 bits of the provider's message id; 0 for none.
        public var message: UInt64 = 0

        /// No record.
        public init() {}

        init(_ happened: borrowing Occurrence) {
            named = happened.position + 1
            message = happened.event.message.low
        }
    }

    private var export = Record()
    private var bridge = Record()
    private var webhook = Record()
    /// Whether the gate granted it: its reservation counts, and none of these records does.
    public internal(set) var isGranted = false

    init() {}

    /// The record of a provenance.
    public internal(set) subscript(provenance: Provenance) -> Record {
        get {
            switch provenance {
            case .export: export
            case .bridge: bridge
            case .webhook: webhook
            }
        }
        set {
            switch provenance {
            case .export: export = newValue
            case .bridge: bridge = newValue
            case .webhook: webhook = newValue
            }
        }
    }

    /// The best provenance that there is a record of: the one that counts.
    public var best: Provenance? {
        webhook.named > 0 ? .webhook : bridge.named > 0 ? .bridge : export.named > 0 ? .export : nil
    }

    /// The position of the record that counts.
    public var position: Position? { best.map { self[$0].named - 1 } }

    /// Whether two records or more speak of it.
    public var isMatched: Bool {
        Provenance.allCases.count { self[$0].named > 0 } > 1
    }

    func has(_ record: Record) -> Bool {
        export.named == record.named || bridge.named == record.named
            || webhook.named == record.named
    }

    func hasMessage(_ message: UInt64) -> Bool {
        export.message == message || bridge.message == message || webhook.message == message
    }

    init(decoding reader: inout RowReader) {
        let bits = reader.get(UInt8.self)
        isGranted = bits & 8 != 0
        for provenance in Provenance.allCases where bits & 1 << provenance.rawValue != 0 {
            var record = Record()
            record.named = reader.get()
            record.message = reader.get()
            self[provenance] = record
        }
    }

    func encode(into writer: inout RowWriter) {
        var bits: UInt8 = isGranted ? 8 : 0
        for provenance in Provenance.allCases where self[provenance].named > 0 {
            bits |= 1 << provenance.rawValue
        }
        writer.put(bits)
        for provenance in Provenance.allCases where self[provenance].named > 0 {
            writer.put(self[provenance].named)
            writer.put(self[provenance].message)
        }
    }
}

/// The messages of one likeness: equal texts in one chat and minute.
public struct SightingsRow: TableRow {
    /// How many are told apart; of more, only the number is kept.
    static let toldApartMax = 64

    /// The messages, in the order in which they were first heard of.
    public private(set) var messages: [Sighting] = []
    /// How many more there are, by the raw value of ``Provenance``.
    private var more = SIMD4<UInt32>()

    /// An empty row.
    public init() {}

    /// What a record is beside those that came before it.
    enum Place {
        /// It speaks of the message at an index; `before` is what counted there so far.
        case joined(Int, before: Provenance)
        /// It speaks of a message that was not heard of, at an index; of one that is not told
        /// apart, without one.
        case new(Int?)
        /// It repeats a record of its own provenance.
        case repeated
    }

    /// Enters a record: with the message of its id if that is known, or else with the first that
    /// no record of its provenance speaks of.
    mutating func enter(_ record: Sighting.Record, _ provenance: Provenance) -> Place {
        var free: Int?
        var same: Int?
        for index in messages.indices {
            let isSame = record.message != 0 && messages[index].hasMessage(record.message)
            guard messages[index][provenance].named == 0 else {
                if isSame, messages[index][provenance].message == record.message {
                    return .repeated
                }
                continue
            }
            if isSame, same == nil { same = index }
            if free == nil { free = index }
        }
        if let index = same ?? free, let before = messages[index].best {
            messages[index][provenance] = record
            return .joined(index, before: before)
        }
        guard messages.count < Self.toldApartMax else {
            let most = more.max()
            more[Int(provenance.rawValue)] += 1
            return more[Int(provenance.rawValue)] > most ? .new(nil) : .repeated
        }
        var message = Sighting()
        message[provenance] = record
        messages.append(message)
        return .new(messages.count - 1)
    }

    /// The index of the message that a record speaks of.
    func index(of position: Position) -> Int? {
        var record = Sighting.Record()
        record.named = position + 1
        return messages.firstIndex { $0.has(record) }
    }

    mutating func grant(_ index: Int) { messages[index].isGranted = true }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        let count = min(Int(reader.get(UInt8.self)), Self.toldApartMax)
        for _ in 0..<count where reader.isValid { messages.append(Sighting(decoding: &reader)) }
        if count == Self.toldApartMax { for index in 0..<3 { more[index] = reader.get() } }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(UInt8(messages.count))
        for message in messages { message.encode(into: &writer) }
        if messages.count == Self.toldApartMax { for index in 0..<3 { writer.put(more[index]) } }
    }
}

/// Where a record counts that a better identified one may take the place of.
public struct CountedRow: TableRow {
    /// Whether we wrote the message.
    var isOwn = false
    /// One more than the key of its row of sightings; 0 for none.
    var sightings: Position = 0
    /// Where it counts: of a message that came in, the person and the account alone.
    var keys = SendKeys()
    /// Of what came in: the provider's message id.
    var message = Fingerprint.none
    /// Of our own: the instant at which it counts; never where it does not count.
    var counted = Stamp.never
    /// Of our own: whether it went to a person outside the service window.
    var isOutside = false
    /// Of what came in: whether it counts as an answer.
    var isAnswer = false
    /// Of what came in: whether it counts as the submission of a subject.
    var isSubmission = false

    /// Whether another record of our own message counts, or the reservation that it was sent under.
    public var isRepeat: Bool { isOwn && !counted.isSet }

    /// An empty row.
    public init() {}

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        let bits = reader.get(UInt8.self)
        isOwn = bits & 1 != 0
        isOutside = bits & 2 != 0
        isAnswer = bits & 4 != 0
        isSubmission = bits & 8 != 0
        sightings = reader.get()
        if bits & 16 != 0 {
            keys = SendKeys(decoding: &reader)
            counted = reader.stamp()
        } else if bits & 32 != 0 {
            keys.account = reader.fingerprint()
            keys.person = reader.fingerprint()
        }
        if bits & 64 != 0 { message = reader.fingerprint() }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        var bits: UInt8 = (isOwn ? 1 : 0) | (isOutside ? 2 : 0)
        bits |= (isAnswer ? 4 : 0) | (isSubmission ? 8 : 0)
        bits |= counted.isSet ? 16 : keys == SendKeys() ? 0 : 32
        if message != .none { bits |= 64 }
        writer.put(bits)
        writer.put(sightings)
        if counted.isSet {
            keys.encode(into: &writer)
            writer.put(counted)
        } else if bits & 32 != 0 {
            writer.put(keys.account)
            writer.put(keys.person)
        }
        if message != .none { writer.put(message) }
    }
}

/// The time that the records of each provenance cover in one chat.
public struct CoverageRow: TableRow {
    /// What one provenance covers.
    public struct Span: Sendable, Equatable {
        /// The records.
        public internal(set) var count: UInt32 = 0
        /// When the earliest was.
        public internal(set) var first = Instant.latest
        /// When the latest was.
        public internal(set) var last = Instant.epoch
    }

    /// One more than the position of an event that names the chat.
    public internal(set) var named: Position = 0
    private var export = Span()
    private var bridge = Span()
    private var webhook = Span()

    /// An empty row.
    public init() {}

    /// What a provenance covers.
    public internal(set) subscript(provenance: Provenance) -> Span {
        get {
            switch provenance {
            case .export: export
            case .bridge: bridge
            case .webhook: webhook
            }
        }
        set {
            switch provenance {
            case .export: export = newValue
            case .bridge: bridge = newValue
            case .webhook: webhook = newValue
            }
        }
    }

    /// Whether a better provenance covers the minute of a record.
    public func isCovered(_ time: Instant, better provenance: Provenance) -> Bool {
        let minute = Nanoseconds.seconds(60)
        return Provenance.allCases.contains { other in
            let span = self[other]
            return other > provenance && span.count > 0
                && span.first.advanced(by: Nanoseconds(-minute.count)) < time
                && time < span.last.advanced(by: minute)
        }
    }

    mutating func cover(_ provenance: Provenance, at time: Instant) {
        self[provenance].count += 1
        self[provenance].first = min(self[provenance].first, time)
        self[provenance].last = max(self[provenance].last, time)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        for provenance in Provenance.allCases {
            self[provenance].count = reader.get()
            self[provenance].first = reader.instant()
            self[provenance].last = reader.instant()
        }
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        for provenance in Provenance.allCases {
            writer.put(self[provenance].count)
            writer.put(self[provenance].first)
            writer.put(self[provenance].last)
        }
    }
}

extension Tables {
    /// Whether the record at a position counts, or another one of its message does; nil for one
    /// that is not compared.
    public mutating func counts(_ position: Position, _ likeness: Fingerprint) -> Bool? {
        guard let first = likenesses.position(of: likeness),
            let slot = sightings.find(Fingerprint(UInt128(first))),
            let index = sightings[slot].index(of: position)
        else { return nil }
        return sightings[slot].messages[index].position == position
    }
}
