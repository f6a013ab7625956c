/// What several test targets share: temporary folders, driven clocks, sample events.
public import Events
public import Ledger
import Storage

/// A folder of its own for one test, removed at the end: in memory, or `onDisk`, where a test is of
/// what a disk does.
public func withTemporaryFolder<V>(
    onDisk: Bool = false, _ body: (String) async throws -> V
) async throws -> V {
    let place = onDisk ? TestPlace.disk : TestPlace.memory
    let path = place + "/ledger-test-\(UInt64.random(in: .min ... .max))"
    try Folder.create(path)
    defer { try? Folder.removeAll(path) }
    return try await body(path)
}

/// A ledger of its own for one test, closed and removed at the end.
public func withLedger<V>(
    isDevelopment: Bool = true, clock: TestClock? = nil, _ body: (Ledger) async throws -> V
) async throws -> V {
    try await withTemporaryFolder { folder in
        let path = folder + "/ledger"
        try Ledger.create(path, origin: "test.example/ledger", isDevelopment: isDevelopment)
        var options = Ledger.Options()
        if let clock { options.clock = clock.source }
        let ledger = try Ledger.open(path, options: options)
        defer { ledger.close() }
        return try await body(ledger)
    }
}

/// Clocks that a test sets by hand.
public final class TestClock: Sendable {
    private struct State {
        var wall: Int64
        var boot: Int64 = 1_000_000_000_000
        var bootID: String? = "first boot"
        var isSynchronised: Bool? = true
    }

    private let state: Locked<State>

    /// Clocks that start at `wall` nanoseconds since 1970.
    public init(wall: Int64 = 1_760_000_000_000_000_000) { state = Locked(State(wall: wall)) }

    /// The clocks as a ledger reads them.
    public var source: ClockSource {
        ClockSource(
            wall: { [self] in state.withLock { $0.wall } },
            boot: { [self] in state.withLock { $0.boot } },
            bootID: { [self] in state.withLock { $0.bootID } },
            isSynchronised: { [self] in state.withLock { $0.isSynchronised } })
    }

    /// Lets time pass on all clocks.
    public func pass(seconds: Int64) {
        state.withLock {
            $0.wall += seconds * 1_000_000_000
            $0.boot += seconds * 1_000_000_000
        }
    }

    /// Steps the wall clock alone.
    public func step(seconds: Int64) { state.withLock { $0.wall += seconds * 1_000_000_000 } }

    /// Restarts the machine: the boot clock begins anew.
    public func restart(isSynchronised: Bool? = true) {
        state.withLock {
            $0.boot = 10_000_000_000
            $0.bootID = "boot \($0.wall)"
            $0.isSynchronised = isSynchronised
        }
    }

    /// Takes away the name of the machine's start.
    public func forgetName() { state.withLock { $0.bootID = nil } }

    /// The wall clock.
    public var wall: Instant { Instant(nanoseconds: state.withLock { $0.wall }) }
}

/// A numbered message from one of a few people about one of a few subjects.
public func sampleMessage(
    _ number: Int, source: String = "test/1", seconds: Int64? = nil, text: String? = nil,
    subject: String? = nil
) -> Draft {
    var builder = DraftBuilder(.messageReceived, source: source, id: "m\(number)")
    if let seconds { builder.happened(at: Instant(nanoseconds: seconds * 1_000_000_000)) }
    builder.add(.subject, text: subject ?? "DR\(1_854_000 + number % 7)")
    builder.add(.account, text: "+27000000001")
    builder.add(.chat, text: "120363000000000001@g.us")
    builder.add(.person, text: "+2700000001\(number % 10)")
    builder.add(.message, text: "wamid.\(number)")
    builder.add(.text, text: text ?? "DR\(1_854_000 + number % 7) done")
    return builder.finish()!
}

/// Small random numbers from a seed, so that a failing history can be run again.
public struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    /// A generator of that seed.
    ///
    /// The seed is mixed: seeds that stood a step apart would give one sequence, shifted by one.
    public init(seed: UInt64) { state = Self.mix(seed &+ 0x1234_5678) }

    /// The next number (SplitMix64).
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    private static func mix(_ number: UInt64) -> UInt64 {
        var z = number
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
