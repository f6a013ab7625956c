import Foundation

/// The files of this package, found from where this file was compiled.
enum Checkout {
    /// The folder that holds Package.swift.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().resolvingSymlinksInPath()

    /// What a Swift file is called, from the root, and what it says.
    struct File {
        let path: String
        let text: String
        /// The text with comments and strings blanked.
        let code: String
    }

    /// All Swift files of Sources and Tests.
    static let swift: [File] = ["Sources", "Tests"].flatMap { files(under: $0) }
        .filter { $0.hasSuffix(".swift") }
        .compactMap { path in
            // A file that vanished since the folder was listed is nobody's any more.
            guard let text = try? read(path) else { return nil }
            return File(path: path, text: text, code: SwiftCode.blanked(text))
        }

    /// Swift files under `folder`, a path from the root.
    static func swift(under folder: String) -> [File] {
        swift.filter { $0.path.hasPrefix(folder + "/") }
    }

    /// The text of a file, by its path from the root.
    static func read(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }

    /// Paths of all files under `folder`, sorted, without those that Python leaves behind.
    static func files(under folder: String) -> [String] {
        let base = root.appendingPathComponent(folder)
        let names = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return (names ?? []).sorted().filter { !$0.contains("__pycache__") }
            .map { folder + "/" + $0 }.filter { !isFolder($0) }
    }

    /// Names in `folder`, a path from the root; "." is the root.
    static func names(in folder: String) throws -> [String] {
        let path = root.appendingPathComponent(folder).path
        return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        let path = root.appendingPathComponent(path).path
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
            && isFolder.boolValue
    }
}

extension StringProtocol {
    /// The lines, without their ends.
    var lines: [SubSequence] { split(separator: "\n", omittingEmptySubsequences: false) }

    /// Identifiers and keywords.
    var words: [SubSequence] {
        split { !($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
