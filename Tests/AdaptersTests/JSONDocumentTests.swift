import Events
import Testing

/// Foreign JSON by its places.
struct JSONDocumentTests {
    @Test func `find members, elements and scalars where they lie`() throws {
        let text = #"""
            {"a": [1, "22", {"b": true}], "e\u0041": "x\n\u00e9", "n": null,
             "big": 12345678901234567890}
            """#
        let root = try JSONDocument(Array(text.utf8)).root
        let elements = Array(try #require(root["a"]).elements)
        #expect(elements.map(\.integer) == [1, 22, nil])
        #expect(elements[2]["b"]?.flag == true)
        #expect(root["eA"]?.text == "x\né")
        #expect(root["n"] == nil)
        #expect(root["big"]?.integer == nil)
        #expect(root["big"]?.scalar == "12345678901234567890")
        #expect(root.members.map { $0.key.text } == ["a", "eA", "n", "big"])
        #expect(elements[2].range.count == 11)
    }

    @Test func `spell a value as compact JSON`() throws {
        let text = "{ \"a\" : [ 1 , 2.50 ] ,\n \"b\\u0041\" : { } , \"c\":\"\\/\" }"
        let root = try JSONDocument(Array(text.utf8)).root
        #expect(root.json == #"{"a":[1,2.50],"bA":{},"c":"/"}"#)
    }

    @Test(arguments: ["", "{", "[1,]", "{\"a\":1,\"a\":2}", "1 2", "\"\u{1}\"", "nul"])
    func `refuse what is no JSON`(_ text: String) {
        #expect(throws: EventError.self) { try JSONDocument(Array(text.utf8)) }
    }
}
