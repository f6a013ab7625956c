import Bytes
import Events
import Gate
import Testing

@Suite struct `A send report` {
    private func parse(_ json: String) throws(EventError) -> SendReport {
        try SendReport(parsing: try JSONValue.parse(json))
    }

    @Test func `becomes the event of its outcome`() throws {
        for outcome in SendReport.Outcome.allCases {
            let report = try parse(
                #"""
                {"reservation":"r5.00000007","outcome":"\#(outcome.rawValue)","message":"m",
                "code":131047,"detail":{"a":[1]}}
                """#)
            var world = World()
            world.append(report.draft(source: "s", id: "1"))
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

    private func reserved() -> (World, Reservation) {
        var world = World()
        world.append(.instanceStarted)
        let reservation = world.reserve(request)
        return (world, reservation)
    }

    @Test func `takes the first report of each outcome`() {
        for outcome in SendReport.Outcome.allCases {
            var (world, reservation) = reserved()
            #expect(world.judge(reservation, outcome) == ReportVerdict())
        }
    }

    @Test func `answers the first position to a repeated outcome`() {
        for outcome in SendReport.Outcome.allCases {
            var (world, reservation) = reserved()
            let first = world.report(reservation, outcome)
            let verdict = world.judge(reservation, outcome)
            #expect(verdict.duplicateOf == first)
            #expect(verdict.refusal == nil)
        }
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

    @Test func `takes an attempt after any outcome for a repeated one, and says not to go`() {
        for outcome in [SendReport.Outcome.accepted, .failed, .cancelled] {
            var (world, reservation) = reserved()
            let position = world.report(reservation, outcome)
            #expect(
                world.judge(reservation, .attempted)
                    == ReportVerdict(duplicateOf: position, go: false))
        }
    }

    @Test func `takes failure after acceptance and acceptance after failure as evidence`() {
        var (world, reservation) = reserved()
        world.report(reservation, .accepted)
        #expect(world.judge(reservation, .failed) == ReportVerdict())
        world.report(reservation, .failed)
        #expect(world.judge(reservation, .accepted) == ReportVerdict())
    }

    @Test func `refuses to cancel what has an outcome, not what was only attempted`() {
        var (world, reservation) = reserved()
        world.report(reservation, .attempted)
        #expect(world.judge(reservation, .cancelled) == ReportVerdict())
        for outcome in [SendReport.Outcome.accepted, .failed] {
            world.report(reservation, outcome)
            #expect(world.judge(reservation, .cancelled).refusal?.code == .conflict)
        }
    }
}
