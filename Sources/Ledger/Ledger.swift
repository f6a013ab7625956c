import Bytes
public import Events
import Gate
import Storage
import Views

/// An event-sourced message ledger: a folder, opened once per process.
///
/// ```swift
/// let ledger = try Ledger.open("/var/lib/ledger")
/// let event = try CloudEvent.parse(line.utf8Span.span)
/// let place = try await ledger.append([event.draft])
/// ```
public final class Ledger: Sendable {
    /// The `source` of the ledger's own events; nobody else may write it.
    public static let ownSource = "ledger"

    /// The folder.
    public let folder: String
    /// What the ledger knows of itself.
    public var identity: LedgerIdentity { log.identity }

    let log: LogStore
    let clock: ClockSource
    let keyring: Keyring
    let views: Locked<CheckpointStore>
    let writer: Locked<Writer?> = Locked(nil)
    /// What the writer last knew of the policy.
    let policies: PolicyCache
    /// Whether the log was found to be what was signed; then it is not asked again.
    let isSound = Locked(false)
    let progress: @Sendable (RebuildProgress) -> Void
    let tailMax: Position
    /// The answers that callers in a loop get again.
    let refusals = Refusals()

    /// How a ledger is opened.
    public struct Options: Sendable {
        /// Where time comes from.
        public var clock: ClockSource = .system
        /// Told how far a rebuild has come, should one be needed.
        public var progress: @Sendable (RebuildProgress) -> Void = { _ in }
        /// Reads numbers in national spelling; nil refuses them.
        public var numbers: NumberReader?

        /// How many events may wait in memory for the views to be written.
        public var tailMax: Position = 1_000_000

        /// The machine's clocks, and silence.
        public init() {}
    }

    /// Makes a new ledger in `folder`.
    ///
    /// - Parameters:
    ///   - folder: It is made, with mode 0700.
    ///   - origin: Its name, for ever.
    ///   - isDevelopment: Whether its clock is driven.
    ///   - masterKey: Where the key that opens all others lies; it is made where it is missing.
    /// - Throws: ``LedgerError`` with `exists` where there is one; `storage` where the disk refuses
    ///   or the folder lies on a network file system.
    public static func create(
        _ folder: String, origin: String, isDevelopment: Bool = false,
        masterKey: MasterKeySource = .beside
    ) throws(LedgerError) {
        guard !origin.isEmpty, origin.utf8.count <= 255,
            origin.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "+") })
        else {
            throw LedgerError(
                .invalid,
                "a ledger's name is 1 to 255 visible ASCII characters without space and plus, such "
                    + "as example.org/ledger")
        }
        let identity = LedgerIdentity(
            format: LedgerIdentity.currentFormat, origin: origin, isDevelopment: isDevelopment)
        try LogStore.create(folder: folder, identity: identity) {
            try Keyring.create(folder: folder, origin: origin, master: masterKey)
        }
    }

    /// Opens the ledger in `folder`; its views are rebuilt first if they are missing or do not fit.
    ///
    /// - Throws: ``LedgerError`` with `notFound`, `newer`, `damaged` or `storage`.
    public static func open(
        _ folder: String, options: Options = Options()
    ) throws(LedgerError) -> Ledger {
        let log = try LogStore(folder: folder)
        do {
            let views = try Rebuild.openViews(log, progress: options.progress)
            return Ledger(log: log, views: views, options: options)
        } catch {
            throw LedgerError(any: error)
        }
    }

    init(log: LogStore, views: CheckpointStore, options: Options) {
        folder = log.folder
        self.log = log
        clock = options.clock
        keyring = Keyring(
            folder: log.folder, origin: log.identity.firstOrigin, environment: log.environment)
        progress = options.progress
        tailMax = options.tailMax
        policies = PolicyCache(options.numbers)
        self.views = Locked(views)
    }

    /// Answers what still waits, flushes a long tail, and ends the writer's thread.
    public func close() {
        let running = writer.withLock { writer -> Writer? in
            defer { writer = nil }
            return writer
        }
        if let running {
            // What was only counted so far goes with a last commit.
            if !refusals.isEmpty { _ = running.queue.put(Job.counting) }
            running.close()
        }
    }

    deinit { close() }

    /// What seals and opens this ledger's records.
    var sealer: EventSealer {
        EventSealer(
            keyring: keyring, log: log, clock: clock,
            door: { [weak self] in try? self?.doorNow() })
    }

    /// The number of committed events.
    public func count() throws(LedgerError) -> Position { try log.count() }

    /// The writer, started at the first request.
    func startedWriter() -> Writer? {
        writer.withLock { writer in
            if let writer { return writer }
            let new = Writer(
                log: log, views: views, clock: clock, keyring: keyring, refusals: refusals,
                gate: policies, tailMax: tailMax
            ) { [log, progress] damage in
                try Rebuild.run(log, because: damage, progress: progress).store
            }
            guard new.start() else { return nil }
            writer = new
            return new
        }
    }
}
