import Glibc
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A ledger whose steps fail` {
    /// What the fault driver needs beside the binary.
    static let hasTools = system("command -v gcc python3 > /dev/null") == 0

    /// Kills, failing calls and power cuts at sampled steps; `tools/crash/run.py` tries them all.
    @Test(.enabled(if: hasTools, "tools/crash needs gcc and python3"))
    func `loses nothing that it acknowledged`() throws {
        let binary = try #require(EndToEnd.binary)
        let driver = Self.root + "/tools/crash/run.py"
        let pipe = try #require(
            popen("LEDGER_BINARY='\(binary)' python3 '\(driver)' --quick 2>&1", "r"))
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = fread(&part, 1, part.count, pipe)
            if count == 0 { break }
            text += part[..<count]
        }
        let told = String(decoding: text, as: UTF8.self)
        #expect(pclose(pipe) == 0, "\(told)")
        #expect(told.contains("\nall "), "the table is whole: \(told)")
    }

    @Test func `is finished by another init if the first one was cut short`() async throws {
        try await withTemporaryFolder { folder in
            let place = EndToEnd.Place(folder: folder)
            _ = mkdir(place.ledger, 0o700)
            _ = mkdir(place.ledger + "/log", 0o700)
            _ = try place.file("ledger/log/data.mdb", "")
            let status = try place.run("status")
            #expect(status.code == 66)
            #expect(status.err.contains("finish it with"), "\(status.err)")
            #expect(try place.run("init", "--quiet").code == 0)
            #expect(try place.run("append", "-", input: EndToEnd.event("a")).code == 0)
            #expect(try place.run("init").err.contains("already"))
        }
    }

    /// The checkout, three folders above this file.
    private static let root: String =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
}
