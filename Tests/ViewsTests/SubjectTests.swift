import Bytes
import Events
import Testing
import Views

@Suite struct `A subject` {
    @Test func `counts what others post, when, where it stands, under which message id`() {
        var history = History()
        history.given(.messageReceived, now: 10) { posting(&$0, by: "p", message: "m1") }
        history.given(.messageReceived, now: 20) { posting(&$0, by: "q", message: "m2") }
        let subject = history.subject()
        #expect(subject.submissions == 2)
        #expect(subject.recent.map(\.stamp.time) == [at(10), at(20)])
        // Who and where stands in the events that the positions name.
        #expect(subject.recent.map(\.stamp.position) == [0, 1])
        #expect(subject.recent.map(\.message) == [low("m1"), low("m2")])
        #expect(subject.named == 1)
    }

    @Test func `never counts our own messages as submissions`() {
        var history = History()
        for type in [
            .messageSent, .messageDelivered, .messageRead, .sendAttempted, .sendAccepted,
            .sendFailed, .messageReacted,
        ] as [EventType] {
            history.given(type, now: 10) { posting(&$0, by: "p", message: "m1") }
        }
        let reservation = history.reserve(now: 20, expires: 50)
        history.report(reservation, .sendAccepted, now: 21)
        #expect(history.subject().submissions == 0)
        #expect(history.subject().recent == [])
    }

    @Test func `takes back a submission that was revoked, once`() {
        var history = History()
        history.given(.messageReceived, now: 10) { posting(&$0, by: "p", message: "m1") }
        history.given(.messageReceived, now: 11) { posting(&$0, by: "p", message: "m2") }
        for now in [20, 21] as [Int64] {
            history.given(.messageRevoked, now: now) { posting(&$0, by: "p", message: "m1") }
        }
        history.given(.messageRevoked, now: 22) { posting(&$0, by: "p", message: "other") }
        #expect(history.subject().submissions == 1)
        #expect(history.subject().recent.map(\.message) == [low("m2")])
    }

    @Test func `keeps the newest four submissions in order of their times`() {
        var history = History()
        for (number, time) in ([50, 10, 60, 30, 20, 40] as [Int64]).enumerated() {
            history.given(.messageReceived, now: 100, time: time) {
                posting(&$0, by: "p", message: "m\(number)")
            }
        }
        let subject = history.subject()
        #expect(subject.submissions == 6)
        #expect(subject.recent.map(\.stamp.time) == [at(30), at(40), at(50), at(60)])
    }

    @Test func `knows its last feedback, its count and its retries`() {
        var history = History()
        let failed = history.reserve(now: 10, expires: 40, text: "hello")
        history.report(failed, .sendAttempted, now: 11)
        #expect(history.subject().lastFeedback.time == at(11))
        #expect(history.subject().feedbacks == 0)
        history.report(failed, .sendFailed, now: 12)
        #expect(history.subject().retries == 1)
        #expect(history.subject().status == EventType.sendFailed.rawValue)
        let accepted = history.reserve(now: 13, expires: 43, text: "hello")
        history.report(accepted, .sendAccepted, now: 14)
        let subject = history.subject()
        #expect(subject.feedbacks == 1 && subject.retries == 1)
        #expect(subject.lastFeedback.time == at(14))
        #expect(subject.status == EventType.sendAccepted.rawValue)
        let chat = Fingerprint(of: "c")
        #expect(
            subject.content
                == SendKeys.content(Fingerprint(of: "hello"), chat: chat, person: .none))
    }

    @Test func `knows feedback that came before the ledger, late or not`() {
        var history = History()
        for time in [500, 200] as [Int64] {
            history.given(.sendAccepted, now: 1000, time: time) { $0.add(.subject, text: "DR1") }
        }
        #expect(history.subject().feedbacks == 2)
        #expect(history.subject().lastFeedback.time == at(500))
    }

    @Test func `has open steps between flag and resolution`() {
        var history = History()
        let flagged = history.given(.itemFlagged, now: 10) {
            $0.add(.subject, text: "DR1")
            $0.add(.steps, texts: ["photo", "cable", "photo"])
        }
        #expect(history.subject().flagged == flagged + 1)
        #expect(
            history.subject().openSteps
                == SendKeys.steps([Fingerprint(of: "cable"), Fingerprint(of: "photo")]))
        history.given(.itemResolved, now: 20) { $0.add(.subject, text: "DR1") }
        #expect(history.subject().flagged == 0)
        #expect(history.subject().openSteps == .none)
    }
}

@Suite struct `A posting` {
    @Test func `is a submission of each subject that the message names`() {
        var history = History()
        history.given(.messageReceived, now: 10) {
            posting(&$0, by: "p", message: "m1")
            $0.add(.subjects, texts: ["DR1", "DR2", "DR2", "DR3"])
        }
        for name in ["DR1", "DR2", "DR3"] {
            #expect(history.subject(name).submissions == 1)
            #expect(history.subject(name).named == 1)
        }
    }

    @Test func `is one submission however often the message comes`() {
        var history = History()
        for source in 0..<3 as Range<Int64> {
            history.given(.messageReceived, now: 10 + source) {
                posting(&$0, by: "p", message: "m1")
            }
        }
        #expect(history.subject().submissions == 1)
    }

    @Test func `follows the message's edits and its revoke, which name no subject`() {
        var history = History()
        history.given(.messageReceived, now: 10) { posting(&$0, by: "p", message: "m1") }
        history.given(.messageEdited, now: 20) {
            $0.add(.message, text: "m1")
            $0.add(.subject, text: "DR2")
        }
        #expect(history.subject("DR1").submissions == 0)
        #expect(history.subject("DR1").recent == [])
        #expect(history.subject("DR2").recent.map(\.stamp.time) == [at(20)])
        history.given(.messageRevoked, now: 30) { $0.add(.message, text: "m1") }
        #expect(history.subject("DR2").submissions == 0)
        history.given(.messageEdited, now: 40) {
            $0.add(.message, text: "m1")
            $0.add(.subject, text: "DR2")
        }
        #expect(history.subject("DR2").submissions == 0, "nothing comes after a revoke")
    }

    @Test func `begins with an edit that corrects the name`() {
        var history = History()
        history.given(.messageReceived, now: 10) { $0.add(.message, text: "m1") }
        history.given(.messageEdited, now: 20) {
            $0.add(.message, text: "m1")
            $0.add(.subject, text: "DR1")
        }
        #expect(history.subject().submissions == 1)
    }

    @Test func `ends alike in whatever order its events come`() {
        let steps: [(EventType, Int64, String?)] = [
            (.messageReceived, 10, "DR1"), (.messageEdited, 20, "DR2"),
            (.messageEdited, 30, "DR3"),
        ]
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            var history = History()
            for (type, time, subject) in order.map({ steps[$0] }) {
                history.given(type, now: 100, time: time) {
                    $0.add(.message, text: "m1")
                    $0.add(.subject, text: subject)
                }
            }
            let counts = ["DR1", "DR2", "DR3"].map { history.subject($0).submissions }
            #expect(counts == [0, 0, 1], "\(order)")
        }
        for order in [[0, 1], [1, 0]] {
            var history = History()
            for index in order {
                history.given(index == 0 ? .messageReceived : .messageRevoked, now: 100) {
                    $0.add(.message, text: "m1")
                    if index == 0 { $0.add(.subject, text: "DR1") }
                }
            }
            #expect(history.subject().submissions == 0, "\(order)")
        }
    }
}

private func posting(_ builder: inout DraftBuilder, by person: String, message: String) {
    builder.add(.account, text: "a")
    builder.add(.chat, text: "c")
    builder.add(.person, text: person)
    builder.add(.subject, text: "DR1")
    builder.add(.message, text: message)
}

private func low(_ name: String) -> UInt64 { Fingerprint(of: name).low }
