import Foundation

/// tools/verify, compiled once, in a folder of its own.
public struct PublicVerifier {
    private let folder: URL
    private static let go = ["/usr/bin/go", "/usr/local/go/bin/go"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }
    private static let library = "/usr/share/gocode"

    /// Whether Go and its public code are there.
    public static var isThere: Bool {
        go != nil
            && FileManager.default.fileExists(
                atPath: library + "/src/golang.org/x/mod/sumdb/tlog/tlog.go")
    }

    /// Compiles it.
    public init() throws {
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
            throw BuildFailed(message: answer.text)
        }
    }

    /// Removes what was compiled.
    public func remove() { try? FileManager.default.removeItem(at: folder) }

    /// What the verifier prints about an exported folder with these files.
    public func judge(_ files: [String: [UInt8]]) throws -> String {
        let place = folder.appendingPathComponent("export")
        try? FileManager.default.removeItem(at: place)
        for (path, content) in files {
            let url = place.appendingPathComponent(path)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(content).write(to: url)
        }
        return try judge(folder: place.path, old: "old", growth: "growth")
    }

    /// What the verifier prints about an exported folder, and how it has grown.
    public func judge(folder place: String, old: String, growth: String) throws -> String {
        let arguments = ["vkey", "", old, growth].map { place + "/" + $0 }
        return try Self.run(folder.path + "/verify", arguments, [:]).text
    }

    /// What the verifier prints about an exported folder.
    public func judge(folder place: String) throws -> String {
        try Self.run(folder.path + "/verify", [place + "/vkey", place], [:]).text
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

    /// The verifier could not be compiled.
    struct BuildFailed: Error { let message: String }
}
