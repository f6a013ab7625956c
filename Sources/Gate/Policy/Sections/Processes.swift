public import Events

extension Policy {
    /// The section `instances`: which process of a role may send.
    public struct InstanceTerms: Sendable, Equatable {
        /// What becomes of a second instance of a role.
        public enum Second: String, CaseIterable, Sendable {
            /// It may not send, and `run` does not start it.
            case refuse
            /// It fences the first.
            case fence
        }

        /// Whether every request needs a role and an instance whose start is recorded.
        public var isRequired = false
        /// What becomes of a second instance of a role.
        public var second = Second.refuse
        /// After how long without ask, report and beat an instance counts as unhealthy.
        public var silentAfter: Nanoseconds?
        /// Whether `run` restarts an unhealthy child.
        public var restartsSilent = false

        /// A role that is named has one instance; nothing else is asked for.
        public init() {}
    }

    /// The section `backlog`: which work items are too old to be answered.
    public struct Backlog: Sendable, Equatable {
        /// Whether items of an instance's first snapshot are refused.
        public var isRefused = false
        /// How long after it was flagged an item counts as new: 24 hours unless the policy says
        /// otherwise.
        public var newFor: Nanoseconds = .day

        /// Nothing counts as backlog.
        public init() {}
    }

    /// The section `queue`: how waiting messages are handed out.
    public struct QueueTerms: Sendable, Equatable {
        /// Most messages that a role is handed at once.
        public var batch: Int?
        /// Least time between two batches of a role.
        public var batchInterval: Nanoseconds?
        /// Whether messages to the same chat about the same person go as one.
        public var merges = false
        /// What a merged message says: `{count}` and `{texts}` are replaced.
        public var mergedText: String?

        /// One message after the other, as fast as the other rules allow.
        public init() {}
    }
}
