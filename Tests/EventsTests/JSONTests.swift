import Bytes
import Events
import Testing

@Suite struct `JSON` {
    func fault(_ bytes: [UInt8]) -> EventError? {
        do throws(EventError) {
            _ = try JSONValue.parse(bytes.span)
            return nil
        } catch { return error }
    }

    func fault(_ text: String) -> EventError? { fault(Array(text.utf8)) }

    static let faults: [(String, EventError.Code, Int, Int)] = [
        ("", .notJSON, 0, 1),
        (" \n ", .notJSON, 3, 2),
        ("{\"a\":1} x", .notJSON, 8, 1),
        ("{\"a\":1}\n{}", .notJSON, 8, 2),
        ("{\"a\" 1}", .notJSON, 5, 1),
        ("{\"a\":1,}", .notJSON, 7, 1),
        ("{,}", .notJSON, 1, 1),
        ("{a:1}", .notJSON, 1, 1),
        ("[1 2]", .notJSON, 3, 1),
        ("[1,]", .notJSON, 3, 1),
        ("[1,\n\n  tru]", .notJSON, 7, 3),
        ("01", .notJSON, 0, 1),
        ("-", .notJSON, 0, 1),
        ("1.", .notJSON, 0, 1),
        ("1e", .notJSON, 0, 1),
        (".5", .notJSON, 0, 1),
        ("+1", .notJSON, 0, 1),
        ("NaN", .notJSON, 0, 1),
        ("\"abc", .notJSON, 0, 1),
        ("\"a\nb\"", .notJSON, 2, 1),
        ("\"a\u{0}b\"", .notJSON, 2, 1),
        ("\"12345678\u{1f}\"", .notJSON, 9, 1),
        ("\"\\x\"", .notJSON, 1, 1),
        ("\"\\u12g4\"", .notJSON, 1, 1),
        ("\"\\ud800\"", .notJSON, 1, 1),
        ("\"\\ud800\\u0041\"", .notJSON, 1, 1),
        ("\"\\udc00\"", .notJSON, 1, 1),
        ("{\"a\":1,\"a\":2}", .duplicateKey, 7, 1),
        ("{\"a\":1,\n\"\\u0061\":2}", .duplicateKey, 8, 2),
        ("[{\"x\":{\"b\":1,\"b\":1}}]", .duplicateKey, 13, 1),
        ("\u{0c}1", .notJSON, 0, 1),
    ]

    @Test(arguments: faults)
    func `refuses what the grammar does not allow, and says where`(
        text: String, code: EventError.Code, offset: Int, line: Int
    ) {
        let error = fault(text)
        #expect(error?.code == code)
        #expect(error?.offset == offset)
        #expect(error?.line == line)
        #expect(error?.message.hasSuffix(".") == true)
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80],
            [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0xC3], [0xE2, 0x82], [0xE2, 0x28, 0xA1], [0xF0, 0x9F, 0x98], [0xFF],
        ] as [[UInt8]])
    func `refuses what is not UTF-8`(bad: [UInt8]) {
        let error = fault([0x5B, 0x22, 0x61, 0xC3, 0xA9] + bad + [0x22, 0x5D])
        #expect(error?.code == .notJSON)
        #expect(error?.offset == 5)
    }

    @Test func `takes 64 levels and refuses 65`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(fault(nested(64)) == nil)
        #expect(fault(nested(65))?.code == .tooDeep)
        #expect(fault(nested(65))?.offset == 64)
        #expect(fault(String(repeating: "[", count: 1_000_000))?.code == .tooDeep)
    }

    @Test func `finds a member that stands twice among thousands`() {
        var text = "{"
        for number in 0..<50_000 { text += "\"k\(number)\":0," }
        #expect(fault(text + "\"last\":0}") == nil)
        #expect(fault(text + "\"k7\":0}")?.code == .duplicateKey)
    }

    @Test func `resolves every escape`() throws {
        let value = try JSONValue.parse(#""\"\\\/\b\f\n\r\t\u0000\u00e9\uD83D\ude00é😀""#)
        #expect(value.text == "\"\\/\u{8}\u{c}\n\r\t\u{0}é😀é😀")
    }

    @Test func `writes what it reads`() throws {
        let text =
            #"{"b":[1,-0,1.50,1E+9,123456789012345678901234567890],"a":{"":null,"é":true},"#
            + #""c":"\"\\\b\f\n\r\t\u0001\u001f/😀","d":[[],{}]}"#
        let value = try JSONValue.parse(text)
        var json = JSONWriter()
        value.write(to: &json)
        #expect(json.text == text)
    }

    @Test func `gives members, elements and kinds`() throws {
        let value = try JSONValue.parse(
            #" {"n":7,"t":"x","l":["a","b"],"f":false,"z":null,"u":1.5} "#)
        #expect(value["n"]?.integer == 7)
        #expect(value["n"]?.position == 7)
        #expect(value["t"]?.text == "x")
        #expect(value["l"]?.texts == ["a", "b"])
        #expect(value["f"]?.flag == false)
        #expect(value["z"]?.isNull == true)
        #expect(value["u"]?.integer == nil)
        #expect(value["missing"] == nil)
        #expect(value.members.map(\.name) == ["n", "t", "l", "f", "z", "u"])
    }

    @Test func `separates lines and members by itself`() {
        var json = JSONWriter()
        json.beginObject()
        json.member("position", 7)
        json.member("duplicate", false)
        json.member("steps", ["a", "b"])
        json.member(orNull: "text", nil)
        json.member("big", UInt64.max)
        json.endObject()
        json.newline()
        json.beginArray()
        json.endArray()
        #expect(
            json.text
                == #"{"position":7,"duplicate":false,"steps":["a","b"],"text":null,"#
                + "\"big\":18446744073709551615}\n[]")
    }
}
