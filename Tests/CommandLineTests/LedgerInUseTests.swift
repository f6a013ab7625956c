import Events
import Glibc
import Storage
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The ledger in use` {
    /// Runs the binary in a folder, by a shell, with the user's configuration in `home`.
    private func run(
        _ words: String, in folder: String, home: String, _ environment: [String: String] = [:]
    ) throws -> Finished {
        let binary = Folder.canonical(try #require(EndToEnd.binary))
        var all = ["HOME": home, "XDG_CONFIG_HOME": "", "LEDGER_DIR": ""]
        all.merge(environment) { $1 }
        return try EndToEnd.run(
            ["-c", "cd '\(folder)' && exec '\(binary)' \(words)"], environment: all,
            program: "/bin/sh")
    }

    /// A folder with `work/deep`, `home`, and ledgers that are named after their place.
    private func withFolders(
        _ ledgers: [String], _ body: (String) throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            for name in ["work", "work/deep", "home", "home/.config", "home/.config/ledger"] {
                try Folder.create(folder + "/" + name)
            }
            for ledger in ledgers {
                let name = "test.example/" + ledger.replacing("/", with: "-")
                let made = try EndToEnd.run(
                    ["--ledger", folder + "/" + ledger, "init", "--name", name, "--quiet"])
                #expect(made.code == 0, "\(made.err)")
            }
            try body(Folder.canonical(folder))
        }
    }

    private func put(_ text: String, _ path: String) throws {
        try Descriptor.create(path, Array(text.utf8))
    }

    @Test func `is found by an option, a variable, a file, its name, the configuration`()
        async throws
    {
        try await withFolders(["a", "b", "work/c", "work/ledger-data", "home/d"]) { folder in
            let (work, home) = (folder + "/work", folder + "/home")
            let config = home + "/.config/ledger/config.yaml"
            func found(
                _ option: String = "", in place: String, _ environment: [String: String] = [:]
            ) throws -> [String?] {
                let status = try run(
                    "\(option) status --json", in: place, home: home, environment)
                let answer = status.json.first
                return [answer?["origin"]?.text, answer?["found_by"]?.text]
            }
            // From the last to the first.
            try put("ledger: ~/d\n", config)
            #expect(try found(in: folder) == ["test.example/home-d", config])
            try put("ledger: \(folder)/home/d\n", config)
            #expect(try found(in: work + "/deep") == ["test.example/home-d", config])
            #expect(try found(in: work) == ["test.example/work-ledger-data", "./ledger-data"])
            try put("c\n", work + "/.ledger")
            for place in [work, work + "/deep"] {
                #expect(try found(in: place) == ["test.example/work-c", work + "/.ledger"])
            }
            try put("../../a", work + "/deep/.ledger")
            #expect(try found(in: work + "/deep") == ["test.example/a", work + "/deep/.ledger"])
            let named = ["LEDGER_DIR": folder + "/b"]
            #expect(try found(in: work, named) == ["test.example/b", "LEDGER_DIR"])
            #expect(
                try found("--ledger ../a", in: work, named) == ["test.example/a", "--ledger"])
            let told = try run("status", in: work, home: home)
            #expect(told.out.contains("found by      \(work)/.ledger"), "\(told.out)")
        }
    }

    @Test func `is no ledger where none is named, and init alone makes one`() async throws {
        try await withFolders(["a"]) { folder in
            let (work, home) = (folder + "/work", folder + "/home")
            for verb in ["status", "ask --chat 1@g.us", "stop --by ann", "append -", "verify"] {
                let missing = try run(verb, in: work, home: home)
                #expect(missing.code == 66, "\(verb): \(missing)")
                #expect(missing.err.contains("no ledger is named"), "\(missing.err)")
            }
            #expect(Folder.names(in: work) == ["deep"], "nothing is made by the way")
            // What a file names is for those who use it; a new ledger lies here.
            try put("../a", work + "/.ledger")
            let made = try run("init --quiet", in: work, home: home)
            #expect(made.code == 0 && Folder.exists(work + "/ledger-data/log"), "\(made.err)")
        }
    }

    @Test func `is refused where the file that names it is not to be trusted, or says nothing`()
        async throws
    {
        try await withFolders(["a"]) { folder in
            let (work, home) = (folder + "/work", folder + "/home")
            for text in ["", "a\nb\n"] {
                try put(text, work + "/.ledger")
                let refused = try run("status", in: work, home: home)
                #expect(refused.code == 1 && refused.err.contains("lines"), "\(refused.err)")
            }
            try put("../a", work + "/.ledger")
            #expect(try run("status", in: work, home: home).code == 0)
            try put("ledger: [a]\n", home + "/.config/ledger/config.yaml")
            let wrong = try run("status", in: folder, home: home)
            #expect(wrong.code == 1 && wrong.err.contains("takes the path"), "\(wrong.err)")
            // Only root gives files away.
            guard geteuid() == 0 else { return }
            #expect(chown(work + "/.ledger", 12_345, 12_345) == 0)
            let foreign = try run("status", in: work + "/deep", home: home)
            #expect(foreign.code == 1)
            #expect(foreign.err.contains("belongs to another user"), "\(foreign.err)")
        }
    }
}
