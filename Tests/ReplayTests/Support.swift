import Bytes
import Events
import Gate
import Glibc
import Ledger
import TestSupport

/// The package's folder.
let packageRoot: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
}()

/// The text of a file; empty where there is none.
func contents(_ path: String) -> String {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
}

/// Writes a file anew.
func write(_ text: String, to path: String) {
    guard let file = fopen(path, "w") else { return }
    fputs(text, file)
    fclose(file)
}

/// Runs a shell command; answers what it printed.
func shell(_ command: String) -> String {
    guard let pipe = popen("( \(command) ) 2>&1", "r") else { return "popen failed" }
    defer { pclose(pipe) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, pipe)
        guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
        bytes += chunk[..<count]
    }
}

/// The interpreter that the tests may use, or nil if it cannot import jsonschema.
let python: String? = {
    let named = getenv("LEDGER_PYTHON").map { String(cString: $0) }
    let own = packageRoot + "/.venv/bin/python3"
    let python = named ?? (access(own, X_OK) == 0 ? own : "python3")
    return shell("'\(python)' -c 'import jsonschema' && echo there") == "there\n" ? python : nil
}()

/// The calculation that shares no line with the ledger, for these events and options.
func calculated(_ arguments: String) -> String {
    String(shell("python3 '\(packageRoot)/tools/check_burst.py' \(arguments)").dropLast())
}

/// The preset's policy.
let preset = contents(packageRoot + "/Tests/Fixtures/policies/qa-feedback.yaml")

/// The stretch of time that the reconstructed burst lies in.
let burstRange = ReplayBounds.times("2025-10-01T16:40:00+02:00", "2025-10-01T17:00:00+02:00")

/// Ends of ranges from text.
enum ReplayBounds {
    static func instant(_ text: String) -> Instant {
        (try? Timestamp.parse(text).instant) ?? .latest
    }

    static func times(_ from: String, _ to: String) -> (from: Instant, to: Instant) {
        (instant(from), instant(to))
    }
}

/// A development ledger with the events of NDJSON text.
func withEvents<V>(_ ndjson: String, _ body: (Ledger) async throws -> V) async throws -> V {
    try await withLedger { ledger in
        var drafts: [Draft] = []
        for line in ndjson.split(separator: "\n") {
            drafts.append(try CloudEvent.parse(String(line).utf8Span.span).draft)
        }
        _ = try await ledger.append(drafts)
        return try await body(ledger)
    }
}

/// The shipped reconstruction.
func withBurst<V>(_ body: (Ledger) async throws -> V) async throws -> V {
    try await withEvents(
        contents(packageRoot + "/Tests/Fixtures/burst-2025-10-01.ndjson"), body)
}

/// Seconds since 1970, as a moment.
func second(_ count: Int64) -> Instant { Instant(nanoseconds: count * 1_000_000_000) }

/// Puts a policy in force.
func apply(_ text: String, to ledger: Ledger, at now: Instant) async throws {
    var builder = DraftBuilder(
        .policyChanged, source: Ledger.ownSource, id: "policy-\(now.nanoseconds)")
    builder.add(.text, text: text)
    _ = try await ledger.append([builder.finish()!], now: now, as: .verb)
}

/// A request of an instance about a subject.
func request(
    _ subject: String, instance: String = "one", key: String? = nil, submission: Int64 = 1
) -> PreparedRequest {
    var request = SendRequest()
    request.account = "+27000000001"
    request.chat = "120363000000000001@g.us"
    request.subject = subject
    request.steps = ["photo"]
    request.submission = submission
    request.text = "REVIEW \(subject)"
    request.role = "qa-monitor"
    request.instance = instance
    request.key = key
    return PreparedRequest(request)
}
