import Bytes
import Events
import TestSupport
import Testing
import Views

@Suite struct `A look ahead` {
    /// Random events with reservations and what became of them.
    private func log(seed: UInt64, count: Int) -> [[UInt8]] {
        var events = RandomEvents(seed: seed)
        var reservations: [Reservation] = []
        return (0..<UInt64(count)).map { position in
            let draft: Draft
            if events.isOne(in: 4) {
                draft = events.nextReservation()
                reservations.append(Reservation(position: position, tag: History.tag))
            } else if let last = reservations.last, events.isOne(in: 4) {
                draft = events.nextOutcome(of: last)
            } else {
                draft = events.next()
            }
            return draft.sealed(at: position, recorded: events.now)
        }
    }

    /// The fold of a log of which some events are expected, up to `distance` before their turn.
    private func fold(
        _ log: [[UInt8]], distance: Int, expects: (Int) -> Bool = { _ in true }
    ) -> RowDump {
        var tables = Tables(tag: History.tag)
        var ahead = Lookahead()
        for position in log.indices {
            let first = position == 0 ? 0 : position + distance
            for next in first..<max(first, min(log.count, position + distance + 1))
            where expects(next) {
                let record = log[next]
                if let event = EventView(record.span) {
                    Fold.expect(event, in: &tables, &ahead)
                }
            }
            let record = log[position]
            if let event = EventView(record.span) {
                Fold.evolve(&tables, by: event, &ahead)
            }
        }
        return RowDump(tables)
    }

    private func fold(_ log: [[UInt8]]) -> RowDump {
        var tables = Tables(tag: History.tag)
        for record in log {
            if let event = EventView(record.span) { Fold.evolve(&tables, by: event) }
        }
        return RowDump(tables)
    }

    @Test(arguments: [0, 1, 5, 6, 7, Lookahead.events])
    func `changes no row, however far it looks`(_ distance: Int) {
        let log = log(seed: 11, count: 1500)
        let plain = fold(log)
        #expect(plain.count > 100)
        #expect(fold(log, distance: distance).difference(from: plain) == nil)
    }

    @Test func `changes no row where events were not expected`() {
        let log = log(seed: 12, count: 1500)
        let plain = fold(log)
        for step in [2, 3, 33, 64] {
            let some = fold(log, distance: 8) { $0 % step == 0 }
            #expect(some.difference(from: plain) == nil)
        }
        #expect(fold(log, distance: 8) { _ in false }.difference(from: plain) == nil)
    }

    @Test func `finds the keys that a reservation's record holds`() {
        let log = log(seed: 13, count: 600)
        var tables = Tables(tag: History.tag)
        var found = 0
        for record in log {
            guard let event = EventView(record.span) else { continue }
            Fold.evolve(&tables, by: event)
            guard event.type == .sendReserved,
                let slot = tables.reservations.find(Fingerprint(UInt128(event.position)))
            else { continue }
            #expect(tables.reservations[slot].keys == SendKeys(event))
            found += 1
        }
        #expect(found > 50)
    }

    @Test func `survives records that are damaged, whatever their bytes`() {
        var random = SeededGenerator(seed: 14)
        let log = log(seed: 14, count: 200)
        var tables = Tables(tag: History.tag)
        var ahead = Lookahead()
        var expected = 0
        for round in 0..<20_000 {
            var record = log[round % log.count]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                record[Int.random(in: 0..<record.count, using: &random)] = .random(
                    in: 0...255, using: &random)
            }
            guard let event = EventView(record.span) else { continue }
            Fold.expect(event, in: &tables, &ahead)
            expected += 1
            let whole = log[round % log.count]
            if round % 100 == 0, let event = EventView(whole.span) {
                Fold.evolve(&tables, by: event)
            }
        }
        #expect(expected > 5000)
    }
}
