import CommandLineKit
import Glibc
import Synchronization
import Testing

/// Collects what a device was given, call by call.
final class Writes: Sendable {
    let calls = Mutex<[(descriptor: Int32, text: String)]>([])

    func take(_ descriptor: Int32, _ bytes: [UInt8]) -> Int32 {
        calls.withLock { $0.append((descriptor, String(decoding: bytes, as: UTF8.self))) }
        return 0
    }

    var texts: [String] { calls.withLock { $0.map(\.text) } }
}

@Suite struct `What a command says` {
    @Test func `holds results back until it is flushed`() {
        let writes = Writes()
        let out = Output.standard(environment: [:], write: writes.take)
        let sink = Sink(device: { writes.take(1, $0) })
        sink.write("a\n")
        sink.write("b\n")
        #expect(writes.texts == [] && sink.text == "a\nb\n")
        sink.flush()
        sink.flush()
        #expect(writes.texts == ["a\nb\n"] && sink.text == "")
        out.complain("at once")
        #expect(writes.calls.withLock { $0.last?.descriptor } == 2)
        #expect(writes.texts.last == "at once\n")
    }

    @Test func `writes full buffers without being asked`() {
        let writes = Writes()
        let sink = Sink(device: { writes.take(1, $0) })
        for _ in 0..<70_000 { sink.write("x") }
        #expect(writes.texts.map(\.count) == [65_536])
        sink.flush()
        #expect(writes.texts.joined().count == 70_000)
    }

    @Test func `writes at once on a terminal`() {
        let writes = Writes()
        Sink(isTerminal: true, device: { writes.take(1, $0) }).write("a")
        #expect(writes.texts == ["a"])
    }

    @Test func `is no terminal when it is a file`() throws {
        let file = open("/dev/null", O_WRONLY)
        defer { close(file) }
        let sink = Sink(descriptor: file, environment: ["COLUMNS": "50"]) { _, _ in 0 }
        #expect(!sink.isTerminal && sink.width == nil && !sink.showsColor)
    }

    @Test(
        arguments: [
            ([:], true, true), (["NO_COLOR": "1"], true, false), (["NO_COLOR": ""], true, true),
            (["TERM": "dumb"], false, false), (["TERM": "xterm"], true, true),
        ] as [([String: String], Bool, Bool)])
    func `honours NO_COLOR and dumb terminals`(
        environment: [String: String], isTerminal: Bool, showsColor: Bool
    ) throws {
        let terminal = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(terminal >= 0)
        defer { close(terminal) }
        let sink = Sink(descriptor: terminal, environment: environment) { _, _ in 0 }
        #expect(sink.isTerminal == isTerminal && sink.showsColor == showsColor)
        #expect(sink.width == 80)
        let wide = Sink(descriptor: terminal, environment: ["COLUMNS": "132"]) { _, _ in 0 }
        #expect(wide.width == 132)
        let known = Sink(descriptor: terminal, environment: ["COLUMNS": "132"], columns: 60) {
            _, _ in 0
        }
        #expect(known.width == 60)
    }

    @Test func `says that the disk is full, and fails`() async {
        let messages = Sink()
        let out = Output(results: Sink(device: { _ in ENOSPC }), messages: messages)
        let code = await Sample.program.run(["policy", "show"], environment: [:], out: out)
        #expect(code == 1)
        #expect(
            messages.text == "ledger: the output could not be written: no space is left\n")
    }

    @Test func `ends without a word when the reader has gone`() async {
        let messages = Sink()
        let out = Output(results: Sink(device: { _ in EPIPE }), messages: messages)
        #expect(await Sample.program.run(["policy", "show"], environment: [:], out: out) == 1)
        #expect(messages.text == "")
    }

    @Test func `keeps lines of several threads whole`() async {
        let sink = Sink()
        await withTaskGroup(of: Void.self) { group in
            for name in ["a", "b", "c", "d"] {
                group.addTask { for _ in 0..<200 { sink.write("\(name)\(name)\n") } }
            }
        }
        let lines = sink.text.split(separator: "\n")
        #expect(lines.count == 800)
        #expect(lines.allSatisfy { $0.count == 2 && $0.first == $0.last })
    }
}

@Suite struct `Text from elsewhere` {
    @Test(arguments: [
        ("plain é ☺ 漢字", "plain é ☺ 漢字"), ("a\nb\tc\r", "a\\nb\\tc\\r"), ("\u{1B}[2J", "\\x1B[2J"),
        ("\u{9B}31m", "\\x9B31m"), ("\u{0}\u{7}\u{7F}", "\\x00\\x07\\x7F"),
        ("a\u{202E}b\u{2066}c\u{2069}", "a\\u{202E}b\\u{2066}c\\u{2069}"),
        ("\u{200F}\u{61C}\u{2028}", "\\u{200F}\\u{61C}\\u{2028}"), ("👩‍👩‍👧", "👩‍👩‍👧"), ("\r\n", "\\r\\n"),
    ])
    func `cannot steer a terminal`(text: String, shown: String) {
        #expect(Terminal.escape(text) == shown)
    }

    @Test(arguments: [
        ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("👍", 2), ("👩‍👩‍👧", 2), ("🇿🇦", 2),
        ("❤️", 2), ("한", 2), ("\u{200B}", 0),
    ])
    func `is measured in columns`(text: String, columns: Int) {
        #expect(Terminal.width(of: text) == columns)
    }

    @Test(arguments: [
        ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("漢字漢字", 6, "漢字…"), ("abc", 1, "…"),
        ("abc", 0, ""),
    ])
    func `is cut to columns`(text: String, columns: Int, shown: String) {
        #expect(Terminal.fit(text, columns: columns) == shown)
    }
}

@Suite struct `A table` {
    @Test func `aligns by what is seen, and escapes`() {
        var table = Table([.init("SUBJECT"), .init("COUNT", .right), .init("TEXT")])
        table.add(["DR1", "7", "done\u{1B}[31m"])
        table.add(["漢字", "1041", ""])
        #expect(
            table.render() == """
                SUBJECT  COUNT  TEXT
                DR1          7  done\\x1B[31m
                漢字      1041

                """)
    }

    @Test func `is cut to the width of the terminal`() {
        var table = Table([.init("A"), .init("B")])
        table.add(["one", "a long text"])
        #expect(table.render(width: 10) == "A    B\none  a lo…\n")
    }

    @Test func `escapes what could steer a terminal in JSON, and says the same`() {
        let text = "{\"a\":\"\u{9B}31m\u{202E}\u{7F} \u{E9}\"}"
        func line(_ reaches: Bool, isJSON: Bool = true) -> String {
            var out = Output(results: Sink(reachesTerminal: reaches), messages: Sink())
            out.isJSON = isJSON
            out.line(text)
            return out.results.text
        }
        let escaped = "{\"a\":\"\\u009B31m\\u202E\\u007F \u{E9}\"}\n"
        #expect(line(true) == escaped && line(true, isJSON: false) == escaped)
        #expect(line(false) == text + "\n")
    }
}
