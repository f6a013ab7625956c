import Bytes
import Events
import TestSupport
import Testing
import Views

@Suite(.tags(.memory)) struct `A window` {
    @Test func `holds what is later than its start, up to now`() {
        var history = History()
        let imported = history.given(.sendAttempted, now: 100, time: 100) {
            $0.add(.account, text: "a")
        }
        for (now, count) in [(100, 1), (159, 1), (160, 0), (161, 0)] as [(Int64, Int)] {
            let window = history.tables.window(
                .account, Fingerprint(of: "a"), length: .seconds(60), limit: 1, at: at(now))
            #expect(window.count == count, "now \(now)")
            #expect(window.first == (count == 1 ? imported : nil))
            #expect(window.last == (count == 1 ? imported : nil))
            #expect(window.fitsAt == (count == 1 ? at(160) : nil))
        }
    }

    @Test func `counts an open reservation until its place is known`() {
        var history = History()
        let reservation = history.reserve(now: 100, expires: 130)
        #expect(history.sends(in: 10, now: 100) == 1)
        #expect(history.sends(in: 10, now: 129) == 1)
        // Whether or not its end is recorded, it counts at the end of its lease.
        #expect(history.sends(in: 10, now: 139) == 1)
        #expect(history.sends(in: 10, now: 140) == 0)
        history.report(reservation, .sendExpired, now: 131, time: 130)
        #expect(history.sends(in: 10, now: 139) == 1)
        #expect(history.sends(in: 10, now: 140) == 0)
        // Evidence of a later send moves it.
        history.report(reservation, .sendAccepted, now: 500)
        #expect(history.sends(in: 10, now: 509) == 1)
        #expect(history.sends(in: 10, now: 510) == 0)
        #expect(history.sends(in: 1000, now: 510) == 1)
    }

    @Test func `counts a report when it was learnt, whatever it says`() {
        var history = History()
        let reservation = history.reserve(now: 100, expires: 130)
        history.report(reservation, .sendAccepted, now: 120, time: 1)
        #expect(history.sends(in: 10, now: 129) == 1)
        #expect(history.sends(in: 10, now: 130) == 0)
    }

    @Test func `forgets a cancelled send and keeps a failed one`() {
        var history = History()
        let cancelled = history.reserve(now: 100, expires: 130)
        history.report(cancelled, .sendCancelled, now: 101)
        #expect(history.sends(in: 1000, now: 101) == 0)
        let failed = history.reserve(now: 102, expires: 132)
        history.report(failed, .sendFailed, now: 103)
        #expect(history.sends(in: 1000, now: 103) == 1)
    }

    @Test func `counts imported history where it belongs, in any order`() {
        var history = History()
        for second in [50, 10, 40, 20, 30] as [Int64] {
            history.given(.sendAttempted, now: 1000, time: second) {
                $0.add(.account, text: "a")
            }
        }
        // What claims to come from the future counts when it was learnt.
        history.given(.sendAttempted, now: 1000, time: 9000) { $0.add(.account, text: "a") }
        #expect(history.sends(in: 955, now: 1000) == 2)
        #expect(history.sends(in: 956, now: 1000) == 2)
        #expect(history.sends(in: 951, now: 1000) == 2)
        #expect(history.sends(in: 961, now: 1000) == 3)
        #expect(history.sends(in: 60, now: 1000) == 1)
        #expect(history.sends(in: 60, now: 1060) == 0)
    }

    @Test func `ignores reservations of another ledger`() {
        var history = History()
        let reservation = history.reserve(now: 100, expires: 130)
        let foreign = Reservation(position: reservation.position, tag: 8)
        history.report(foreign, .sendCancelled, now: 101)
        #expect(history.row(of: reservation).state == .open)
        #expect(history.sends(in: 1000, now: 102) == 1)
    }

    @Test(arguments: 0..<6)
    func `is what counting everything anew says`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var history = History()
        var sends: [Reservation: Int64] = [:]
        var open: [Reservation: Int64] = [:]
        var now: Int64 = 0
        for step in 0..<600 {
            now += .random(in: 0...20, using: &random)
            if Int.random(in: 0..<2, using: &random) == 0 {
                let expires = now + .random(in: 1...60, using: &random)
                open[history.reserve(now: now, expires: expires)] = expires
            } else if let (reservation, _) = open.randomElement(using: &random) {
                open[reservation] = nil
                let isCancelled = Int.random(in: 0..<3, using: &random) == 0
                history.report(reservation, isCancelled ? .sendCancelled : .sendAccepted, now: now)
                if !isCancelled { sends[reservation] = now }
            }
            // As the writer does before it decides.
            while let stamp = history.tables.firstExpired(at: at(now)) {
                let reservation = Reservation(position: stamp.position, tag: History.tag)
                history.report(
                    reservation, .sendExpired, now: now,
                    time: stamp.time.nanoseconds / 1_000_000_000)
                sends[reservation] = open.removeValue(forKey: reservation)
            }
            let length = Int64.random(in: 1...2000, using: &random)
            let limit = Int.random(in: 1...40, using: &random)
            let inside = (Array(sends.values) + open.values).filter { $0 > now - length }.sorted()
            let window = history.tables.window(
                .account, Fingerprint(of: "a"), length: .seconds(length), limit: limit,
                at: at(now))
            #expect(window.count == inside.count, "seed \(seed), step \(step)")
            let fits =
                inside.count < limit ? nil : at(inside[inside.count - limit] + length)
            #expect(window.fitsAt == fits, "seed \(seed), step \(step), limit \(limit)")
        }
    }
}
