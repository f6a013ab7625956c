import Bytes
public import Events
public import TimeZones

/// What is looked up for a request before the lock, so that the decision itself calls nothing that
/// could change: how long the text is, what it looks like, what time it is where it goes.
public struct Circumstances: Sendable, Equatable {
    /// From one moment to before another.
    public struct Span: Sendable, Equatable {
        /// When it begins.
        public var from: Instant
        /// When it is over.
        public var to: Instant

        /// A span.
        public init(from: Instant, to: Instant) {
            self.from = from
            self.to = to
        }
    }

    /// The length of the text, in characters.
    public var length = 0
    /// Whether the text holds a promotional word of the policy.
    public var isPromotional = false
    /// The kind of critical message that the text looks like; nil for none.
    public var criticalKind: String?
    /// When the day began in the account's zone; nil where the policy names no zone.
    public var midnight: Instant?
    /// The quiet times that the decision looked at, in their order: the one that holds where it
    /// goes or the next one, and those that lie at moments to which it would have to wait.
    public var quiet: [Span] = []
    /// Whether throttling is switched off, as only a development ledger allows.
    public var isOverridden = false
    /// Whether the policy has quiet times for the message, and nobody knows where it goes.
    public var isZoneUnknown = false
    /// The last sign of life of those who would be silent by the log alone, and hold the role.
    public var beat: Instant?
    /// Until when all this holds; it is not recorded.
    public var holdsUntil = Instant.latest

    /// Nothing is known.
    public init() {}

    /// Looks everything up.
    ///
    /// - Parameters:
    ///   - request: what is asked.
    ///   - policy: the policy in force for it.
    ///   - now: about when it will be decided.
    ///   - zones: where time zones are found.
    public init(
        of request: SendRequest, under policy: Policy, at now: Instant, zones: some ZoneSource
    ) {
        length = request.text?.count ?? 0
        isOverridden = request.overridesThrottle
        readText(of: request, under: policy)
        readClocks(of: request, under: policy, at: now, zones: zones)
    }

    /// Compares what is recorded.
    public static func == (left: Circumstances, right: Circumstances) -> Bool {
        left.length == right.length && left.isPromotional == right.isPromotional
            && left.criticalKind == right.criticalKind && left.midnight == right.midnight
            && left.quiet == right.quiet && left.isOverridden == right.isOverridden
            && left.isZoneUnknown == right.isZoneUnknown && left.beat == right.beat
    }
}

extension Circumstances {
    /// The quiet time that holds at a moment; nil where none does.
    func quiet(at moment: Instant) -> Span? { quiet.first { $0.holds(at: moment) } }

    /// Takes a quiet time into account that was looked up for a later moment.
    mutating func add(_ span: Span) {
        guard !quiet.contains(span) else { return }
        quiet.insert(span, at: quiet.firstIndex { $0.from > span.from } ?? quiet.count)
    }

    /// Reads them from the facts of a decision.
    init(_ json: JSONValue) {
        length = json["length"]?.integer.map { Int($0) } ?? 0
        isOverridden = json["override"]?.flag ?? false
        isPromotional = json["promotional"]?.flag ?? false
        criticalKind = json["critical"]?.text
        midnight = json["midnight"]?.integer.map { Instant(nanoseconds: $0) }
        if let from = json["quiet_from"]?.integer, let to = json["quiet_to"]?.integer {
            quiet = [Span(from: Instant(nanoseconds: from), to: Instant(nanoseconds: to))]
            let later = json["quiet_later"]?.elements.compactMap(\.integer) ?? []
            for index in stride(from: 0, to: later.count - 1, by: 2) {
                quiet.append(
                    Span(
                        from: Instant(nanoseconds: later[index]),
                        to: Instant(nanoseconds: later[index + 1])))
            }
        }
        isZoneUnknown = json["zone_unknown"]?.flag ?? false
        beat = json["beat"]?.integer.map { Instant(nanoseconds: $0) }
    }

    /// Appends the members of the facts, each with a comma before it.
    func write(to bytes: inout [UInt8]) {
        if length > 0 { Self.write("length", Int64(length), to: &bytes) }
        if isOverridden { bytes.append(contentsOf: ",\"override\":true".utf8) }
        if isPromotional { bytes.append(contentsOf: ",\"promotional\":true".utf8) }
        if let criticalKind {
            bytes.append(contentsOf: ",\"critical\":".utf8)
            var json = JSONWriter()
            json.value(criticalKind)
            bytes.append(contentsOf: json.bytes)
        }
        if let midnight { Self.write("midnight", midnight.nanoseconds, to: &bytes) }
        if let first = quiet.first {
            Self.write("quiet_from", first.from.nanoseconds, to: &bytes)
            Self.write("quiet_to", first.to.nanoseconds, to: &bytes)
        }
        if quiet.count > 1 {
            let later = quiet.dropFirst().map { "\($0.from.nanoseconds),\($0.to.nanoseconds)" }
            bytes.append(contentsOf: ",\"quiet_later\":[\(later.joined(separator: ","))]".utf8)
        }
        if isZoneUnknown { bytes.append(contentsOf: ",\"zone_unknown\":true".utf8) }
        if let beat { Self.write("beat", beat.nanoseconds, to: &bytes) }
    }

    private static func write(_ name: StaticString, _ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: ",\"\(name)\":\(number)".utf8)
    }
}
