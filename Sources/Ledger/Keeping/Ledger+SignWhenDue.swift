public import Events
import Evidence
import Storage

extension Ledger {
    /// How often the log is signed by itself, where it has grown.
    public struct SigningRhythm: Sendable {
        /// Events after which it is signed at the latest.
        public var events: Position = 65_536
        /// Seconds after which it is signed at the latest.
        public var seconds: Int64 = 600

        /// Every 65,536 events or 10 minutes.
        public init() {}
    }

    /// How far the log has grown since it was last signed.
    public struct Unsigned: Sendable {
        /// Events that no checkpoint covers.
        public let events: Position
        /// Seconds since the last checkpoint, or since the key was made; never below 0.
        public let seconds: Int64

        /// So many events, for so long.
        public init(events: Position, seconds: Int64) {
            self.events = events
            self.seconds = seconds
        }

        /// Whether a rhythm asks for a checkpoint.
        public func isDue(_ rhythm: SigningRhythm) -> Bool {
            events > 0 && (events >= rhythm.events || seconds >= rhythm.seconds)
        }
    }

    /// How far the log has grown since it was last signed; the signing key is not opened.
    public func unsigned() throws(LedgerError) -> Unsigned {
        let count = try count()
        let size = try lastCheckpoint()?.checkpoint.size ?? 0
        let signed =
            Folder.modified(keys.folder + "/checkpoint") ?? Folder.modified(keys.folder + "/vkey")
        let age = signed.map { (SystemClock.wall - $0) / 1_000_000_000 } ?? 0
        return Unsigned(events: count - min(count, size), seconds: max(0, age))
    }

    /// Signs the log if it is time to; answers the checkpoint, or nil if none was signed.
    ///
    /// - Throws: As ``signCheckpoint(progress:)`` does.
    public func signIfDue(
        _ rhythm: SigningRhythm = SigningRhythm(),
        progress: (Position, Position) -> Void = { _, _ in }
    ) throws(LedgerError) -> SignedCheckpoint? {
        guard try unsigned().isDue(rhythm) else { return nil }
        let (signed, isNew) = try signCheckpoint(progress: progress)
        return isNew ? signed : nil
    }
}
