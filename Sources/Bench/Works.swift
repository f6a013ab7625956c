import Bytes
import Events
import Ledger
import Storage

/// All works by name, and the sizes they are done in.
public enum Works {
    /// How much is done.
    public struct Size: Sendable {
        /// Seconds of the works that run for a time.
        public var seconds = 2.0
        /// Events of the works that need a history.
        public var events = 1_000_000
        /// Persons of that history.
        public var persons = 100_000
        /// Ids of the work that looks unknown ones up.
        public var ids = 10_000_000

        /// The usual sizes.
        public init() {}

        /// Small ones, for tests.
        public static var small: Size {
            var size = Size()
            size.seconds = 0.1
            size.events = 5000
            size.persons = 100
            size.ids = 20_000
            return size
        }
    }

    /// A work: its name, and what must be reached, in words.
    public static let all: [(name: String, goal: String)] = [
        ("append-1", "0.9 x C"), ("append-64", "0.8 x C"), ("append-128", "0.8 x C"),
        ("append-4x16", "0.8 x C"), ("beside-batches", "p99 20 ms"), ("batch-1000", "0.5 x C"),
        ("ask-64", "40,000/s, p99 5 ms"), ("ask-cloud-64", "25,000/s, 20 us, 1 kB"),
        ("ask-batch-1000", "150,000/s"), ("ndjson", "250,000/s"),
        ("import", "100,000/s"), ("scan", "0.9 x C"),
        ("fold", "2,000,000/s"), ("rebuild", "500,000/s"), ("open-ask", "50 ms"),
        ("ask-ratio", "1.3 x"), ("disk", "1.25 x"), ("ids", "1 us, 40 bytes"),
    ]

    /// Does a work in `folder`, which it fills and which the caller removes.
    ///
    /// - Throws: ``LedgerError`` for a name that is none.
    public static func run(
        _ name: String, folder: String, size: Size
    ) async throws -> Measurement {
        try Folder.create(folder)
        let path = folder + "/ledger"
        switch name {
        case "append-1", "append-64", "append-128", "append-16":
            let callers = Int(name.dropFirst(7)) ?? 1
            return try await withLedger(path, wallClock: true) { ledger in
                try await AppendWork.single(
                    ledger, work: name, callers: callers, seconds: size.seconds,
                    source: "bench-\(SystemClock.monotonic)")
            }
        case "append-4x16":
            try await withLedger(path, wallClock: true) { _ in }
            return try ProcessWork.appends(
                folder: folder, work: name, processes: 4,
                worker: [
                    "bench", "append-16", "--json", "--runs", "1", "--folder", folder, "--seconds",
                    "\(Int(size.seconds.rounded(.up)))",
                ])
        case "beside-batches":
            return try await besideBatches(name, folder, size)
        case "batch-1000":
            return try await withLedger(path, wallClock: true) {
                try await AppendWork.batches($0, work: name, size: 1000, seconds: size.seconds)
            }
        case "ask-64":
            return try await withLedger(path, wallClock: true) {
                try await AskWork.single($0, work: name, callers: 64, seconds: size.seconds)
            }
        case "ask-cloud-64":
            return try await withLedger(path, wallClock: true) {
                try await CloudWork.asks($0, work: name, callers: 64, seconds: size.seconds)
            }
        case "ask-batch-1000":
            return try await withLedger(path, wallClock: true) {
                try await AskWork.batches($0, work: name, size: 1000, seconds: size.seconds)
            }
        case "ids":
            return try IDWork.lookup(folder: folder, count: size.ids, lookups: 1_000_000)
        default: return try await history(name, folder, size)
        }
    }

    /// Single appends while another process commits batches of 1,000 without a pause.
    private static func besideBatches(
        _ name: String, _ folder: String, _ size: Size
    ) async throws -> Measurement {
        let path = folder + "/ledger"
        return try await withLedger(path, wallClock: true) { ledger in
            let other = try Subprocess(
                Subprocess.ownPath,
                [
                    "bench", "batch-1000", "--json", "--runs", "1", "--folder", folder, "--seconds",
                    "\(Int(size.seconds.rounded(.up)) + 1)",
                ])
            // The other process has begun once the log grows.
            while try ledger.count() < 5000 { try await Task.sleep(nanoseconds: 10_000_000) }
            let measured = try await AppendWork.single(
                ledger, work: name, callers: 1, seconds: size.seconds)
            try await Task.detached { try ProcessWork.end(other) }.value
            return measured
        }
    }

    /// Works on a mixed history, which is made where it is not there yet.
    private static func history(
        _ name: String, _ folder: String, _ size: Size
    ) async throws -> Measurement {
        let path = folder + "/history-\(size.events)"
        if name == "import" { return try await ImportWork.webhooks(folder: folder, size: size) }
        if name == "ndjson" { return try await NDJSONWork.append(folder: folder, size: size) }
        return try await withLedger(path) { ledger in
            try await ReadWork.fill(ledger, count: size.events, persons: size.persons)
            switch name {
            case "scan": return try median(3) { try ReadWork.scan(ledger) }
            case "fold": return try median(3) { try ReadWork.fold(ledger) }
            case "rebuild": return try ReadWork.rebuild(ledger)
            case "disk": return try ReadWork.disk(ledger)
            case "open-ask", "ask-ratio":
                return try await LargeLedgerWork.run(name, ledger, folder, size)
            default:
                throw LedgerError(
                    .invalid,
                    "\(name) is no work; the works are \(all.map(\.name).joined(separator: ", "))")
            }
        }
    }

    private static func median(
        _ runs: Int, _ body: () throws -> Measurement
    ) rethrows -> Measurement {
        var all: [Measurement] = []
        for _ in 0..<runs { all.append(try body()) }
        return all.sorted { $0.perSecond < $1.perSecond }[runs / 2]
    }

    static func withLedger<V>(
        _ path: String, wallClock: Bool = false, _ body: (Ledger) async throws -> V
    ) async throws -> V {
        if !Folder.exists(path + "/log/data.mdb") {
            try Ledger.create(path, origin: "bench.example/ledger", isDevelopment: !wallClock)
        }
        let ledger = try Ledger.open(path)
        defer { ledger.close() }
        return try await body(ledger)
    }
}
