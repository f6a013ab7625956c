import Adapters
import Testing

/// A stream of JSON, split into bodies wherever its parts end.
struct BodySplitterTests {
    private func split(_ text: String, by size: Int = .max) -> [String] {
        var splitter = BodySplitter()
        var pieces: [BodySplitter.Piece] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: min(size, max(1, bytes.count))) {
            let end = min(bytes.count, start + min(size, bytes.count))
            pieces += splitter.feed(Array(bytes[start..<end]))
        }
        pieces += splitter.finish()
        return pieces.map { piece in
            let text = String(decoding: piece.bytes, as: UTF8.self)
            return "\(piece.line)\(piece.fault == nil ? "" : "!") \(text)"
        }
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `take lines, arrays and values behind each other`(_ size: Int) {
        #expect(
            split("{\"a\":1}\n{\"b\":\"}\\\"{\"}\n", by: size) == [
                "1 {\"a\":1}", "2 {\"b\":\"}\\\"{\"}",
            ])
        #expect(split("[{\"a\":[1]},\n {}\n]\n{}", by: size) == ["1 {\"a\":[1]}", "2 {}", "4 {}"])
        #expect(
            split("{\n \"a\":1\n}{\"b\":2} {}", by: size) == [
                "1 {\n \"a\":1\n}", "3 {\"b\":2}", "3 {}",
            ])
        #expect(split("\u{FEFF}{}", by: size) == ["1 {}"])
        #expect(split("", by: size).isEmpty)
    }

    @Test(arguments: [1, 5, 1000])
    func `break a line that is cut, and read the next`(_ size: Int) {
        #expect(
            split("{\"a\":1}\n{\"b\":\"x\n{\"c\":3}\n", by: size)
                == ["1 {\"a\":1}", "2! {\"b\":\"x", "3 {\"c\":3}"])
        #expect(
            split("{\"a\":\n{\"b\":2}\n{\"c\":", by: size) == [
                "1! {\"a\":", "2 {\"b\":2}", "3! {\"c\":",
            ])
        #expect(split("hello\n{}\n<x>", by: size) == ["1! hello", "2 {}", "3! <x>"])
        #expect(split("[{},{\"a\"", by: size) == ["1 {}", "1! {\"a\"", "1! "])
    }

    @Test func `lose no byte of random input`() {
        var random = SystemRandomNumberGenerator()
        let letters = Array("{}[]\",:\\ \nab1".utf8)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0..<60, using: &random)).map { _ in
                letters.randomElement(using: &random)!
            }
            var splitter = BodySplitter()
            var pieces: [BodySplitter.Piece] = []
            var at = 0
            while at < bytes.count {
                let end = min(bytes.count, at + Int.random(in: 1..<9, using: &random))
                pieces += splitter.feed(Array(bytes[at..<end]))
                at = end
            }
            pieces += splitter.finish()
            let kept = pieces.flatMap(\.bytes).filter { $0 > 0x20 && $0 != 0x2C }
            var left = kept[...]
            // What is not in a piece is white space, a comma, or a bracket of an array around.
            for byte in bytes where byte > 0x20 && byte != 0x2C {
                if left.first == byte {
                    left.removeFirst()
                } else {
                    #expect(byte == 0x5B || byte == 0x5D)
                }
            }
            #expect(left.isEmpty, "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
