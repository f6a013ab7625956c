import Foundation
import Testing

/// README says what is so.
@Suite struct `README` {
    @Test func `lists every command with what it does`() throws {
        let readme = try Checkout.read("README.md")
        let verbs = try Self.verbs()
        #expect(verbs.count > 15, "the reading of the verbs finds them")
        for verb in verbs {
            let row = readme.lines.first {
                $0.hasPrefix("| `ledger \(verb.name)`") || $0.hasPrefix("| `ledger \(verb.name) ")
            }
            let isThere = row?.hasSuffix("| \(verb.summary) |") ?? false
            #expect(isThere, "ledger \(verb.name): \(verb.summary)")
        }
    }

    @Test func `names the shipped policies and the shipped burst`() throws {
        let readme = try Checkout.read("README.md")
        for name in try Checkout.names(in: "Tests/Fixtures/policies") {
            #expect(readme.contains("Tests/Fixtures/policies/\(name)"), "\(name)")
        }
        #expect(readme.contains("Tests/Fixtures/burst-2025-10-01.ndjson"))
    }

    @Test func `holds the layout of the record as Events documents it`() throws {
        let readme = try Checkout.read("README.md")
        let umbrella = try Checkout.read("Sources/Events/Events.swift")
        let layout = umbrella.lines.drop { !$0.hasPrefix("/// offset size") }
            .prefix { $0 != "/// ```" }.map { String($0.dropFirst(4)) }
        #expect(layout.count > 20)
        #expect(readme.contains(layout.joined(separator: "\n")))
    }

    @Test func `names only files that are there`() throws {
        let readme = try Checkout.read("README.md")
        let starts = ["Sources/", "Tests/", "schemas/", "tools/"]
        let pieces = readme.split { " `()|,;:\n\"".contains($0) }
        for piece in pieces where starts.contains(where: piece.hasPrefix) {
            let path = piece.drop { $0 == "." }.trimmingCharacters(in: ["."])
            if path.contains("…") { continue }
            let url = Checkout.root.appendingPathComponent(path)
            #expect(FileManager.default.fileExists(atPath: url.path), "\(path)")
        }
    }

    /// Names and summaries of all verbs, from the files that declare them.
    private static func verbs() throws -> [(name: String, summary: String)] {
        let start = /Command(?:\.verb)?\(\s*"([a-z ]+)",\s*"([^"]+)"/
        let files =
            Checkout.swift(under: "Sources/LedgerCLI")
            + Checkout.swift(under: "Sources/CommandLineKit")
        return files.flatMap { file in
            file.text.matches(of: start).map { (String($0.output.1), String($0.output.2)) }
        }
    }
}
