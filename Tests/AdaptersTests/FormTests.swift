import Adapters
import Events
import Testing

@Suite struct `A form` {
    private static func form(_ text: String) throws(EventError) -> Form {
        try Form(Array(text.utf8))
    }

    @Test func `is decoded: percent, plus, UTF-8, repeated names, empty parts`() throws {
        let form = try Self.form("a=1+2%2B3&&b=%F0%9F%91%8D&b=x&c=&d&e=f=g&%61b=%e2%82%ac\r\n")
        #expect(
            form.parameters.map { "\($0.name):\($0.value)" } == [
                "a:1 2+3", "b:👍", "b:x", "c:", "d:", "e:f=g", "ab:€",
            ])
        #expect(form["b"] == "👍")
        #expect(form["c"] == nil && form["z"] == nil)
        #expect(form.bytes.last != 0x0A)
    }

    @Test(arguments: [
        "a=%", "a=%4", "a=%zz", "%=1", "a=%ff", "a=%C3", "a=\u{FF}%80", "", "&&", "\n",
    ])
    func `is refused where it is none`(_ text: String) {
        #expect(throws: EventError.self) { try Self.form(text) }
    }

    @Test func `is refused where it has too much`() {
        let many = Array(repeating: "a=1", count: Form.parametersMax + 1).joined(separator: "&")
        #expect(throws: EventError.self) { try Self.form(many) }
        let long = [UInt8](repeating: 0x61, count: Form.bytesMax + 1)
        #expect(throws: EventError.self) { try Form(long) }
    }

    @Test func `may be a JSON object of the same parameters`() throws {
        func parameters(_ json: String) throws -> [String] {
            try Form(try JSONDocument(Array(json.utf8)).root).parameters
                .map { "\($0.name):\($0.value)" }
        }
        #expect(
            try parameters(#"{"a":"x","b":2,"c":true,"d":null,"e":["1","2"]}"#) == [
                "a:x", "b:2", "c:true", "e:1", "e:2",
            ])
        for json in ["[]", "{}", #"{"a":{}}"#, #"{"a":[[]]}"#, #""a""#] {
            #expect(throws: EventError.self) { try parameters(json) }
        }
    }
}
