import Testing

/// Arrows between rooms point one way, and only some rooms may do dangerous things.
@Suite struct `The rooms` {
    @Test func `import what the table allows and nothing else`() throws {
        for (room, allowed) in Rooms.imports {
            let allowed = Set(allowed).union(Rooms.toolchain[room] ?? [])
            for (file, module) in Self.imports(in: room) {
                #expect(allowed.contains(module), "\(file) imports \(module)")
            }
        }
    }

    @Test func `import only rooms that stand above them`() {
        var known: Set<String> = []
        for (room, allowed) in Rooms.imports {
            for name in allowed where Rooms.imports.contains(where: { $0.room == name }) {
                #expect(known.contains(name), "\(room) imports \(name)")
            }
            known.insert(room)
        }
    }

    @Test func `are those of the folder Sources`() throws {
        let doors = try Checkout.names(in: "Sources").filter { name in
            Checkout.swift(under: "Sources/\(name)").isEmpty
        }
        #expect(doors.allSatisfy { $0.hasPrefix("C") }, "a folder without Swift is a door to C")
        let rooms = Set(try Checkout.names(in: "Sources")).subtracting(doors)
        #expect(rooms == Set(Rooms.imports.map(\.room)))
    }

    @Test func `are those of Package swift, with the same imports`() throws {
        let package = try Checkout.read("Package.swift").filter { !$0.isWhitespace }
        for (room, allowed) in Rooms.imports {
            let list = allowed.map { "\"\($0)\"" }.joined(separator: ",")
            let spellings =
                allowed.isEmpty
                ? ["room(\"\(room)\")"]
                : [
                    "room(\"\(room)\",[\(list)])", "room(\"\(room)\",[\(list),])",
                    "name:\"\(room)\",dependencies:[\(list),],",
                ]
            #expect(spellings.contains(where: package.contains), "\(room)")
        }
    }

    @Test func `are those of README, with the same imports`() throws {
        let readme = try Checkout.read("README.md")
        for (room, allowed) in Rooms.imports {
            let row = try #require(readme.lines.first { $0.hasPrefix("| `\(room)` |") }, "\(room)")
            let cell = row.split(separator: "|").last.map(String.init) ?? ""
            #expect(Set(cell.words.map(String.init)) == Set(allowed), "\(room)")
        }
    }

    @Test func `explain themselves in an umbrella file`() throws {
        for (room, _) in Rooms.imports {
            let umbrella = Checkout.swift(under: "Sources/\(room)").first { file in
                ["\(room).swift", "\(room)Room.swift"].contains { file.path.hasSuffix("/" + $0) }
                    && file.text.hasPrefix("/// ")
            }
            let text = try #require(umbrella, "\(room) has no umbrella file").text
            #expect(text.contains("\n/// # Basics\n"), "\(room)")
            #expect(text.contains("\n/// # Caveats\n"), "\(room)")
        }
    }

    @Test func `say unsafe only where there is a door to C`() {
        for file in Checkout.swift(under: "Sources") where !Rooms.unsafe.contains(Self.room(file)) {
            for (index, line) in file.code.lines.enumerated() {
                let isUnsafe = line.words.contains { $0 == "unsafe" || $0.hasPrefix("Unsafe") }
                #expect(!isUnsafe, "\(file.path):\(index + 1)")
            }
        }
    }

    @Test func `do without Foundation`() {
        for (room, _) in Rooms.imports {
            for (file, module) in Self.imports(in: room) {
                #expect(!module.hasPrefix("Foundation"), "\(file)")
            }
        }
    }

    @Test(arguments: Rooms.pure)
    func `that are pure have no clock, no files and no chance of their own`(room: String) {
        let forbidden: Set<Substring> = [
            "SystemClock", "ContinuousClock", "SuspendingClock", "Date", "sleep", "Descriptor",
            "Folder", "FileLock", "shim_open", "fopen", "getenv", "environ", "print", "readLine",
            "SystemRandomNumberGenerator", "randomElement", "shuffled", "Task", "Thread",
        ]
        for file in Checkout.swift(under: "Sources/\(room)") {
            for (index, line) in file.code.lines.enumerated() {
                let found = line.words.filter(forbidden.contains)
                #expect(found.isEmpty, "\(file.path):\(index + 1) says \(found)")
                #expect(!line.contains(".random("), "\(file.path):\(index + 1)")
            }
        }
    }

    /// Every import of a room: the file and the module.
    private static func imports(in room: String) -> [(file: String, module: String)] {
        Checkout.swift(under: "Sources/\(room)").flatMap { file in
            file.code.lines.compactMap { line -> (String, String)? in
                let words = line.words
                guard let place = words.firstIndex(of: "import"), place + 1 < words.count else {
                    return nil
                }
                return (file.path, String(words[place + 1]))
            }
        }
    }

    private static func room(_ file: Checkout.File) -> String {
        String(file.path.split(separator: "/")[1])
    }
}
