import Bytes
import Events
import Testing
import Views

@Suite struct `A reservation` {
    @Test func `goes from open to its outcome and counts when it was learnt`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        #expect(history.row(of: reservation).state == .open)
        #expect(!history.row(of: reservation).counted.isSet)
        let attempted = history.report(reservation, .sendAttempted, now: 12)
        // The provider may take it at any moment until the lease ends.
        #expect(history.row(of: reservation).state == .open)
        #expect(!history.row(of: reservation).counted.isSet)
        #expect(history.row(of: reservation).attempted == attempted)
        let accepted = history.report(reservation, .sendAccepted, now: 15)
        let row = history.row(of: reservation)
        #expect(row.state == .accepted && row.outcome == accepted)
        #expect(row.counted == Stamp(time: at(15), position: reservation.position))
        // Later evidence changes nothing.
        history.report(reservation, .messageDelivered, now: 99)
        #expect(history.row(of: reservation) == row)
    }

    @Test func `holds its business key until it fails or is cancelled`() {
        for (type, isHeld) in [
            (.sendAttempted, true), (.sendAccepted, true), (.sendExpired, true),
            (.sendFailed, false), (.sendCancelled, false),
        ] as [(EventType, Bool)] {
            var history = History()
            let reservation = history.reserve(now: 10, expires: 40)
            history.report(reservation, type, now: 50, time: 40)
            let key = history.row(of: reservation).keys.business
            let business: BusinessRow = history.row(\.business, key)
            let isFree = history.tables.use(ofBusiness: key, at: at(50)) == .free
            #expect(isFree != isHeld, "\(type.name)")
            #expect(business.retries == (isHeld ? 0 : 1), "\(type.name)")
        }
    }

    @Test func `that failed and turns out sent holds the key beside its retry`() {
        var history = History()
        let first = history.reserve(now: 10, expires: 40)
        history.report(first, .sendFailed, now: 11)
        let retry = history.reserve(now: 12, expires: 42)
        history.report(first, .messageDelivered, now: 13)
        history.report(retry, .sendCancelled, now: 14)
        let business: BusinessRow = history.row(\.business, history.row(of: first).keys.business)
        let key = history.row(of: first).keys.business
        #expect(history.tables.use(ofBusiness: key, at: at(15)) == .sent(first.position))
        #expect(business.retries == 2)
    }

    @Test func `does not expire after an outcome`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        history.report(reservation, .sendAccepted, now: 11)
        history.report(reservation, .sendExpired, now: 50, time: 40)
        #expect(history.row(of: reservation).state == .accepted)
        #expect(history.tables.firstExpired(at: at(100)) == nil)
    }

    @Test func `is found once its lease has ended, the earliest first`() {
        var history = History()
        let late = history.reserve(now: 10, expires: 60, subject: "DR1")
        let early = history.reserve(now: 11, expires: 41, subject: "DR2")
        #expect(history.tables.firstExpired(at: at(40)) == nil)
        #expect(history.tables.firstExpired(at: at(41))?.position == early.position)
        history.report(early, .sendExpired, now: 41, time: 41)
        #expect(history.tables.firstExpired(at: at(59)) == nil)
        #expect(history.tables.firstExpired(at: at(60))?.position == late.position)
    }

    @Test func `of before the ledger takes and frees its business key`() {
        var history = History()
        let keys = SendKeys.business(
            subject: Fingerprint(of: "DR1"), steps: .none, submission: 1)
        for (type, isHeld) in [
            (.sendAttempted, true), (.sendFailed, false), (.sendAttempted, true),
        ] as [(EventType, Bool)] {
            history.given(type, now: 1000, time: 10) {
                $0.add(.subject, text: "DR1")
                $0.add(.submission, integer: 1)
            }
            #expect((history.tables.use(ofBusiness: keys, at: at(1000)) != .free) == isHeld)
        }
    }
}

@Suite struct `A cooldown` {
    @Test func `runs from the latest send, an open one from the end of its lease`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        #expect(cooldown(&history).latest()?.time == at(40))
        history.report(reservation, .sendAccepted, now: 12)
        #expect(cooldown(&history).latest()?.time == at(12))
        // Imported history before it does not move it.
        history.given(.sendAttempted, now: 100, time: 5) { $0.add(.subject, text: "DR1") }
        #expect(cooldown(&history).latest()?.time == at(12))
    }

    @Test func `is lifted by a reset until the next send`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        history.report(reservation, .sendAccepted, now: 12)
        history.given(.cooldownReset, now: 20) { $0.add(.subject, text: "DR1") }
        #expect(cooldown(&history).latest() == nil)
        _ = history.reserve(now: 30, expires: 60, submission: 2)
        #expect(cooldown(&history).latest()?.time == at(60))
    }

    @Test func `is none after a cancellation`() {
        var history = History()
        let reservation = history.reserve(now: 10, expires: 40)
        history.report(reservation, .sendCancelled, now: 11)
        #expect(cooldown(&history).latest() == nil)
    }
}

private func cooldown(_ history: inout History) -> CooldownRow {
    history.row(\.cooldowns, Fingerprint(of: "DR1"))
}
