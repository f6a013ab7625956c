import Bytes
import Events
import Testing

@Suite struct `A CloudEvent` {
    @Test func `is written in the shape of the contract`() throws {
        let given =
            #"{"specversion":"1.0","id":"3EB0C767D82B0A","source":"qa-monitor/host-1/4242","#
            + #""type":"message.received","time":"2025-10-01T16:51:02.125+02:00","#
            + #""subject":"DR1854951","data":{"account":"+27000000001","#
            + #""chat":"120363000000000001@g.us","person":"+27000000002","#
            + #""message":"3EB0C767D82B0A","text":"DR1854951 done"}}"#
        let expected = given.replacing(
            #","data""#,
            with: #","sequence":"00000000000000000007","#
                + #""recordedtime":"2025-10-01T14:51:02.180Z","data""#)
        #expect(written(try parse(given).get()) == expected)
    }

    @Test func `keeps unknown members as they were spelt`() throws {
        let data =
            #"{"text":"hi","big":123456789012345678901234567890,"f":1.50e+3,"o":{"z":1,"a":[null]}}"#
        let json = message(data, #","traceparent":"00-1","x":{"b":2,"a":1}"#)
        let text = written(try parse(json).get())
        #expect(text.hasSuffix(#""traceparent":"00-1","x":{"b":2,"a":1},"data":"# + data + "}"))
    }

    @Test func `keeps null members of data`() throws {
        let data = try writtenData(message(#"{"chat":null,"text":"x"}"#))
        #expect(data?["chat"] == .null)
        let record = try parse(message(#"{"chat":null}"#)).get().draft
            .sealed(at: 0, recorded: recorded)
        #expect(try view(record) { $0.chat } == Fingerprint.none)
    }

    @Test(arguments: [
        "2025-10-01T16:51:02+02:00", "2025-10-01T16:51:02.1-11:30",
        "2025-10-01T16:51:02.000000000Z",
        "2025-10-01t16:51:02Z", "2025-10-01T16:51:02z", "2025-10-01t16:51:02z",
        "2025-10-01t16:51:02.5+00:00", "2025-10-01T16:51:02-00:00", "2025-10-01t16:51:02-00:00",
        "1970-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z",
        "2024-02-29T23:59:59.123456789+23:59",
        "2262-01-01T00:59:59+01:00", "1969-12-31T23:00:00-01:00",
    ])
    func `spells its time back exactly`(time: String) throws {
        let text = written(try parse(message("{}", #","time":"\#(time)""#)).get())
        #expect(text.contains(#""time":"\#(time)""#))
    }

    @Test func `has no time where none was given, unless the ledger wrote it`() throws {
        #expect(!written(try parse(message()).get()).contains(#""time""#))
        let json = message().replacing("message.received", with: "alert.raised")
        #expect(
            written(try parse(json).get()).contains(#""time":"2025-10-01T14:51:02.180Z""#))
    }

    @Test func `strips now, and ignores sequence and recordedtime`() throws {
        let plain = try parse(message()).get()
        let more = #","now":"2025-10-01T00:00:00Z","sequence":"9","recordedtime":17"#
        let driven = try parse(message("{}", more)).get()
        #expect(driven.draft.bytes == plain.draft.bytes)
        #expect(plain.now == nil)
        #expect(driven.now == Instant(nanoseconds: 1_759_276_800_000_000_000))
    }

    @Test func `is the same content however its white space and escapes are spelt`() throws {
        let spaced =
            " { \"specversion\" : \"1.0\" , \"id\" : \"\\u0061\",\n\"source\":\"s\","
            + "\"type\":\"message.rec\\u0065ived\",\"\\u0064ata\":{\"text\":\"\\u00e9\", \"x\" : [ 1 , \"\\/\" ] }}"
        let tight = message(#"{"text":"é","x":[1,"/"]}"#)
        #expect(try parse(spaced).get().draft.bytes == parse(tight).get().draft.bytes)
        let other = message(#"{"text":"é","x":[1,"//"]}"#)
        #expect(try parse(other).get().draft.digest != parse(tight).get().draft.digest)
        #expect(try parse(other).get().draft.identity == parse(tight).get().draft.identity)
    }

    @Test func `comes in batches, whole or not at all`() throws {
        let batch = Array("[\(message()),\n\(message())]".utf8)
        #expect(try CloudEvent.parseBatch(batch.span).count == 2)
        #expect(try CloudEvent.parseBatch(Array("[ ]".utf8).span).isEmpty)
        let bad = Array("[\(message()),\n{\"id\":1}]".utf8)
        let error = #expect(throws: EventError.self) {
            _ = try CloudEvent.parseBatch(bad.span)
        }
        #expect(error?.line == 2)
        #expect(error?.offset == message().utf8.count + 9)
    }

    @Test func `may be nested 64 deep, alone and in a batch`() throws {
        func nested(_ depth: Int) -> String {
            let inner = depth - 2
            return message(
                "{\"x\":" + String(repeating: "[", count: inner)
                    + String(repeating: "]", count: inner) + "}")
        }
        #expect(refusal(nested(64)) == nil)
        #expect(refusal(nested(65))?.code == .tooDeep)
        #expect(try CloudEvent.parseBatch(Array("[\(nested(64))]".utf8).span).count == 1)
    }

    @Test func `reads the findings of the gate back`() throws {
        let bytes = contents("Tests/Fixtures/events/send.refused.v1.json")
        let record = try CloudEvent.parse(bytes.span).draft.sealed(at: 0, recorded: recorded)
        let findings = try view(record) { $0.findings }
        #expect(findings.map(\.rule) == [.limitMinute, .duplicateBusiness])
        #expect(findings.first?.evidence == .init(first: 1040, last: 1052, count: 2))
    }

    @Test func `comes back from the edge of what can be spelt`() throws {
        let file = contents("Tests/Fixtures/events/edge/lossless.json")
        let given = try JSONValue.parse(file.span)
        let shown = try JSONValue.parse(written(CloudEvent.parse(file.span)))
        for member in given.members where member.name != "data" {
            #expect(shown[member.name] == member.value)
        }
        let sorted = { (value: JSONValue?) in
            value?.members.sorted { $0.name < $1.name } ?? []
        }
        #expect(sorted(shown["data"]) == sorted(given["data"]))
    }

    @Test func `is the same in a batch and in lines`() throws {
        let batch = try CloudEvent.parseBatch(
            contents("Tests/Fixtures/events/edge/batch.json").span)
        let lines = contents("Tests/Fixtures/events/edge/events.ndjson").split(separator: 0x0A)
        let single = try lines.map { try CloudEvent.parse(Array($0).span) }
        #expect(batch.count == 4)
        #expect(batch.map(\.draft.bytes) == single.map(\.draft.bytes))
    }

    @Test func `keeps rules that are not the gate's as JSON`() throws {
        let data = try writtenData(message(#"{"rules":["mine",{"a":1}]}"#))
        #expect(data?["rules"]?.elements.first?.text == "mine")
    }
}
