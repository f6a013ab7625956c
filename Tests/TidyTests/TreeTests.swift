import Foundation
import Testing

/// What lies where in the checkout.
@Suite struct `The checkout` {
    @Test func `holds nothing at its top that is not part of the package`() throws {
        let allowed: Set<String> = [
            "Package.swift", "Sources", "Tests", "schemas", "tools", "README.md", "LICENSE",
        ]
        let ignored = try Checkout.read(".gitignore").lines.map {
            $0.trimmingCharacters(in: ["/"])
        }
        let names = try Checkout.names(in: ".").filter { !$0.hasPrefix(".") }
        #expect(Set(names).subtracting(ignored) == allowed)
    }

    @Test func `holds a schema, an example and a golden record for every event type`() throws {
        let types = try Self.eventTypes()
        #expect(types.count > 50, "the reading of EventType.swift finds the types")
        let versions = Self.stems("schemas/events", ".json")
        #expect(Set(types.map { $0 + ".v1" }).isSubset(of: versions))
        #expect(versions == Self.stems("Tests/Fixtures/events", ".json"))
        #expect(versions == Self.stems("Tests/Fixtures/events/golden", ".hex"))
    }

    @Test func `holds only scripts that can be run and that bash can read`() throws {
        for path in Checkout.files(under: "tools") + Checkout.files(under: ".ci") {
            let text = try Checkout.read(path)
            let url = Checkout.root.appendingPathComponent(path)
            let isExecutable = FileManager.default.isExecutableFile(atPath: url.path)
            #expect(isExecutable == text.hasPrefix("#!"), "\(path)")
            guard text.hasPrefix("#!/usr/bin/env bash") || path.hasSuffix(".bash") else { continue }
            let answer = try Shell.run("bash -n \"$0\"", [url.path])
            #expect(answer.code == 0, "\(path): \(answer.text)")
        }
    }

    @Test func `installs every Debian package that Package swift names`() throws {
        let package = try Checkout.read("Package.swift")
        let names = package.matches(of: /apt: "([^"]+)"/).map { $0.output.1 }
        #expect(names.count >= 5)
        let setup = try Checkout.read("tools/setup").split { " ()\n".contains($0) }
        for name in names { #expect(setup.contains(name), "\(name)") }
    }

    @Test func `names no folder of the machine that it was written on`() throws {
        let home = Checkout.root.path
        let parent = Checkout.root.deletingLastPathComponent().path
        // Where many things lie, the name of the folder says nothing of this machine.
        let common = ["/", "/tmp", "/root", "/home", "/opt", "/srv", "/usr/src", "/var/tmp"]
        let names = common.contains(parent) ? [home] : [home, parent]
        for path in ["Sources", "Tests", "schemas", "tools", ".ci"].flatMap(Checkout.files(under:))
        {
            guard let text = try? Checkout.read(path) else { continue }
            for name in names { #expect(!Self.mentions(text, name), "\(path) names \(name)") }
        }
        for path in ["README.md", "Package.swift", ".gitignore"] {
            let text = try Checkout.read(path)
            for name in names { #expect(!Self.mentions(text, name), "\(path) names \(name)") }
        }
    }

    /// Whether a path that begins with `folder` stands in the text.
    private static func mentions(_ text: String, _ folder: String) -> Bool {
        var rest = text[...]
        while let range = rest.range(of: folder + "/") {
            let before = rest[..<range.lowerBound].last
            if before.map({ !$0.isLetter && !$0.isNumber && !"._-~}".contains($0) }) ?? true {
                return true
            }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// `message.received` and its like, from the cases of EventType.
    private static func eventTypes() throws -> [String] {
        let code = SwiftCode.blanked(try Checkout.read("Sources/Events/EventType.swift"))
        guard let begin = code.range(of: "enum EventType") else { return [] }
        let body = code[begin.upperBound...]
        let cases = body.lines.prefix { !$0.contains("public var") && !$0.contains("public init") }
            .filter { $0.words.first == "case" }
        return cases.flatMap { $0.words.dropFirst() }.filter { $0.first?.isLetter == true }.map {
            var name = ""
            for letter in $0 {
                if letter.isUppercase, !name.contains(".") { name += "." }
                name += letter.lowercased()
            }
            return name
        }
    }

    /// Names of files in a folder that end so, without that end.
    private static func stems(_ folder: String, _ end: String) -> Set<String> {
        let names = (try? Checkout.names(in: folder)) ?? []
        return Set(names.filter { $0.hasSuffix(end) }.map { String($0.dropLast(end.count)) })
    }
}
