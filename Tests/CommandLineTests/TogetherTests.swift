import Events
import Glibc
import Storage
import TestSupport
import Testing

/// Processes that look, rebuild and write at the same time find no fault where there is none.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Processes beside each other` {
    @Test func `verify and rebuild without a false alarm while others write`() async throws {
        try await EndToEnd.withPlace { place in
            let writer = try place.start("append", "-")
            // Each new person changes the file of keys, too.
            let lines = (0..<40_000).map { number in
                EndToEnd.event(
                    "m\(number)", subject: "DR\(number % 90)",
                    data: "\"person\":\"+2782\(1_000_000 + number / 4)\"")
            }
            writer.writeAside(lines.joined(separator: "\n") + "\n")
            _ = writer.waitForLines(2_000)
            for round in 0..<3 {
                let checks = try ["verify", "verify", "rebuild"].map { try place.start($0) }
                for check in checks {
                    let result = check.finish(seconds: 60)
                    #expect(result.code == 0, "round \(round): \(result.out)\(result.err)")
                }
            }
            writer.signal(SIGTERM)
            _ = writer.finish()
            #expect(try place.run("verify", seconds: 60).code == 0)
        }
    }

    @Test func `know new persons while the file of keys grows`() async throws {
        try await EndToEnd.withPlace { place in
            let writers = try (0..<4).map { _ in try place.start("append", "-") }
            for (index, writer) in writers.enumerated() {
                let lines = (0..<900).map { number in
                    EndToEnd.event(
                        "w\(index)-\(number)",
                        data: "\"person\":\"+2782\(1_000_000 * (index + 1) + number)\"")
                }
                writer.writeAside(lines.joined(separator: "\n") + "\n")
            }
            for writer in writers {
                let answers = writer.waitForLines(900, milliseconds: 60_000)
                #expect(answers.count == 900)
                #expect(!answers.contains { $0.contains("error") }, "\(answers)")
                writer.closeInput()
                _ = writer.finish()
            }
            let status = try place.run("vault", "status", "--json").json.first
            #expect(status?["persons"]?.integer == 3_600)
            #expect((status?["generation"]?.integer ?? 0) > 2)
        }
    }
}
