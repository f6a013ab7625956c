import Foundation
import Testing

/// What README shows was printed by this program.
@Suite struct `The tour of README` {
    @Test(
        .enabled("needs the binary: LEDGER_BINARY, or .build/debug/ledger") { Self.binary != nil })
    func `prints what README says, line by line`() throws {
        let transcript = Transcript(try Checkout.read("README.md"))
        #expect(transcript.steps.count > 10, "the reading of README finds the tour")
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-tour-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for name in ["Tests", "tools", "schemas"] {
            try FileManager.default.createSymbolicLink(
                at: folder.appendingPathComponent(name),
                withDestinationURL: Checkout.root.appendingPathComponent(name))
        }
        for (name, text) in transcript.files {
            try text.write(
                to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
        }
        let mark = "--- \(UUID().uuidString)"
        let answer = try Shell.run(
            transcript.script(mark: mark), in: folder, environment: try Self.environment())
        let printed = answer.text.lines.split(
            omittingEmptySubsequences: false, whereSeparator: { $0 == mark }
        ).dropFirst().map { $0.map(String.init) }
        #expect(printed.count == transcript.steps.count)
        for (step, lines) in zip(transcript.steps, printed) {
            let isSame = Transcript.matches(
                Self.trimmed(step.output)[...], Self.trimmed(lines)[...])
            #expect(
                isSame, "README.md:\(step.line): \(step.command)\n\(lines.joined(separator: "\n"))")
        }
    }

    @Test func `may leave out what differs from run to run, and nothing else`() {
        let printed = ["made a in b", "", "x 1", "x 2", "end"]
        #expect(Transcript.matches(["made … in …", "", "…", "end"], printed[...]))
        #expect(Transcript.matches(["…"], printed[...]))
        #expect(!Transcript.matches(["made … at …", "…"], printed[...]))
        #expect(!Transcript.matches(["made … in …", "", "x 1", "end"], printed[...]))
        #expect(!Transcript.matches(["made a in b", "", "x 1", "x 2"], printed[...]))
        #expect(!Transcript.matches(["aa…aa"], ["aaa"]))
    }

    /// The program under test.
    static var binary: URL? {
        let named = ProcessInfo.processInfo.environment["LEDGER_BINARY"]
        let path = named ?? Checkout.root.appendingPathComponent(".build/debug/ledger").path
        return FileManager.default.isExecutableFile(atPath: path)
            ? URL(fileURLWithPath: path) : nil
    }

    /// The environment of a user who has the program on the path, and nothing set.
    private static func environment() throws -> [String: String] {
        let binary = try #require(binary).deletingLastPathComponent().path
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return ["PATH": "\(binary):\(path)", "LC_ALL": "C.UTF-8", "HOME": "/nonexistent"]
    }

    /// Lines without spaces at their ends and without empty lines at the end.
    private static func trimmed(_ lines: [String]) -> [String] {
        var lines = lines.map { line in
            String(line.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }
}
