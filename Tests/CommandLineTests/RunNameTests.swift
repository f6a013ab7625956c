import Events
import Glibc
import Storage
import TestSupport
import Testing

/// A sorted run names its ledger, family and number, and the checkpoint knows its content.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A run in the place of another` {
    private static func fill(_ place: EndToEnd.Place, _ prefix: String) throws -> String {
        let lines = (0..<2_000).map { EndToEnd.event("\(prefix)\($0)") }
        let path = try place.file("events", lines.joined(separator: "\n"))
        #expect(try place.run("append", path, seconds: 60).code == 0)
        #expect(try place.run("rebuild").code == 0)
        return path
    }

    private static func runs(_ place: EndToEnd.Place) throws -> [String] {
        let numbers = Folder.names(in: place.ledger + "/views").compactMap { Int($0) }
        let folder = place.ledger + "/views/\(numbers.max() ?? 0)"
        return Folder.names(in: folder).filter { $0.hasSuffix(".run") }.map { folder + "/" + $0 }
    }

    @Test func `is not believed, whichever it is`() async throws {
        try await EndToEnd.withPlace { place in
            let events = try Self.fill(place, "a")
            try await EndToEnd.withPlace { other in
                _ = try Self.fill(other, "b")
                let (own, foreign) = (try Self.runs(place), try Self.runs(other))
                #expect(own.count > 1)
                for (index, path) in own.enumerated() {
                    // Of another ledger; of another number; of the same name and other content.
                    let source = index % 2 == 0 ? foreign[index] : own[(index + 1) % own.count]
                    try Descriptor.create(path, try Descriptor.contents(of: source))
                }
                let again = try place.run("append", events, seconds: 60)
                #expect(again.code == 0, "\(again.err)")
                #expect(again.err.contains("rebuilding the views"), "\(again.err)")
            }
            #expect(try place.count() == 2_000, "nothing is appended twice")
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test(arguments: ["rebuild", "verify"])
    func `is told of where views are compared, and mended`(verb: String) async throws {
        try await EndToEnd.withPlace { place in
            _ = try Self.fill(place, "a")
            let runs = try Self.runs(place)
            try Descriptor.create(runs[0], try Descriptor.contents(of: runs[1]))
            let result = try place.run(verb)
            let told = result.out + result.err
            #expect((0...1).contains(result.code), "\(told)")
            #expect(told.contains("is damaged") && told.contains("rebuilt"), "\(told)")
            #expect(!told.contains("ViewDamage"), "\(told)")
            #expect(try place.run("verify").code == 0)
        }
    }

    @Test func `of an earlier moment is not believed either`() async throws {
        try await EndToEnd.withPlace { place in
            let events = try Self.fill(place, "a")
            let before = try Self.runs(place).map { ($0, try Descriptor.contents(of: $0)) }
            // As many more events: runs of the same numbers and sizes hold other ids.
            let lines = (0..<2_000).map { EndToEnd.event("c\($0)") }
            let more = try place.file("more", lines.joined(separator: "\n"))
            #expect(try place.run("append", more, seconds: 60).code == 0)
            #expect(try place.run("rebuild").code == 0)
            let now = try Self.runs(place)
            for (path, old) in zip(now, before) { try Descriptor.create(path, old.1) }
            #expect(try place.run("status").code == 0)
            #expect(try place.run("append", events, seconds: 60).code == 0)
            #expect(try place.run("append", more, seconds: 60).code == 0)
            #expect(try place.count() == 4_000)
        }
    }
}
