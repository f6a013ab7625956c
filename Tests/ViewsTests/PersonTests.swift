import Bytes
import Events
import Testing
import Views

@Suite struct `A person` {
    @Test func `is asked, grants, and withdraws`() {
        var history = History()
        #expect(history.person()[.all].state == "unknown")
        consent(.consentRequested, now: 10, in: &history)
        #expect(history.person()[.all].state == "asked")
        consent(.consentGranted, now: 20, in: &history)
        #expect(history.person()[.all].state == "granted")
        consent(.consentWithdrawn, now: 30, in: &history)
        #expect(history.person()[.all].state == "withdrawn")
        #expect(history.person().isWithdrawn(.marketing))
    }

    @Test(arguments: [
        // The grant's time and arrival against those of a withdrawal at second 100.
        (101, false, false), (99, false, true), (100, false, true), (101, true, true),
        (99, true, true),
    ])
    func `has granted again only if both time and position are later`(
        _ time: Int64, _ arrivesFirst: Bool, _ isWithdrawn: Bool
    ) {
        var history = History()
        if arrivesFirst { consent(.consentGranted, now: 200, time: time, in: &history) }
        consent(.consentWithdrawn, now: 200, time: 100, in: &history)
        if !arrivesFirst { consent(.consentGranted, now: 200, time: time, in: &history) }
        #expect(history.person().isWithdrawn(.all) == isWithdrawn)
    }

    @Test func `withdraws from one category or from all`() {
        var history = History()
        consent(.consentWithdrawn, now: 10, category: "marketing", in: &history)
        #expect(history.person().isWithdrawn(.marketing))
        #expect(!history.person().isWithdrawn(.utility))
        consent(.consentWithdrawn, now: 20, in: &history)
        #expect(history.person().isWithdrawn(.utility))
        // A grant of one category does not undo the withdrawal from all.
        consent(.consentGranted, now: 30, category: "utility", in: &history)
        #expect(history.person().isWithdrawn(.utility))
    }

    @Test func `was last heard and last written to at the latest times`() {
        var history = History()
        for time in [50, 90, 70] as [Int64] {
            history.given(.messageReceived, now: 100, time: time) { $0.add(.person, text: "p") }
            history.given(.sendAccepted, now: 100, time: time + 1) { $0.add(.person, text: "p") }
        }
        let person = history.person()
        #expect(person.lastInbound.time == at(90) && person.inbound == 3)
        #expect(person.lastOutbound.time == at(91) && person.outbound == 3)
    }

    @Test func `does not opt out by what we send`() {
        var history = History()
        for type in [.messageSent, .sendAccepted, .sendAttempted] as [EventType] {
            history.given(type, now: 10) {
                $0.add(.person, text: "p")
                $0.add(.text, text: "STOP")
            }
        }
        #expect(history.person()[.all].state == "unknown")
    }
}

private func consent(
    _ type: EventType, now: Int64, time: Int64? = nil, category: String? = nil,
    in history: inout History
) {
    history.given(type, now: now, time: time) {
        $0.add(.person, text: "p")
        $0.add(.category, text: category)
    }
}

@Suite struct `A message` {
    @Test func `that was read was delivered, in whatever order that is told`() {
        var history = History()
        status(.sendAccepted, now: 10, in: &history)
        #expect(message(in: &history).status == "sent")
        status(.messageRead, now: 30, in: &history)
        #expect(message(in: &history).status == "read")
        status(.messageDelivered, now: 31, time: 20, in: &history)
        #expect(message(in: &history).status == "read")
        #expect(message(in: &history).delivered == at(20))
        status(.messageFailed, now: 40, in: &history)
        #expect(message(in: &history).status == "read")
    }

    @Test func `that failed and was never delivered has failed`() {
        var history = History()
        status(.sendAccepted, now: 10, in: &history)
        status(.messageFailed, now: 20, in: &history)
        #expect(message(in: &history).status == "failed")
    }

    @Test func `keeps the earliest time of each status, and its reservation`() {
        var history = History()
        let reservation = history.reserve(now: 1, expires: 31)
        history.given(.sendAccepted, now: 5) {
            $0.add(.message, text: "m1")
            $0.add(.reservation, reservation: reservation)
        }
        for time in [30, 20, 40] as [Int64] {
            status(.messageDelivered, now: 50, time: time, message: "m1", in: &history)
        }
        let row = message("m1", in: &history)
        #expect(row.delivered == at(20))
        #expect(row.sent == at(5))
        #expect(row.reservation == reservation.position + 1)
    }

    @Test func `that came in is counted by its edits and its revocation`() {
        var history = History()
        status(.messageReceived, now: 10, in: &history)
        status(.messageEdited, now: 11, in: &history)
        status(.messageEdited, now: 12, in: &history)
        status(.messageRevoked, now: 13, in: &history)
        let row = message(in: &history)
        #expect(row.status == "received" && row.edits == 2 && row.isRevoked)
    }
}

private func status(
    _ type: EventType, now: Int64, time: Int64? = nil, message: String = "m",
    in history: inout History
) {
    history.given(type, now: now, time: time) { $0.add(.message, text: message) }
}

private func message(_ name: String = "m", in history: inout History) -> MessageRow {
    guard let first = history.tables.messageIDs.position(of: Fingerprint(of: name)) else {
        return MessageRow()
    }
    return history.row(\.messages, Fingerprint(UInt128(first)))
}
