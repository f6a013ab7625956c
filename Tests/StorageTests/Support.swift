import Bytes
import Glibc
import Storage
import TestSupport

/// The UTF-8 bytes of a text.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// An environment of its own for one test, with a table of rows and a log.
func withEnvironment<V>(_ body: (Environment) throws -> V) async throws -> V {
    try await withTemporaryFolder { folder in
        try body(Environment.open(path: folder + "/e", options: standard))
    }
}

/// Tables as the tests use them.
let standard = Environment.Options(tables: ["rows"], integerTables: ["log"])

/// Appends eight bytes under each key, in one transaction.
func append(_ keys: some Sequence<UInt64>, to environment: Environment) throws {
    let table = environment.table("log")
    try environment.write { transaction in
        for key in keys {
            try transaction.append(key, byteCount: 8, in: table) { $0.store(key &* 31, at: 0) }
        }
    }
}

/// The text under a key of the table of rows.
func value(of key: String, in environment: Environment) throws -> String? {
    let name = bytes(key)
    return try environment.read { transaction in
        try transaction.value(of: name.span, in: environment.table("rows"))?.string
    }
}

/// The keys of the log, as a walk meets them.
func keys(
    in environment: Environment, from start: UInt64, backwards: Bool = false
) throws -> [UInt64] {
    var keys: [UInt64] = []
    try environment.read { transaction in
        try transaction.scan(environment.table("log"), from: start, backwards: backwards) {
            key, value in
            if value.load(at: 0, as: UInt64.self) == key &* 31 { keys.append(key) }
            return true
        }
    }
    return keys
}

/// Writes one byte of a file as it stands in `content`.
func overwrite(_ path: String, _ content: [UInt8], at offset: Int) throws {
    let descriptor = open(path, O_WRONLY)
    defer { close(descriptor) }
    let done = content.withUnsafeBytes { pwrite(descriptor, $0.baseAddress! + offset, 1, offset) }
    guard done == 1 else { throw StorageError(.failed, "writing \(path)") }
}
