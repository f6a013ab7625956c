import Evidence
import Foundation
import Testing

/// What Go's public code, unmodified, says of the files that this room makes.
@Suite(
    .enabled(
        if: PublicVerifier.isThere,
        "needs Debian's golang-go and golang-golang-x-mod-dev: run tools/setup --tests"))
struct `A public verifier` {
    @Test func `accepts what is written here, at any size`() throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        for count in [1, 2, 255, 256, 257, 300, 1_000, 66_000] {
            let log = try SampleLog(count: count)
            let proofs = Set([0, count / 3, count - 1]).sorted()
            var files = try log.files(proofs: proofs)
            let old = max(1, count / 2)
            files["old"] = bytes(try log.checkpoint(old).serialised)
            files["growth"] = bytes(try log.growth(from: old).text)
            let answer = try verifier.judge(files)
            #expect(
                answer
                    == "ok: ledger.example/acct1, \(count) records, \(proofs.count) proofs\n"
                    + "ok: grown from \(old) to \(count) records\n")
        }
    }

    @Test func `rejects every file with a bit flipped`() throws {
        let verifier = try PublicVerifier()
        defer { verifier.remove() }
        let log = try SampleLog(count: 300)
        var files = try log.files(proofs: [0, 257])
        files["old"] = bytes(try log.checkpoint(77).serialised)
        files["growth"] = bytes(try log.growth(from: 77).text)
        #expect(try verifier.judge(files).hasPrefix("ok"))
        var chance = SeededGenerator(state: 3)
        for (path, content) in files.sorted(by: { $0.key < $1.key }) {
            // The end of a key is no part of it.
            let place = Int.random(in: 0..<content.count - 1, using: &chance)
            var altered = files
            altered[path]?[place] ^= 1 << UInt8.random(in: 0..<7, using: &chance)
            let answer = try verifier.judge(altered)
            #expect(answer.contains("FAIL"), "\(path), byte \(place): \(answer)")
        }
    }
}

/// tools/verify, compiled once, in a folder of its own.
struct PublicVerifier {
    private let folder: URL
    private static let go = ["/usr/bin/go", "/usr/local/go/bin/go"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let library = "/usr/share/gocode"

    static var isThere: Bool {
        go != nil
            && FileManager.default.fileExists(
                atPath: library + "/src/golang.org/x/mod/sumdb/tlog/tlog.go")
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("ledger-verify-\(UInt64.random(in: 0 ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("tools/verify/main.go")
        let answer = try Self.run(
            Self.go ?? "", ["build", "-o", folder.path + "/verify", source.path],
            ["GO111MODULE": "off", "GOPATH": Self.library, "GOCACHE": folder.path + "/cache"])
        guard answer.code == 0 else {
            throw EvidenceError(.malformed, "go build: \(answer.text)")
        }
    }

    func remove() { try? FileManager.default.removeItem(at: folder) }

    /// What the verifier prints about an exported folder with these files.
    func judge(_ files: [String: [UInt8]]) throws -> String {
        let place = folder.appendingPathComponent("export")
        try? FileManager.default.removeItem(at: place)
        for (path, content) in files {
            let url = place.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content).write(to: url)
        }
        let arguments = ["/vkey", "", "/old", "/growth"].map { place.path + $0 }
        return try Self.run(folder.path + "/verify", arguments, [:]).text
    }

    private static func run(
        _ program: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> (code: Int32, text: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }
}
