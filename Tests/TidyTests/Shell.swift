import Foundation

/// Runs bash, as the tests of scripts and of README do.
enum Shell {
    /// What a run left behind.
    struct Answer {
        let code: Int32
        /// What it wrote to both of its outputs, in order.
        let text: String
    }

    /// Runs a script with arguments; `$0` is the first of them.
    static func run(
        _ script: String, _ arguments: [String] = [], in folder: URL? = nil,
        environment: [String: String]? = nil
    ) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script] + arguments
        process.currentDirectoryURL = folder
        if let environment { process.environment = environment }
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Answer(
            code: process.terminationStatus, text: String(decoding: bytes, as: UTF8.self))
    }
}
