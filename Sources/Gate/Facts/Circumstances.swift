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
    /// The quiet time that holds where it goes, or the next one; nil where there is none.
    public var quiet: Span?
    /// Whether throttling is switched off, as only a development ledger allows.
    public var isOverridden = false
    /// Whether the policy has quiet times for the message, and nobody knows where it goes.
    public var isZoneUnknown = false
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
            && left.isZoneUnknown == right.isZoneUnknown
    }
}

extension Circumstances {
    /// Reads them from the facts of a decision.
    init(_ json: JSONValue) {
        length = json["length"]?.integer.map { Int($0) } ?? 0
        isOverridden = json["override"]?.flag ?? false
        isPromotional = json["promotional"]?.flag ?? false
        criticalKind = json["critical"]?.text
        midnight = json["midnight"]?.integer.map { Instant(nanoseconds: $0) }
        if let from = json["quiet_from"]?.integer, let to = json["quiet_to"]?.integer {
            quiet = Span(from: Instant(nanoseconds: from), to: Instant(nanoseconds: to))
        }
        isZoneUnknown = json["zone_unknown"]?.flag ?? false
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
        if let quiet {
            Self.write("quiet_from", quiet.from.nanoseconds, to: &bytes)
            Self.write("quiet_to", quiet.to.nanoseconds, to: &bytes)
        }
        if isZoneUnknown { bytes.append(contentsOf: ",\"zone_unknown\":true".utf8) }
    }

    private static func write(_ name: StaticString, _ number: Int64, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: ",\"\(name)\":\(number)".utf8)
    }
}
