import Testing
import YAML

@Suite struct `A YAML document` {
    @Test func `becomes a tree that knows its lines and columns`() throws {
        let root = try YAMLNode.parse("# a policy\nlimits:\n  minute: 2\n  names: [a, 'b']\n")
        #expect(root.line == 2 && root.column == 1)
        let minute = try #require(root["limits"]?["minute"])
        #expect(minute.value == .scalar("2", .plain))
        #expect(minute.line == 3 && minute.column == 11)
        guard case .sequence(let names) = root["limits"]?["names"]?.value else {
            Issue.record("names is no sequence")
            return
        }
        #expect(names.map(\.value) == [.scalar("a", .plain), .scalar("b", .text)])
        guard case .mapping(let pairs) = root["limits"]?.value else {
            Issue.record("limits is no mapping")
            return
        }
        #expect(pairs.map(\.key) == ["minute", "names"])
        #expect(pairs.map(\.line) == [3, 4])
        #expect(pairs.map(\.column) == [3, 3])
    }

    @Test(arguments: ["a:", "a: ~", "a: null", "a: Null"])
    func `has null where nothing, a tilde or null stands`(text: String) throws {
        #expect(try #require(YAMLNode.parse(text)["a"]).isNull)
    }

    @Test func `has text, not null, where null stands in quotes`() throws {
        #expect(try #require(YAMLNode.parse("a: 'null'")["a"]).isNull == false)
    }

    @Test func `may hold any language, escapes and blocks`() throws {
        let root = try YAMLNode.parse("ключ: \"\\u263A é\"\nblock: |\n  one\n  two\n")
        #expect(root["ключ"]?.value == .scalar("☺ é", .text))
        #expect(root["block"]?.value == .scalar("one\ntwo\n", .text))
    }

    @Test func `may begin with a byte order mark and markers`() throws {
        #expect(try YAMLNode.parse("\u{FEFF}---\na: 1\n...\n")["a"]?.value == .scalar("1", .plain))
    }

    @Test func `is read from bytes in place`() throws {
        let bytes = Array("a: [1, {b: c}]".utf8)
        #expect(try YAMLNode.parse(bytes.span)["a"]?.line == 1)
    }

    @Test func `may nest as deep as the limit and no deeper`() throws {
        let depth = YAMLNode.depthMax
        func nested(_ levels: Int) -> String {
            String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
        }
        #expect(throws: Never.self) { try YAMLNode.parse(nested(depth)) }
        #expect(fault(nested(depth + 1)) == "depth 1:33")
        #expect(fault(String(repeating: "[", count: 100_000)) == "depth 1:33")
        let block = (0..<40).map { String(repeating: " ", count: $0) + "k:\n" }.joined()
        #expect(fault(block) == "depth 33:33")
    }

    @Test func `refuses more than a mebibyte`() {
        let most = "a: " + String(repeating: "b", count: YAMLNode.bytesMax - 3)
        #expect(throws: Never.self) { try YAMLNode.parse(most) }
        #expect(fault(most + "b") == "size 1:1")
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3", "duplicate_key 3:1"),
        ("x:\n  a: 1\n  'a': 3", "duplicate_key 3:3"),
        ("a: 1\n---\nb: 2", "documents 2:1"),
        ("a: &x 1", "alias 1:4"),
        ("a: &x [1]", "alias 1:4"),
        ("a: &x {b: 1}", "alias 1:4"),
        ("a: *x", "alias 1:4"),
        ("a: !!int 1", "tag 1:4"),
        ("a: !python/object {}", "tag 1:4"),
        ("? [a]\n: 1", "key 1:3"),
        ("? {a: b}\n: 1", "key 1:3"),
        ("a: [1, 2", "syntax 1:9"),
        ("a: 1\n b: 2", "syntax 2:3"),
        ("a: 'open", "syntax 1:9"),
        ("a:\n\t- b", "syntax 2:1"),
        ("", "empty 1:1"),
        (" \n# nothing\n", "empty 1:1"),
        ("a: b\nc: \u{7}", "encoding 2:4"),
        ("a: \u{0}", "encoding 1:4"),
    ])
    func `refuses what it does not take, with the place`(text: String, answer: String) {
        #expect(fault(text) == answer)
    }

    @Test func `refuses bytes that are not UTF-8, with the place`() {
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82]] {
            let bytes = Array("é: 1\nb: é".utf8) + bad
            #expect(fault(bytes) == "encoding 2:5")
        }
        #expect(fault([0xFF, 0xFE, 0x61, 0x00]) == "encoding 1:1")
    }

    @Test func `refuses a thousand laughs without building one`() {
        let laughs = (1..<9).map { "l\($0): [*l\($0 - 1), *l\($0 - 1), *l\($0 - 1)]" }
        #expect(fault((["l0: &l0 [ha, ha]"] + laughs).joined(separator: "\n")) == "alias 1:5")
    }

    private func fault(_ text: String) -> String { fault(Array(text.utf8)) }

    private func fault(_ bytes: [UInt8]) -> String {
        do {
            return "no fault: \(try YAMLNode.parse(bytes.span).value)"
        } catch {
            return "\(error.code.rawValue) \(error.line):\(error.column)"
        }
    }
}
