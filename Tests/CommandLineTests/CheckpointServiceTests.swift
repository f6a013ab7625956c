import Events
import Evidence
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb checkpoint --follow` {
    @Test func `signs after so many events, and what is left at its end`() async throws {
        try await EndToEnd.withPlace { place in
            let service = try place.start("checkpoint", "--follow", "--every", "10", "--json")
            try place.fill(0..<9)
            try place.fill(9..<25)
            let first = service.waitForLines(1).compactMap { try? JSONValue.parse($0) }
            #expect(first.first?["new"]?.flag == true)
            try place.fill(25..<28)
            service.signal(SIGTERM)
            let done = service.finish()
            #expect(done.code == 0, "\(done.err)")
            #expect(done.json.last?["size"]?.integer == 28)
            let sizes = done.json.map { $0["size"]?.integer ?? 0 }
            #expect(sizes.allSatisfy { $0 >= 10 }, "\(sizes)")
            let status = try place.run("status", "--json").json[0]
            #expect(status["signed"]?.integer == 28)
        }
    }

    @Test func `signs after so many seconds, and publishes`() async throws {
        try await EndToEnd.withPlace { place in
            try place.fill(0..<3)
            let published = place.folder + "/public"
            try Folder.create(published)
            let service = try place.start(
                "checkpoint", "--follow", "--seconds", "1", "--to", published)
            #expect(service.waitForLines(1).first?.hasPrefix("signed 3 events, ") == true)
            let copy = try Descriptor.contents(of: published + "/checkpoint")
            #expect(try Descriptor.contents(of: place.ledger + "/keys/checkpoint") == copy)
            service.signal(SIGINT)
            let done = service.finish()
            #expect(done.code == 0)
            #expect(done.lines.count == 1, "nothing new, nothing signed: \(done.out)")
        }
    }

    @Test func `ends with a sentence once the log lost its end`() async throws {
        try await EndToEnd.withPlace { place in
            let short = try Descriptor.contents(of: place.ledger + "/log/data.mdb")
            try place.fill(0..<3)
            #expect(try place.run("checkpoint").code == 0)
            try Descriptor.create(place.ledger + "/log/data.mdb", short)
            let ended = try place.run("checkpoint", "--follow", "--every", "1")
            #expect(ended.code == 1)
            #expect(ended.err.contains("3 were signed"), "\(ended.err)")
        }
    }

    @Test func `takes its rhythm only with --follow`() async throws {
        try await EndToEnd.withPlace { place in
            let alone = try place.run("checkpoint", "--every", "5")
            #expect(alone.code == 64)
            let never = try place.run("checkpoint", "--follow", "--seconds", "0")
            #expect(never.code == 64)
            let nowhere = try place.run("checkpoint", "--follow", "--to", place.folder + "/x")
            #expect(nowhere.code == 1)
        }
    }

    @Test func `never signs two roots of one size, whoever signs`() async throws {
        try await EndToEnd.withPlace { place in
            let words = ["checkpoint", "--follow", "--every", "1", "--json"]
            let services = try (0..<3).map { _ in
                try RunningProcess(["--ledger", place.ledger] + words)
            }
            let writer = try place.start("append", "-")
            for number in 0..<400 { writer.write(EndToEnd.event("w\(number)") + "\n") }
            #expect(writer.waitForLines(400).count == 400)
            writer.closeInput()
            #expect(writer.finish().code == 0)
            for service in services { service.signal(SIGTERM) }
            let ended = services.map { $0.finish() }
            var roots: [Int64: String] = [:]
            for line in ended.flatMap(\.json) {
                let size = line["size"]?.integer ?? -1
                #expect(roots[size] == nil || roots[size] == line["root"]?.text, "\(size)")
                roots[size] = line["root"]?.text
            }
            let codes = ended.map(\.code)
            #expect(codes == [0, 0, 0])
            #expect(roots[400] != nil)
            for size in roots.keys {
                let note = place.ledger + "/keys/checkpoints/\(size)"
                #expect(try place.run("verify", "--against", note).code == 0, "\(size)")
            }
        }
    }

    @Test(arguments: 1...6) func `signs nothing that a kill takes away`(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await EndToEnd.withPlace(onDisk: true) { place in
            for round in 0..<5 {
                let service = try place.start("checkpoint", "--follow", "--every", "1")
                let writer = try place.start("append", "-")
                let lines = (0..<2_000).map { EndToEnd.event("r\(round)-\($0)") + "\n" }
                writer.writeAside(lines.joined())
                _ = writer.waitForLines(Int.random(in: 1..<1_500, using: &random))
                usleep(UInt32.random(in: 0..<200_000, using: &random))
                writer.signal(SIGKILL)
                service.signal(SIGKILL)
                let told = writer.finish().lines.count
                _ = service.finish()
                let verified = try place.run("verify", "--json")
                #expect(verified.code == 0, "seed \(seed), round \(round): \(verified.out)")
                let status = try place.run("status", "--json").json[0]
                let count = status["count"]?.integer ?? 0
                #expect(count >= told)
                #expect(status["signed"]?.integer ?? 0 <= count)
                let next = try place.run("checkpoint", "--json")
                #expect(next.code == 0, "seed \(seed), round \(round): \(next.err)")
                #expect(next.json[0]["size"]?.integer == count)
            }
        }
    }

    @Test func `is not needed where an operator's order comes when it is time to`() async throws {
        try await EndToEnd.withPlace { place in
            let policy = try place.file("policy.yaml", EndToEnd.policy)
            let apply = ["policy", "apply", policy, "--by", "ann", "--why", "test"]
            try place.fill(0..<3)
            #expect(try place.run("checkpoint").code == 0)
            #expect(try EndToEnd.run(["--ledger", place.ledger] + apply).code == 0)
            #expect(try place.signed() == 3, "just signed")
            let old = [timeval(tv_sec: 1, tv_usec: 0), timeval(tv_sec: 1, tv_usec: 0)]
            #expect(utimes(place.ledger + "/keys/checkpoint", old) == 0)
            try place.fill(3..<5)
            _ = try place.ask("DR1")
            #expect(try place.signed() == 3, "senders never sign")
            #expect(try EndToEnd.run(["--ledger", place.ledger] + apply).code == 0)
            #expect(try place.signed() == 8)
        }
    }
}

extension EndToEnd.Place {
    /// How many events the last checkpoint holds.
    fileprivate func signed() throws -> Int64? {
        try run("status", "--json").json[0]["signed"]?.integer
    }
}
