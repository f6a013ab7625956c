import Events
import Glibc
import Storage
import TestSupport
import Testing

/// LMDB believes the pages of its files: the ledger looks at them first, or says what it met.
@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `Pages that are damaged` {
    /// How a page is damaged.
    enum Harm: CaseIterable {
        case kind, lower, upper, place, entry, key, size, zeroed, filled, other, random

        func apply(to bytes: inout [UInt8], page: Int, _ chance: inout SeededGenerator) {
            let at = page * 4096
            switch self {
            case .kind: bytes[at + 10] ^= 1 << Int.random(in: 0..<4, using: &chance)
            case .lower: bytes[at + 12] ^= 1 << Int.random(in: 0..<8, using: &chance)
            case .upper: bytes[at + 15] ^= 1 << Int.random(in: 0..<8, using: &chance)
            case .place: bytes[at + 0] ^= 1 << Int.random(in: 0..<8, using: &chance)
            case .entry: bytes[at + 17] ^= 0x80
            case .key: bytes[at + 16 + 2 * Int.random(in: 0..<8, using: &chance)] ^= 0x15
            // How long the value of the first entries is said to be.
            case .size:
                for entry in 0..<3 {
                    let place = at + 16 + 2 * entry
                    let node = Int(bytes[place]) | Int(bytes[place + 1]) << 8
                    guard node >= 16, node < 4_090 else { continue }
                    bytes[at + node] ^= 1 << Int.random(in: 0..<8, using: &chance)
                }
            case .zeroed: for index in at..<at + 4096 { bytes[index] = 0 }
            case .filled: for index in at..<at + 4096 { bytes[index] = 0xFF }
            case .other:
                let from = 4096 * Int.random(in: 2..<bytes.count / 4096, using: &chance)
                let copy = Array(bytes[from..<from + 4096])
                for index in copy.indices { bytes[at + index] = copy[index] }
            case .random:
                for index in at..<at + 4096 {
                    bytes[index] = UInt8.random(in: 0...255, using: &chance)
                }
            }
        }
    }

    private static func fill(_ place: EndToEnd.Place, _ count: Int) throws {
        let lines = (0..<count).map { number in
            EndToEnd.event(
                "m\(number)", subject: "DR\(1_000 + number % 40)",
                data: "\"person\":\"+2782\(1_000_000 + number % 50)\",\"text\":\"words \(number)\"")
        }
        let done = try place.run(
            "append", place.file("events", lines.joined(separator: "\n")), seconds: 60)
        #expect(done.code == 0, "\(done.err)")
        #expect(try place.run("rebuild").code == 0)
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try PositionedFile(path: path).write(bytes.span, at: 0)
    }

    /// The newest folder of views.
    private static func views(_ place: EndToEnd.Place) -> String {
        let numbers = Folder.names(in: place.ledger + "/views").compactMap { Int($0) }
        return place.ledger + "/views/\(numbers.max() ?? 0)/data.mdb"
    }

    @Test(arguments: Harm.allCases)
    func `of the log end no verb by a signal, and change no answer`(harm: Harm) async throws {
        try await EndToEnd.withPlace { place in
            try Self.fill(place, 600)
            let path = place.ledger + "/log/data.mdb"
            let whole = try Descriptor.contents(of: path)
            let events = try place.run("events", "--json").out
            var chance = SeededGenerator(seed: UInt64(Harm.allCases.firstIndex(of: harm) ?? 0))
            for round in 0..<2 {
                var bytes = whole
                let page = Int.random(in: 2..<whole.count / 4096, using: &chance)
                harm.apply(to: &bytes, page: page, &chance)
                guard bytes != whole else { continue }
                try Self.write(bytes, to: path)
                let verified = try place.run("verify")
                var isTold = verified.code == 1
                #expect((0...1).contains(verified.code), "page \(page): \(verified.err)")
                for words in [
                    ["doctor"], ["backup", place.folder + "/copy\(round)"], ["rebuild"],
                    ["export", "-o", place.folder + "/out\(round)"],
                ] {
                    let result = try EndToEnd.run(["--ledger", place.ledger] + words)
                    #expect((0...1).contains(result.code), "\(words) page \(page): \(result.code)")
                    if words == ["doctor"] { isTold = isTold && result.code == 1 }
                    #expect(!(result.out + result.err).isEmpty)
                    // What writes leaves the rest of the file as it was damaged.
                    try Self.write(bytes, to: path)
                }
                let read = try place.run("events", "--json")
                #expect((0...1).contains(read.code), "page \(page): \(read.code) \(read.err)")
                #expect(isTold || read.out == events, "page \(page): nobody told")
                try Self.write(whole, to: path)
                remove(place.ledger + "/views/tree")
            }
            #expect(try place.run("events", "--json").out.hasPrefix(events))
        }
    }

    /// LMDB gives back as many bytes as the entry says, and the number needs eight.
    @Test(arguments: ["views", "vault"])
    func `that hold a number too short are told, and end nothing`(name: String) async throws {
        try await EndToEnd.withPlace { place in
            try Self.fill(place, 20)
            let path = place.ledger + "/log/data.mdb"
            var bytes = try Descriptor.contents(of: path)
            let key = Array(name.utf8)
            var changed = 0
            for at in 16..<bytes.count - 16 where bytes[at] == key[0] {
                // An entry: the size of its value, flags, the size of its name, the name.
                guard Array(bytes[at..<at + key.count]) == key, bytes[at - 2] == key.count,
                    bytes[at - 8] == 8, bytes[at - 7] == 0
                else { continue }
                bytes[at - 8] = 0
                changed += 1
            }
            try #require(changed > 0)
            try Self.write(bytes, to: path)
            let event = try place.file("e", EndToEnd.event("e"))
            for words in [
                ["status"], ["events"], ["append", event], ["verify"], ["doctor"], ["rebuild"],
            ] {
                let result = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect((0...1).contains(result.code), "\(words): \(result.code) \(result.err)")
                let isTold = (result.out + result.err).contains("bytes, not 8")
                #expect(result.code == 0 || isTold, "\(words): \(result.out)\(result.err)")
            }
            #expect(try place.run("append", event).code == 1)
        }
    }

    @Test(arguments: Harm.allCases)
    func `of the views are told, and rebuilt by whoever looks`(harm: Harm) async throws {
        try await EndToEnd.withPlace { place in
            try Self.fill(place, 600)
            var chance = SeededGenerator(seed: 7)
            for verb in ["rebuild", "verify"] {
                let path = Self.views(place)
                let whole = try Descriptor.contents(of: path)
                var bytes = whole
                let page = Int.random(in: 2..<whole.count / 4096, using: &chance)
                harm.apply(to: &bytes, page: page, &chance)
                try Self.write(bytes, to: path)
                let result = try place.run(verb)
                #expect((0...1).contains(result.code), "\(verb) page \(page): \(result.code)")
                if result.code == 1 {
                    #expect(
                        result.out.contains("rebuil") || result.err.contains("rebuil"),
                        "\(verb) page \(page): \(result.out)\(result.err)")
                }
                #expect(try place.run("verify").code == 0, "\(verb) page \(page)")
            }
        }
    }
}
