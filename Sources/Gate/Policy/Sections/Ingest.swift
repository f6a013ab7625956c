extension Policy {
    /// The section `ingest`: what is taken in.
    public struct IngestTerms: Sendable, Equatable {
        /// The chats whose messages are imported, groups and other parties; empty for all.
        public var chats: [String] = []
        /// How many days input that was put aside is kept.
        public var quarantineDays = 30

        /// Everything is taken in.
        public init() {}
    }

    /// The section `clock`: which clock of the machine is believed.
    public struct ClockTerms: Sendable, Equatable {
        /// Whether, after a restart, a clock that follows no time source is refused.
        public var requiresSync = false

        /// A clock is taken after a restart where it is at most 7 days ahead.
        public init() {}
    }

    /// The section `subjects`: what counts as the name of a work item.
    public struct SubjectTerms: Sendable, Equatable {
        /// Regular expressions of names; a match is a whole word.
        public var patterns = ["DR\\d{7}"]

        /// Drop numbers: DR and seven digits.
        public init() {}
    }
}
