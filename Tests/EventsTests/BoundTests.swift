import Bytes
import Events
import Testing

@Suite struct `What an event may hold` {
    private func event(_ member: String, type: String = "message.received") -> String {
        #"{"specversion":"1.0","id":"1","source":"s","type":"\#(type)","data":{\#(member)}}"#
    }

    private func refusal(_ text: String) -> EventError? {
        do throws(EventError) {
            _ = try CloudEvent.parse(Array(text.utf8).span)
            return nil
        } catch { return error }
    }

    /// Members that are texts and name something.
    static let names = Field.allCases.filter {
        $0.isName && !$0.isEnvelope && ($0.kinds.contains(.text) || $0.kinds.contains(.texts))
            && $0 != .category
    }

    @Test(arguments: names)
    func `has names of at most 1,024 bytes`(_ field: Field) {
        func value(_ count: Int) -> String {
            let text = "\"" + String(repeating: "x", count: count) + "\""
            return "\"\(field.name)\":" + (field.kinds.contains(.texts) ? "[\"a\",\(text)]" : text)
        }
        #expect(refusal(event(value(1_024))) == nil)
        let error = refusal(event(value(1_025)))
        #expect(error?.code == .tooLarge && error?.message.contains(field.name) == true)
    }

    @Test func `bounds those that matter, and not what is only read`() {
        let bounded: [Field] = [
            .subject, .account, .chat, .person, .message, .name, .role, .instance, .steps,
            .key, .template, .quoted, .alias, .attempt, .recipient, .reviewer, .zone, .by,
        ]
        for field in bounded { #expect(field.isName, "\(field)") }
        for field: Field in [.text, .detail, .reason, .evidence, .raw, .extras, .facts] {
            #expect(!field.isName, "\(field)")
        }
        let text = String(repeating: "x", count: 60_000)
        #expect(refusal(event("\"text\":\"\(text)\"")) == nil)
    }

    @Test(arguments: ["0", "1000001", "9223372036854775807"])
    func `stands for at most a million`(_ count: String) {
        let member = "\"subject\":\"s\",\"chat\":\"c\",\"count\":"
        #expect(refusal(event(member + count, type: "send.attempted"))?.code == .wrongMember)
        #expect(refusal(event(member + "1000000", type: "send.attempted")) == nil)
        #expect(refusal(event(member + "1", type: "send.attempted")) == nil)
    }

    @Test func `speaks of reservations that a log could have`() {
        #expect(Reservation("r9223372036854775807.00000000") != nil)
        #expect(Reservation("r9223372036854775808.00000000") == nil)
        #expect(Reservation("r18446744073709551615.00000000") == nil)
        let member = "\"message\":\"m\",\"reservation\":\"r18446744073709551615.00000000\""
        #expect(refusal(event(member, type: "message.delivered"))?.code == .wrongMember)
    }

    @Test func `fits into a record once it is sealed, too`() throws {
        func built(_ count: Int) -> DraftBuilder {
            var builder = DraftBuilder(.messageReceived, source: "s", id: "1")
            builder.add(.person, text: "+27820000001")
            builder.add(.text, text: String(repeating: "x", count: count))
            return builder
        }
        // In clear it would fit.
        #expect(built(65_300).finish() != nil)
        #expect(throws: EventError.self) { try built(65_300).checked() }
        #expect(throws: Never.self) { try built(65_000).checked() }
        let text =
            "\"person\":\"+27820000001\",\"text\":\"\(String(repeating: "x", count: 65_300))\""
        #expect(refusal(event(text))?.code == .tooLarge)
    }

    @Test func `keeps the first of a member that is added twice, and no list that is too long`() {
        var builder = DraftBuilder(.messageReceived, source: "s", id: "1")
        builder.add(.code, text: "first")
        builder.add(.code, integer: 2)
        #expect(builder.text(.code) == "first")
        builder.add(.steps, texts: [String(repeating: "x", count: 65_536)])
        #expect(builder.finish() == nil)
    }

    @Test func `is cut between characters of Unicode, in bytes`() {
        #expect("abc".cut(toBytes: 3) == "abc" && "abcd".cut(toBytes: 3) == "abc")
        #expect("a\u{E9}\u{E9}".cut(toBytes: 4) == "a\u{E9}")
        let stack = "e" + String(repeating: "\u{301}", count: 1_000)
        #expect(stack.count == 1 && stack.cut(toBytes: 101).utf8.count == 101)
    }

    @Test func `counts lengths of time that end at the ends of their range`() {
        #expect(Nanoseconds.seconds(.max).count == .max && Nanoseconds.seconds(.min).count == .min)
        #expect(Nanoseconds.milliseconds(.max).count == .max)
        #expect(Nanoseconds.seconds(-2).count == -2_000_000_000)
    }

    @Test func `is refused with a short sentence, however long it is`() {
        let time = "2025-13-45T00:00:00" + String(repeating: "9", count: 100_000)
        let text =
            #"{"specversion":"1.0","id":"1","source":"s","type":"item.flagged","time":"\#(time)"}"#
        #expect(refusal(text)?.message.utf8.count ?? 0 < 400)
    }
}
