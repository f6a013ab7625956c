import Bytes
import Events
import Gate
import Testing
import Views

@Suite struct `A send report` {
    private func parse(_ json: String) throws(EventError) -> SendReport {
        try SendReport(parsing: try JSONValue.parse(json))
    }

    @Test func `becomes the event of its outcome`() throws {
        for outcome in SendReport.Outcome.allCases {
            let report = try parse(
                #"""
                {"reservation":"r5.00000007","outcome":"\#(outcome.rawValue)","message":"m",
                "attempt":"a","role":"r","instance":"i",
                "code":131047,"detail":{"a":[1]}}
                """#)
            var world = World()
            world.isSealed = false
            world.append(try report.draft(source: "s", id: "1"))
            #expect(world.read(0) { $0.type } == outcome.type)
            #expect(world.read(0) { $0.reservation } == Reservation(position: 5, tag: 7))
            #expect(world.read(0) { $0.text(.message) } == "m")
            #expect(world.read(0) { $0.integer(.code) } == 131_047)
            #expect(world.read(0) { $0.text(.detail) } == #"{"a":[1]}"#)
        }
    }

    @Test(arguments: [
        (#"{"outcome":"failed"}"#, "reservation"), (#"{"reservation":"r5.00000007"}"#, "outcome"),
        (#"{"reservation":"5","outcome":"failed"}"#, "reservation"),
        (#"{"reservation":"r5.00000007","outcome":"lost"}"#, "outcome"),
        (#"{"reservation":"r5.00000007","outcome":"failed","code":true}"#, "code"),
        (#"{"reservation":"r5.00000007","outcome":"failed","mesage":"m"}"#, "message"),
        (#"{"reservation":"r5.00000007","outcome":"failed","message":1}"#, "message"),
    ])
    func `refuses what it cannot read, naming the member`(_ json: String, _ member: String) {
        #expect {
            try parse(json)
        } throws: {
            ($0 as? EventError)?.message.contains("`\(member)`") == true
        }
    }
}

@Suite struct `The gate on a report` {
    private let request = SendRequest.to(chat: "g@g.us", person: "p")

    private func reserved(attempt: String? = nil) -> (World, Reservation) {
        var world = World()
        world.append(.instanceStarted)
        var request = request
        request.attempt = attempt
        let reservation = world.reserve(request)
        return (world, reservation)
    }

    private func state(
        of reservation: Reservation, in world: inout World
    ) -> ReservationRow.State? {
        world.tables.reservation(at: reservation.position)?.state
    }

    @Test func `takes the first report of each outcome`() {
        for outcome in SendReport.Outcome.allCases {
            var (world, reservation) = reserved()
            #expect(
                world.judge(reservation, outcome) == ReportVerdict(go: outcome == .attempted))
        }
    }

    @Test func `answers the first position to a repeated outcome`() {
        for outcome in [SendReport.Outcome.accepted, .failed, .cancelled] {
            var (world, reservation) = reserved()
            let first = world.report(reservation, outcome)
            let verdict = world.judge(reservation, outcome)
            #expect(verdict.duplicateOf == first)
            #expect(verdict.refusal == nil)
        }
    }

    @Test(arguments: ["a", nil], ["a", "b", nil])
    func `says go once, whoever asks again`(_ first: String?, _ second: String?) {
        var (world, reservation) = reserved()
        world.report(reservation, .attempted) { $0.attempt = first }
        let again = world.judge(reservation, .attempted) { $0.attempt = second }
        #expect(again == ReportVerdict(because: ["duplicate.key"]))
    }

    @Test func `says not to go before the message may begin`() {
        var (world, reservation) = reserved()
        world.now = World.start.advanced(by: Nanoseconds(-1))
        #expect(world.judge(reservation, .attempted).because == ["not_before"])
    }

    @Test func `refuses a reservation that is unknown or of another ledger`() {
        var (world, reservation) = reserved()
        let unknown = world.judge(Reservation(position: 0, tag: 7), .accepted)
        #expect(unknown.refusal?.code == .unknownReservation)
        let other = world.judge(Reservation(position: reservation.position, tag: 8), .accepted)
        #expect(other.refusal?.message.contains("another ledger") == true)
        #expect(!other.go)
    }

    @Test func `says go until the lease ends`() {
        var (world, reservation) = reserved()
        world.now = World.at(30).advanced(by: Nanoseconds(-1))
        #expect(world.judge(reservation, .attempted).go)
        world.clock(30)
        #expect(!world.judge(reservation, .attempted).go)
    }

    @Test(arguments: [EventType.sendingStopped, .sendingPaused, .consentWithdrawn])
    func `says not to go when something came in between`(_ type: EventType) {
        var (world, reservation) = reserved()
        #expect(world.judge(reservation, .attempted).go)
        world.append(type) {
            if type == .consentWithdrawn {
                $0.add(.person, text: "p")
                $0.add(.category, text: "marketing")
            } else {
                $0.add(.chat, text: "g@g.us")
            }
        }
        #expect(!world.judge(reservation, .attempted).go)
        #expect(world.judge(reservation, .attempted).refusal == nil)
    }

    @Test func `goes although another category was withdrawn before the grant`() {
        var world = World()
        world.append(.consentWithdrawn) {
            $0.add(.person, text: "p")
            $0.add(.category, text: "marketing")
        }
        let reservation = world.reserve(request)
        #expect(world.judge(reservation, .attempted).go)
    }

    @Test func `says not to go after any outcome`() {
        for outcome in [SendReport.Outcome.accepted, .failed, .cancelled] {
            var (world, reservation) = reserved()
            world.report(reservation, outcome)
            #expect(
                world.judge(reservation, .attempted) == ReportVerdict(because: ["duplicate.key"]))
        }
    }

    @Test func `takes failure after acceptance and acceptance after failure as evidence`() {
        var (world, reservation) = reserved()
        world.report(reservation, .accepted)
        #expect(world.judge(reservation, .failed) == ReportVerdict())
        world.report(reservation, .failed)
        #expect(world.judge(reservation, .accepted) == ReportVerdict())
    }

    @Test func `refuses to cancel what has an outcome`() {
        for outcome in [SendReport.Outcome.accepted, .failed] {
            var (world, reservation) = reserved()
            world.report(reservation, .attempted) { $0.attempt = "a" }
            world.report(reservation, outcome) { $0.attempt = "a" }
            let verdict = world.judge(reservation, .cancelled) { $0.attempt = "a" }
            #expect(verdict.refusal?.code == .conflict)
        }
    }

    @Test(arguments: [SendReport.Outcome.failed, .cancelled])
    func `leaves it to the winner to say that nothing was sent`(_ outcome: SendReport.Outcome) {
        var (world, reservation) = reserved(attempt: "a")
        // Before somebody won, anybody may give it back.
        #expect(world.judge(reservation, outcome) { $0.attempt = "b" } == ReportVerdict())
        world.report(reservation, .attempted) { $0.attempt = "a" }
        #expect(world.judge(reservation, outcome) { $0.attempt = "a" } == ReportVerdict())
        for other in ["b", nil] {
            let verdict = world.judge(reservation, outcome) { $0.attempt = other }
            #expect(verdict.refusal?.code == .conflict)
        }
        // The lease's end changes nothing of that.
        world.clock(31)
        #expect(world.judge(reservation, outcome) { $0.attempt = "a" } == ReportVerdict())
    }

    @Test func `lets a win without an attempt fail, not be cancelled`() {
        var (world, reservation) = reserved()
        world.report(reservation, .attempted)
        #expect(world.judge(reservation, .failed) == ReportVerdict())
        #expect(world.judge(reservation, .cancelled).refusal?.code == .conflict)
    }

    @Test func `never cancels under an attempt that two asks carried`() {
        var (world, reservation) = reserved(attempt: "a")
        for _ in 0..<2 {
            world.append(.sendJoined) {
                $0.add(.reservation, reservation: reservation)
                $0.add(.attempt, text: "b")
            }
        }
        world.report(reservation, .attempted) { $0.attempt = "b" }
        let verdict = world.judge(reservation, .cancelled) { $0.attempt = "b" }
        #expect(verdict.refusal?.code == .conflict)
    }

    @Test func `keeps accepted what one of its messages stands for`() {
        var (world, reservation) = reserved()
        world.report(reservation, .accepted) { $0.message = "m1" }
        world.report(reservation, .accepted) { $0.message = "m2" }
        world.append(.messageFailed) { $0.add(.message, text: "m1") }
        #expect(state(of: reservation, in: &world) == .accepted)
        world.append(.messageFailed) { $0.add(.message, text: "m2") }
        #expect(state(of: reservation, in: &world) == .failed)
        // What failed stays failed, whoever repeats that it was accepted.
        world.report(reservation, .accepted) { $0.message = "m1" }
        #expect(state(of: reservation, in: &world) == .failed)
    }

    @Test func `counts a failure that came before the report that names it`() {
        var (world, reservation) = reserved()
        world.append(.messageFailed) { $0.add(.message, text: "m") }
        world.report(reservation, .accepted) { $0.message = "m" }
        #expect(state(of: reservation, in: &world) == .failed)
    }

    @Test(arguments: [SendReport.Outcome.cancelled, .failed])
    func `takes a send that nobody announced as evidence`(_ outcome: SendReport.Outcome) {
        var (world, reservation) = reserved(attempt: "a")
        world.report(reservation, outcome)
        world.clock(20)
        world.report(reservation, .accepted) { $0.message = "m" }
        let row = world.tables.reservation(at: reservation.position)
        #expect(row?.state == .accepted && row?.isUnannounced == true)
        #expect(row?.counted.time == World.at(20))
    }
}
