import Bytes
import Events
import Testing

@Suite struct `A CloudEvent that is wrong` {
    static let faults: [(String, EventError.Code, String)] = [
        ("[]", .invalid, "object"),
        (#"{"id":"a","source":"s","type":"message.received"}"#, .missingMember, "specversion"),
        (#"{"specversion":"1.0","source":"s","type":"message.received"}"#, .missingMember, "`id`"),
        (#"{"specversion":"1.0","id":"a","type":"message.received"}"#, .missingMember, "source"),
        (#"{"specversion":"1.0","id":"a","source":"s"}"#, .missingMember, "type"),
        (
            #"{"specversion":"1.0","id":null,"source":"s","type":"message.received"}"#,
            .missingMember, "null"
        ),
        (
            #"{"specversion":"0.3","id":"a","source":"s","type":"message.received"}"#,
            .wrongMember, "specversion"
        ),
        (
            #"{"specversion":"1.0","id":"","source":"s","type":"message.received"}"#,
            .wrongMember, "`id` is empty"
        ),
        (
            #"{"specversion":"1.0","id":7,"source":"s","type":"message.received"}"#,
            .wrongMember, "`id` must be a text"
        ),
        (
            #"{"specversion":"1.0","id":"a","source":"s","type":"message.eaten"}"#,
            .unknownType, "message.eaten"
        ),
        (message("[]"), .wrongMember, "data"),
        (message("null"), .wrongMember, "data"),
        (message(#"{"chat":5}"#), .wrongMember, "chat"),
        (message(#"{"submission":"2"}"#), .wrongMember, "submission"),
        (message(#"{"submission":1.5}"#), .wrongMember, "submission"),
        (message(#"{"submission":-1}"#), .wrongMember, "submission"),
        (message(#"{"submission":9223372036854775808}"#), .wrongMember, "submission"),
        (message(#"{"steps":"a"}"#), .wrongMember, "steps"),
        (message(#"{"steps":["a",1]}"#), .wrongMember, "steps"),
        (message(#"{"critical":"yes"}"#), .wrongMember, "critical"),
        (message(#"{"until":"tomorrow"}"#), .wrongMember, "RFC 3339"),
        (message(#"{"reservation":"r1"}"#), .wrongMember, "reservation"),
        (message(#"{"reservation":"r01.9f3a2c1b"}"#), .wrongMember, "reservation"),
        (message(#"{"raw":"a"}"#), .wrongMember, "base64"),
        (message(#"{"category":"spam"}"#), .wrongMember, "utility, marketing"),
        (message(#"{"text":"a","text":"b"}"#), .duplicateKey, "text"),
        (message(#"{"\u0074ext":"a","text":"b"}"#), .duplicateKey, "text"),
        (message(#"{"x":1,"x":1}"#), .duplicateKey, "`x`"),
        (message(#"{"chat":null,"chat":"b"}"#), .duplicateKey, "chat"),
        (message("{}", #","id":"b""#), .duplicateKey, "id"),
        (message("{}", #","trace":1,"trace":1"#), .duplicateKey, "trace"),
        (message("{}", #","data_base64":"AAAA""#), .wrongMember, "data_base64"),
        (message("{}", #","time":"2025-10-01 16:51:02Z""#), .wrongMember, "RFC 3339"),
        (message("{}", #","time":"2025-10-01T16:51:60Z""#), .wrongMember, "leap second"),
        (message("{}", #","time":"2025-02-29T16:51:00Z""#), .wrongMember, "does not exist"),
        (message("{}", #","time":"2025-10-01T24:00:00Z""#), .wrongMember, "does not exist"),
        (message("{}", #","time":"2025-10-01T16:51:02.0000000001Z""#), .wrongMember, "nanosecond"),
        (message("{}", #","time":"2025-10-01T16:51:02.Z""#), .wrongMember, "RFC 3339"),
        (message("{}", #","time":"2025-10-01T16:51:02""#), .wrongMember, "RFC 3339"),
        (message("{}", #","time":"2025-10-01T16:51:02+24:00""#), .wrongMember, "RFC 3339"),
        (message("{}", #","time":"1969-12-31T23:59:59Z""#), .timeOutOfRange, "1970"),
        (message("{}", #","time":"1970-01-01T00:59:59+01:00""#), .timeOutOfRange, "1970"),
        (message("{}", #","time":"2262-01-01T00:00:00Z""#), .timeOutOfRange, "2261"),
        (message("{}", #","time":"9999-12-31T23:59:59Z""#), .timeOutOfRange, "2261"),
        (message("{}", #","now":5"#), .wrongMember, "now"),
        (message("{}", #","subject":"""#), .wrongMember, "subject"),
    ]

    @Test(arguments: faults)
    func `is refused with a sentence, an offset and a line`(
        json: String, code: EventError.Code, word: String
    ) {
        let error = refusal("\n" + json)
        #expect(error?.code == code)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "taken")")
        #expect(error?.line == 2)
        #expect((error?.offset ?? 0) > 0)
    }

    static let shapes: [(String, String, String)] = [
        ("consent.granted", "{}", "person"),
        ("consent.granted", #"{"person":""}"#, "person"),
        ("message.labelled", #"{"message":"m"}"#, "label"),
        ("message.labelled", #"{"label":"x"}"#, "message"),
        ("error.observed", #"{"detail":"x"}"#, "code"),
        ("complaint.reported", #"{"person":"p"}"#, "kind"),
        ("complaint.reported", #"{"person":"p","kind":"shout"}"#, "block, report"),
        ("send.accepted", "{}", "reservation"),
        ("send.accepted", #"{"chat":"c","reply":"loud"}"#, "chat, direct, mention"),
        ("send.refused", #"{"verdict":"send"}"#, "wait, refuse"),
        ("send.refused", #"{"verdict":"wait","rules":[{"rule":"magic"}]}"#, "rule"),
        ("policy.changed", #"{"text":"a"}"#, "hash"),
        ("sending.resumed", #"{"by":"x"}"#, "why"),
        ("item.flagged", "{}", "subject"),
    ]

    @Test(arguments: shapes)
    func `is refused without what its type cannot do without`(
        type: String, data: String, word: String
    ) {
        let error = refusal(message(data).replacing("message.received", with: type))
        #expect(error?.code == .missingMember || error?.code == .wrongMember)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "taken")")
    }

    @Test func `is refused for the member itself, where it stands`() {
        let json = message(#"{"text":"a","chat":5}"#)
        let before = json.prefix { $0 != "5" }
        #expect(refusal(json)?.offset == before.utf8.count)
    }

    @Test func `is refused when its text is too long, and taken to the last byte`() throws {
        func long(_ count: Int) -> String {
            message("{\"text\":\"\(String(repeating: "x", count: count))\"}")
        }
        let empty = try parse(long(0)).get().draft.recordBytes
        // Sealed, id and text have a commitment each, one of them a seal, and the head all names.
        let sealed = 2 * 32 + 28 + 7 * 16
        let most = Draft.recordBytesMax - empty - sealed
        #expect(try parse(long(most)).get().draft.recordBytes == 65_535 - sealed)
        #expect(refusal(long(most + 1))?.code == .tooLarge)
        #expect(refusal(long(1_000_000))?.code == .tooLarge)
    }

    @Test func `is refused when its id or source is over 1,024 bytes`() {
        let name = String(repeating: "x", count: 1_024)
        #expect(refusal(message().replacing(#""id":"a""#, with: #""id":"\#(name)""#)) == nil)
        #expect(
            refusal(message().replacing(#""id":"a""#, with: #""id":"\#(name)y""#))?.code
                == .tooLarge)
        #expect(
            refusal(message().replacing(#""source":"s""#, with: #""source":"\#(name)y""#))?.code
                == .tooLarge)
    }

    @Test func `answers its error as JSON`() {
        var json = JSONWriter()
        EventError(.notJSON, "No.", offset: 3, line: 2).write(to: &json)
        #expect(
            json.text
                == #"{"error":{"code":"not_json","message":"No.","line":2,"offset":3}}"#)
    }
}
