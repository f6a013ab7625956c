public import Events
import Ledger
import Views

/// Who sent what, how often, and who could not have known of whom.
///
/// Whether a message went is what the log says: `send.attempted` without a reservation, and
/// `send.reserved` that was not released or given back. Requests that had to wait or were refused
/// are attempts, too, but repeat nothing.
public struct Story: Sendable {
    /// The first moment, or nil where the range begins with the log.
    public let from: Instant?
    /// The last moment, or nil where the range ends with the log.
    public let to: Instant?
    /// Events in the range, of any type.
    public internal(set) var events = 0
    /// Minutes east of UTC in which the first attempt gave its time: people read it in that zone.
    public internal(set) var offset = 0
    /// Every attempt, in the order of (effective time, position).
    public internal(set) var attempts: [Attempt] = []
    /// Attempts per source and subject, as a what-if counts them.
    public internal(set) var tally = Tally()
    /// Everyone who attempted, by name.
    public internal(set) var processes: [Process] = []
    /// Every subject that was attempted, by name.
    public internal(set) var subjects: [Subject] = []
    /// Every chat that was written to, by name.
    public internal(set) var chats: [Chat] = []
    /// Starts within the range of processes that had started before.
    public internal(set) var restarts: [Restart] = []
    /// Messages that repeated an earlier one, in order.
    public internal(set) var duplicates: [Duplicate] = []

    /// Sends under the gate that left as more than one message, or without a word.
    public internal(set) var doubles: [Double] = []
    /// Tries that the gate stopped at the last moment, because another was first.
    public internal(set) var stopped: [Stopped] = []

    /// Messages that went out.
    public var sent: Int { attempts.reduce(0) { $0 + ($1.went ? 1 : 0) } }
}

extension Story {
    /// One process that sent or asked.
    public struct Process: Sendable {
        /// Its name: see ``Attempt/process``.
        public let name: String
        /// Messages of it that went out.
        public internal(set) var sent = 0
        /// Requests of it that had to wait or were refused.
        public internal(set) var held = 0
        /// Messages of it that repeated an earlier one of anybody.
        public internal(set) var duplicates = 0
        /// Its first attempt in the range.
        public internal(set) var first: Instant
        /// Its last attempt in the range.
        public internal(set) var last: Instant
        /// All its starts that the log knows of, up to the end of the range, in order.
        public internal(set) var starts: [Instant] = []
    }

    /// One subject.
    public struct Subject: Sendable {
        /// The subject.
        public let name: String
        /// Messages about it that went out.
        public internal(set) var sent = 0
        /// Messages about it that repeated an earlier one.
        public internal(set) var duplicates = 0
        /// Who sent them, by name.
        public internal(set) var processes: Set<String> = []
        /// The chats that they went to.
        public internal(set) var chats: Set<String> = []
        /// The latest message that posted it, before the end of the range.
        public internal(set) var posting: Posting?
    }

    /// The message that posted a subject.
    public struct Posting: Sendable {
        /// By whom: the name that the message gives, else the person.
        public let person: String
        /// In which chat.
        public let chat: String?
        /// When.
        public let time: Instant
        /// The place in the log.
        public let position: Position
    }

    /// One chat, or one person without a chat.
    public struct Chat: Sendable {
        /// The chat.
        public let name: String
        /// Messages that went there.
        public internal(set) var sent = 0
        /// Messages that repeated an earlier one.
        public internal(set) var duplicates = 0
        /// Who sent them, by name.
        public internal(set) var processes: Set<String> = []
        /// The subjects that they were about.
        public internal(set) var subjects: Set<String> = []
    }

    /// A start of a process that had started before.
    public struct Restart: Sendable {
        /// The process: its source.
        public let process: String
        /// When it started again.
        public let time: Instant
        /// Its start before that.
        public let before: Instant
        /// The place in the log.
        public let position: Position
    }

    /// A reservation that is evidence of a double send.
    public struct Double: Sendable {
        /// What shows it.
        public enum Kind: String, Sendable {
            /// The provider made more than one message of it.
            case messages
            /// It was sent though it was released, cancelled or failed: the sender did not keep to
            /// what it had promised or reported.
            case unannounced
        }

        /// The reservation.
        public let reservation: Reservation
        /// The subject, or nil.
        public let subject: String?
        /// The chat, else the person, that it went to.
        public let chat: String?
        /// What shows it.
        public let kind: Kind
        /// How many messages the provider made of it.
        public let messages: Int
        /// The last event that says so.
        public let position: Position
    }

    /// A try that was answered `go: false` because something was sent, or about to be.
    public struct Stopped: Sendable {
        /// The place in the log.
        public let position: Position
        /// When.
        public let time: Instant
        /// The reservation.
        public let reservation: Reservation
        /// The instance that reported, or nil.
        public let instance: String?
        /// What stood against it.
        public let because: [String]
        /// How often it was answered.
        public let count: Int
    }

    /// A message that repeated an earlier one.
    public struct Duplicate: Sendable {
        /// Why the process sent what had been sent.
        public enum Cause: String, Sendable {
            /// Another process had sent it, and the two share no memory.
            case otherProcess = "other_process"
            /// It had sent it itself before it restarted, and lost its memory.
            case restart
            /// It had sent it itself since it started.
            case itself
        }

        /// The message that repeats an earlier one.
        public let attempt: Attempt
        /// The message that it repeats.
        public let earlier: Attempt
        /// Why.
        public let cause: Cause

        /// How long after the earlier one it went.
        public var gap: Nanoseconds { attempt.time.since(earlier.time) }
    }
}
