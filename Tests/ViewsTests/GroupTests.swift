import Bytes
import Events
import Testing
import Views

@Suite struct `Linked persons` {
    private func name(_ number: Int) -> String { "p\(number)" }

    private func id(_ number: Int) -> Fingerprint { Fingerprint(of: name(number)) }

    @discardableResult
    private func say(
        _ type: EventType, _ one: Int, _ other: Int, time: Int64? = nil, in history: inout History
    ) -> Position {
        history.given(type, time: time) {
            $0.add(.person, text: name(one))
            $0.add(.alias, text: name(other))
        }
    }

    private func members(_ number: Int, in history: inout History) -> Set<Fingerprint> {
        let group = history.tables.group(of: id(number))
        #expect(group.members.count == Set(group.members).count)
        #expect(group.person == id(number))
        return Set(group.members)
    }

    @Test func `are one through others, until one link is taken back`() {
        var history = History()
        #expect(members(1, in: &history) == [id(1)])
        say(.identityLinked, 1, 2, in: &history)
        let second = say(.identityLinked, 3, 2, in: &history)
        #expect(members(1, in: &history) == [id(1), id(2), id(3)])
        #expect(history.tables.group(of: id(3)).linked == second)
        say(.identityUnlinked, 2, 1, in: &history)
        #expect(members(1, in: &history) == [id(1)])
        #expect(members(2, in: &history) == [id(2), id(3)])
        say(.identityUnlinked, 1, 3, in: &history)
        #expect(members(2, in: &history) == [id(2), id(3)])
    }

    @Test func `change no row but those of links`() {
        var history = History()
        history.given(.consentWithdrawn) { $0.add(.person, text: "p1") }
        history.given(.messageReceived) {
            $0.add(.person, text: "p2")
            $0.add(.account, text: "a")
        }
        let before = (history.person("p1"), history.person("p2"))
        say(.identityLinked, 1, 2, in: &history)
        #expect(history.person("p1") == before.0)
        #expect(history.person("p2") == before.1)
    }

    @Test func `are as the last event by position says, whatever its time`() {
        var history = History()
        history.now = at(1_000)
        say(.identityLinked, 1, 2, time: 900, in: &history)
        say(.identityUnlinked, 1, 2, time: 100, in: &history)
        #expect(members(1, in: &history) == [id(1)])
    }

    @Test func `say nothing of somebody and himself, or of nobody`() {
        var history = History()
        say(.identityLinked, 1, 1, in: &history)
        history.given(.identityLinked) { $0.add(.person, text: "p1") }
        #expect(history.tables.groups.find(id(1)) == nil)
    }

    @Test func `are too many beyond 64, and say so`() {
        var history = History()
        for number in 1..<PersonGroup.membersMax {
            say(.identityLinked, 0, number, in: &history)
        }
        let full = history.tables.group(of: id(5))
        #expect(full.members.count == 64)
        #expect(!full.isTooLarge)
        say(.identityLinked, 99, 5, in: &history)
        #expect(history.tables.group(of: id(5)).isTooLarge)
        #expect(history.tables.group(of: id(99)).isTooLarge)
        say(.identityUnlinked, 0, 5, in: &history)
        #expect(members(99, in: &history) == [id(99), id(5)])
        #expect(!history.tables.group(of: id(0)).isTooLarge)
    }

    @Test(arguments: 0..<200)
    func `come out the same in any order of the same links, and like in an oracle`(_ seed: UInt64) {
        var random = seed &* 7_919 &+ 3
        func below(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        var links: [(Int, Int)] = []
        for _ in 0..<below(14) { links.append((below(10), below(10))) }
        var history = History()
        for link in links { say(.identityLinked, link.0, link.1, in: &history) }
        var other = History()
        for index in links.indices { links.swapAt(index, below(links.count)) }
        for link in links { say(.identityLinked, link.1, link.0, in: &other) }
        for number in 0..<10 {
            #expect(members(number, in: &history) == members(number, in: &other), "seed \(seed)")
        }
        var holds: [Set<Int>: Bool] = [:]
        for link in links where link.0 != link.1 { holds[[link.0, link.1]] = true }
        for _ in 0..<30 {
            let (one, two, isLinked) = (below(10), below(10), below(2) == 0)
            say(isLinked ? .identityLinked : .identityUnlinked, one, two, in: &history)
            if one != two { holds[[one, two]] = isLinked }
            for number in 0..<10 {
                var group: Set<Int> = [number]
                while true {
                    let joined = holds.filter { $0.value && !group.isDisjoint(with: $0.key) }
                        .reduce(group) { $0.union($1.key) }
                    guard joined != group else { break }
                    group = joined
                }
                #expect(members(number, in: &history) == Set(group.map(id)), "seed \(seed)")
            }
        }
    }

    @Test func `keep their links in a row that is read as it was written`() {
        var history = History()
        for number in [4, 2, 9, 7] { say(.identityLinked, 1, number, in: &history) }
        say(.identityUnlinked, 1, 9, in: &history)
        let row = history.row(\.groups, id(1))
        #expect(row.links.count == 4)
        #expect(row.links.filter(\.isLinked).count == 3)
        var writer = RowWriter()
        row.encode(into: &writer)
        let bytes = writer.bytes
        var reader = RowReader(bytes.span)
        let read = GroupRow(decoding: &reader)
        #expect(read == row)
        let isComplete = reader.isComplete
        #expect(isComplete)
    }
}
