import Bytes
import Events
import Glibc

/// The package's folder.
let packageRoot: String = {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return parts.dropLast(3).joined(separator: "/")
}()

/// When the golden records and the tests' own records were learnt of: 2025-10-01T14:51:02.180Z.
let recorded = Instant(nanoseconds: 1_759_330_262_180_000_000)

/// The bytes of a file of the package; empty where there is none.
func contents(_ path: String) -> [UInt8] {
    let file = open(packageRoot + "/" + path, O_RDONLY)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { return bytes }
        bytes += chunk[..<count]
    }
}

/// Runs a shell command; answers its output and exit code.
func shell(_ command: String) -> (output: String, code: Int32) {
    guard let pipe = popen("( \(command) ) 2>&1", "r") else { return ("popen failed", -1) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&chunk, 1, chunk.count, pipe)
        guard count > 0 else { break }
        bytes += chunk[..<count]
    }
    let status = pclose(pipe)
    return (String(decoding: bytes, as: UTF8.self), status >> 8)
}

/// Parses one event, or answers why not.
func parse(_ json: String) -> Result<IncomingEvent, EventError> {
    let bytes = Array(json.utf8)
    do throws(EventError) { return .success(try CloudEvent.parse(bytes.span)) } catch {
        return .failure(error)
    }
}

/// Why an event is refused, or nil if it is taken.
func refusal(_ json: String) -> EventError? {
    if case .failure(let error) = parse(json) { error } else { nil }
}

/// A message with that `data`, and more members of the envelope behind it.
func message(_ data: String = "{}", _ more: String = "") -> String {
    #"{"specversion":"1.0","id":"a","source":"s","type":"message.received","data":\#(data)\#(more)}"#
}

/// These bytes are no record.
struct NoRecord: Error {}

/// Reads a record through a view.
func view<Value>(
    _ record: [UInt8], _ body: (borrowing EventView) throws -> Value
) throws -> Value {
    guard let view = EventView(record.span) else { throw NoRecord() }
    return try body(view)
}

/// The line that the ledger would write for an event at position 7.
func written(_ event: IncomingEvent) -> String {
    let record = event.draft.sealed(at: 7, recorded: recorded)
    return (try? view(record) { CloudEvent.text($0) }) ?? "no record"
}

/// `data` of what the ledger would write.
func writtenData(_ json: String) throws -> JSONValue? {
    try JSONValue.parse(written(parse(json).get()))["data"]
}

/// SplitMix64: small, seeded, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
