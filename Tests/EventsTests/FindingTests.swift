import Bytes
import Events
import Testing

@Suite struct `A finding` {
    static let full = Finding(
        .limitMinute, scope: .account, verdict: .wait, observed: 2, limit: 2,
        retryAt: recorded, evidence: .init(first: 1_040, last: 1_052, count: 2))

    @Test func `comes back from its compact form`() {
        var findings = [
            Self.full, Finding(.stop, scope: .ledger, verdict: .refuse, observed: 1, limit: 0),
        ]
        findings.append(
            Finding(
                .quality, scope: .instance, verdict: .send, observed: -1, limit: .min,
                retryAt: .latest, evidence: .init(first: .max, last: .max, count: .max)))
        for rule in Rule.allCases {
            for scope in Scope.allCases {
                for verdict in Verdict.allCases {
                    findings.append(
                        Finding(rule, scope: scope, verdict: verdict, observed: 300, limit: 20))
                }
            }
        }
        #expect(Finding.decode(Finding.encode(findings).span) == findings)
    }

    @Test func `is laid out as documented`() {
        let finding = Finding(
            .stop, scope: .chat, verdict: .refuse, observed: 300, limit: 1,
            retryAt: Instant(nanoseconds: 128), evidence: .init(first: 5, last: 9, count: 2))
        #expect(
            Finding.encode([finding])
                == [1, 2, 2 | 4 | 8, 0xAC, 0x02, 1, 0x80, 0x01, 5, 4, 2])
    }

    @Test func `is small: twenty of them take less than 400 bytes`() {
        #expect(Finding.encode(Array(repeating: Self.full, count: 20)).count < 400)
    }

    @Test(
        arguments: [
            [0, 1, 0, 0, 0], [1, 0, 0, 0, 0], [1, 1, 3, 0, 0], [1, 1, 16, 0, 0], [1, 1, 0, 0],
            [1, 1, 0, 0, 0x80], [1, 1, 4, 0, 0], [1, 1, 8, 0, 0, 0, 0], [1], [31, 1, 0, 0, 0],
            [1, 1, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x02],
        ] as [[UInt8]])
    func `refuses bytes that are none`(bytes: [UInt8]) {
        #expect(Finding.decode(bytes.span) == nil)
    }

    @Test func `is the same in JSON and back`() throws {
        var json = JSONWriter()
        Self.full.write(to: &json)
        #expect(
            json.text
                == #"{"rule":"limit.minute","scope":"account","verdict":"wait","observed":2,"limit":2,"#
                + #""retry_at":"2025-10-01T14:51:02.180Z","#
                + #""reason":"2 sends of the account in one minute, at most 2.","#
                + #""evidence":{"first":1040,"last":1052,"count":2}}"#)
        #expect(try Finding(JSONValue.parse(json.text)) == Self.full)
    }

    @Test func `gives a sentence for every rule and verdict`() {
        for rule in Rule.allCases {
            for verdict in Verdict.allCases {
                let reason = Finding(rule, scope: .chat, verdict: verdict, observed: 3, limit: 2)
                    .reason
                #expect(reason.hasSuffix(".") && reason.count > 5)
            }
        }
    }

    @Test func `names every rule of the contract, by numbers that never change`() {
        let names = """
            stop pause mode instance grace backlog duplicate.key duplicate.content \
            duplicate.business limit.second limit.minute limit.hour limit.day spacing \
            cooldown.subject person.day chain platform.throughput platform.pair \
            platform.recipients platform.marketing consent window.service template quiet pacing \
            breaker inflight quality
            """.split(separator: " ").map(String.init)
        #expect(Rule.allCases.map(\.name) == names)
        #expect(Rule.allCases.map(\.rawValue) == Array(1...29))
        for name in names { #expect(Rule(name: name)?.name == name) }
        #expect(Rule(name: "duplicate") == nil)
        #expect(Verdict.refuse > .wait && Verdict.wait > .send)
    }
}

@Suite struct `A reservation` {
    @Test(arguments: [(1_041, 0x9f3a_2c1b, "r1041.9f3a2c1b"), (0, 0, "r0.00000000")])
    func `is named by position and tag`(position: Position, tag: UInt32, text: String) {
        let reservation = Reservation(position: position, tag: tag)
        #expect(reservation.description == text)
        #expect(Reservation(text) == reservation)
    }

    @Test(arguments: [
        "", "r", "r1", "1.00000000", "r1.0000000", "r1.000000000", "r-1.00000000", "r1.0000000g",
        "r+1.00000000", "r18446744073709551616.00000000", "r1.00000000.", "r.00000000",
        "r1.+0000000",
    ])
    func `refuses other texts`(text: String) {
        #expect(Reservation(text) == nil)
    }
}

@Suite struct `A timestamp` {
    @Test func `is printed at an offset`() throws {
        let time = try Timestamp.parse("2025-10-01T16:51:02.125+02:00")
        #expect(Timestamp.text(time.instant) == "2025-10-01T14:51:02.125Z")
        #expect(Timestamp.text(time.instant, offset: 120) == "2025-10-01T16:51:02.125+02:00")
        #expect(
            Timestamp.text(time.instant, offset: -570, digits: 0) == "2025-10-01T05:21:02-09:30")
        #expect(Timestamp.text(Instant(nanoseconds: 1)) == "1970-01-01T00:00:00.000000001Z")
        #expect(Timestamp.text(.latest) == "2261-12-31T23:59:59.999999999Z")
    }

    @Test func `knows every day of the calendar`() throws {
        var nanoseconds: Int64 = 0
        for year in 1970...2261 {
            for (index, days) in [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
                for day in 1...(index == 1 && isLeap ? 29 : days) {
                    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
                    let text = "\(year)-\(two(index + 1))-\(two(day))T00:00:00Z"
                    let instant = try Timestamp.parse(text).instant
                    try #require(instant.nanoseconds == nanoseconds)
                    try #require(Timestamp.text(instant, digits: 0) == text)
                    nanoseconds += 86_400_000_000_000
                }
            }
        }
    }
}
