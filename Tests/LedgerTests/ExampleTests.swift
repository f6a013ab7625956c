import Events
import Gate
import Ledger
import Storage
import TestSupport
import Testing

/// The example of the library's documentation, compiled and run as it stands there.
@Suite struct `The library's example` {
    /// Asks before it sends, and reports what became of it.
    func send(_ text: String, to person: String, through ledger: Ledger) async throws -> Bool {
        var request = SendRequest()
        request.account = "+27000000001"
        request.person = person
        request.text = text
        request.key = "order-1041"
        request.attempt = "try \(UInt64.random(in: .min ... .max))"  // Anew for each try.
        let answer = try await ledger.ask(PreparedRequest(request))
        guard let reservation = answer.reservation else {
            // Wait until answer.decision.retryAt, or give it up where there is none.
            return false
        }
        var report = SendReport(reservation, .attempted)
        report.attempt = request.attempt
        guard try await ledger.report(report).go else { return false }
        report.outcome = .accepted
        report.message = "wamid.1"  // What the provider answered.
        _ = try await ledger.report(report)
        return true
    }

    /// Hands out what waits for a role, three at a time.
    func work(through ledger: Ledger) async throws -> [String] {
        var message = SendRequest()
        message.role = "qa-monitor"
        message.person = "+27820000002"
        message.text = "Step 3 is missing"
        _ = try await ledger.queue(message)
        let claimed = try await ledger.claim(Claim(role: "qa-monitor", most: 3))
        return claimed.messages.compactMap(\.answer.request.request.text)
    }

    @Test func `runs`() async throws {
        try await withLedger { ledger in
            try await ledger.apply("rate_limits: {messages_per_minute: 9}", now: at(1000))
            #expect(try await send("Your order is on its way", to: "+27820000001", through: ledger))
            #expect(try await work(through: ledger) == ["Step 3 is missing"])
            #expect(
                try ledger.types() == [
                    .policyChanged, .sendReserved, .sendAttempted, .sendAccepted, .sendQueued,
                    .sendReserved,
                ])
        }
    }

    @Test func `stands in the documentation word for word`() throws {
        let room = try contents(of: "Sources/Ledger/LedgerRoom.swift")
        let own = try contents(of: "Tests/LedgerTests/ExampleTests.swift")
        let lines = own.split(separator: "\n", omittingEmptySubsequences: false)
        let from = try #require(lines.firstIndex { $0.contains("func send(") })
        let to = try #require(lines.firstIndex { $0.contains("@Test func `runs`") })
        for line in lines[from..<to - 1] where !line.allSatisfy(\.isWhitespace) {
            let documented = "/// " + line.dropFirst(4)
            #expect(room.contains(documented), "\(documented)")
        }
    }

    private func contents(of path: String) throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let bytes = try Descriptor.contents(of: "/" + root + "/" + path)
        return String(decoding: bytes, as: UTF8.self)
    }
}
