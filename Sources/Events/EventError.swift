/// Why an event or a request was not taken.
public struct EventError: Error, Sendable, Equatable {
    /// What kind of fault it is: a word that programs can act on.
    public struct Code: Sendable, Hashable {
        /// The word, as in `{"error":{"code":…}}`.
        public let name: String

        /// A code of that name.
        public init(_ name: String) { self.name = name }

        /// The text is not JSON.
        public static let notJSON = Code("not_json")
        /// An object names a member twice.
        public static let duplicateKey = Code("duplicate_key")
        /// Objects and arrays are nested too deeply.
        public static let tooDeep = Code("too_deep")
        /// It is JSON, but not what is asked for.
        public static let invalid = Code("invalid")
        /// No event type has this name.
        public static let unknownType = Code("unknown_type")
        /// A member without which the event means nothing is missing.
        public static let missingMember = Code("missing_member")
        /// A member has a wrong kind of value, or one that is not allowed.
        public static let wrongMember = Code("wrong_member")
        /// The record would exceed ``Draft/recordBytesMax``.
        public static let tooLarge = Code("too_large")
        /// The time is before 1970 or after 2261.
        public static let timeOutOfRange = Code("time_out_of_range")
        /// The caller may not append this type.
        public static let forbidden = Code("forbidden")
        /// The same source and id were stored with other content.
        public static let conflict = Code("conflict")
        /// The chain of upcasters has a gap, or a step too many.
        public static let brokenChain = Code("broken_chain")
        /// A stored record does not fit the layout.
        public static let damaged = Code("damaged")
    }

    /// What kind of fault it is.
    public var code: Code
    /// A sentence that says what is wrong and what to do.
    public var message: String
    /// Where in the input, in bytes from its beginning.
    public var offset: Int?
    /// On which line of the input, the first being 1.
    public var line: Int?

    /// An error of that kind.
    public init(_ code: Code, _ message: String, offset: Int? = nil, line: Int? = nil) {
        self.code = code
        self.message = message
        self.offset = offset
        self.line = line
    }

    static func wrongMember(_ name: String, _ why: String) -> EventError {
        EventError(.wrongMember, "The member `\(name)` is wrong: \(why).")
    }

    /// Writes `{"error":{"code","message","line","offset"}}`; what is unknown is left out.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.key("error")
        json.beginObject()
        json.member("code", code.name)
        json.member("message", message)
        if let line { json.member("line", line) }
        if let offset { json.member("offset", offset) }
        json.endObject()
        json.endObject()
    }
}
