import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A reader without Swift` {
    private static let root = Folder.parent(
        of: Folder.parent(of: Folder.parent(of: #filePath)))

    /// The interpreter that can import lmdb, or nil.
    private static let python: String? = {
        let named = getenv("LEDGER_PYTHON").map { String(cString: $0) }
        let own = root + "/.venv/bin/python3"
        let python = named ?? (access(own, X_OK) == 0 ? own : "python3")
        return shell("'\(python)' -c 'import lmdb' && echo there") == "there\n" ? python : nil
    }()

    private static func shell(_ command: String) -> String {
        guard let pipe = popen(command + " 2>&1", "r") else { return "" }
        defer { pclose(pipe) }
        var text: [UInt8] = []
        while true {
            let byte = fgetc(pipe)
            if byte == EOF { return String(decoding: text, as: UTF8.self) }
            text.append(UInt8(truncatingIfNeeded: byte))
        }
    }

    @Test(.enabled(if: python != nil, "needs Python's lmdb: run tools/setup --tests"))
    func `prints what the ledger prints`() async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let fixtures = Self.root + "/Tests/Fixtures"
            for name in Folder.names(in: fixtures + "/events") where name.hasSuffix(".json") {
                // Types of the gate and of verbs are refused; the verbs below make them.
                _ = try place.run("append", fixtures + "/events/" + name)
            }
            _ = try place.run("append", fixtures + "/burst-2025-10-01.ndjson")
            _ = try place.run(
                "policy", "apply", fixtures + "/policies/qa-feedback.yaml", "--by", "ann", "--why",
                "test")
            for number in 0..<4 {
                _ = try place.run(
                    "ask", "--chat", "c@g.us", "--subject", "DR\(number)", "--text", "é \u{1F6A7}",
                    "--now", "2026-10-01T16:5\(number):00+02:00")
            }
            for number in 0..<3 {
                _ = try place.run(
                    "ask", "--chat", "c@g.us", "--subject", "DR9", "--step", "a", "--key", "k",
                    "--attempt", "a\(number)", "--now", "2026-10-02T16:5\(number):00+02:00")
            }
            let own = try place.run("events", "--json", "--redact")
            #expect(own.code == 0)
            #expect(own.lines.count > 100)
            let script = Self.root + "/tools/read_log.py"
            let read = Self.shell("'\(Self.python ?? "")' '\(script)' '\(place.ledger)'")
            let lines = read.split(separator: "\n").map(String.init)
            #expect(lines.count == own.lines.count)
            for (mine, theirs) in zip(own.lines, lines) { #expect(mine == theirs) }
        }
    }
}
