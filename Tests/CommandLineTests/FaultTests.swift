import Events
import Glibc
import Testing
import TestSupport

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `A ledger in trouble` {
    @Test func `refuses a second init`() async throws {
        try await EndToEnd.withPlace { place in
            let again = try place.run("init", "--json")
            #expect(again.code == 1)
            #expect(again.json[0]["error"]?["code"]?.text == "exists")
        }
    }

    @Test func `refuses a folder without a ledger, and a name with a space`() async throws {
        try await withTemporaryFolder { folder in
            let place = EndToEnd.Place(folder: folder)
            let missing = try place.run("status")
            #expect(missing.code == 66)
            #expect(try place.run("stop").code == 66)
            #expect(try place.run("verify").code == 66)
            #expect(try place.run("ask", "--chat", "c").code == 66)
            #expect(missing.err.contains("init"), "\(missing.err)")
            #expect(try place.run("init", "--name", "a b").code == 1)
        }
    }

    @Test func `tells a folder that is hidden from one without a ledger`() async throws {
        guard geteuid() == 0 else { return print("skipped: only root may become somebody else") }
        try await EndToEnd.withPlace { place in
            chmod(place.folder, 0o755)
            let binary = try #require(EndToEnd.binary)
            for verb in ["status", "ask", "stop"] {
                let result = try EndToEnd.run(
                    ["--reuid=65534", "--clear-groups", binary, "--ledger", place.ledger, verb],
                    program: "/usr/bin/setpriv")
                #expect(result.code == 1, "\(verb): \(result.err)")
                #expect(result.err.contains("cannot be looked into"), "\(verb): \(result.err)")
                #expect(!result.err.contains("init"), "\(verb): \(result.err)")
            }
        }
    }

    @Test func `rebuilds views that are missing`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            _ = try place.run("append", place.file("e", EndToEnd.event("a")))
            remove(folder: place.ledger + "/views")
            let status = try place.run("status")
            #expect(status.code == 0, "\(status.err)")
            #expect(status.err.contains("rebuilding the views"), "\(status.err)")
            #expect(try place.run("state", "subjects", "--json").json.count == 1)
        }
    }

    @Test func `tells a truncated file without dying of it`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            let lines = (0..<5_000).map { EndToEnd.event("m\($0)") }
            _ = try place.run("append", place.file("e", lines.joined(separator: "\n")))
            let data = place.ledger + "/log/data.mdb"
            #expect(truncate(data, 16_384) == 0)
            for verb in ["status", "verify", "events"] {
                let result = try place.run(verb)
                #expect(result.code == 1, "\(verb): \(result.code)")
                #expect(result.err.contains(/truncated|is missing/), "\(result.err)")
            }
        }
    }

    @Test func `finds a flipped bit, and returns it to nobody`() async throws {
        try await EndToEnd.withPlace(onDisk: true) { place in
            _ = try place.run(
                "append", place.file("e", EndToEnd.event("a", data: "\"role\":\"NEEDLE\"")))
            #expect(flip("NEEDLE", in: place.ledger + "/log/data.mdb"))
            let verified = try place.run("verify", "--json")
            #expect(verified.code == 1)
            #expect(verified.json[0]["faults"]?.elements.first?["position"]?.integer == 0)
            let read = try place.run("events")
            #expect(read.code == 1)
            #expect(read.err.contains("position 0 is damaged"), "\(read.err)")
            #expect(read.out.isEmpty)
            #expect(try place.run("doctor").code == 1)
        }
    }

    @Test func `is well until something is wrong`() async throws {
        try await EndToEnd.withPlace { place in
            let well = try place.run("doctor", "--json")
            #expect(well.json.allSatisfy { $0["ok"]?.flag == true || $0["check"]?.text == "disk" })
            chmod(place.ledger, 0o755)
            let open = try place.run("doctor", "--json")
            #expect(open.code == 1)
            var faults: [String] = []
            for check in open.json where check["ok"] == .flag(false) {
                faults.append(check["check"]?.text ?? "")
            }
            #expect(faults.filter { $0 != "disk" } == ["permissions"], "\(open.out)")
        }
    }

    @Test func `says that its folder may not be written, and is read all the same`() async throws {
        try await EndToEnd.withPlace { place in
            _ = try place.run("append", place.file("first", EndToEnd.event("first")))
            #expect(try place.run("checkpoint").code == 0)
            guard let mount = ReadOnly(place.ledger) else {
                print("skipped: this machine lets the tests mount nothing and is run as root")
                return
            }
            defer { mount.undo() }
            let result = try place.run("append", place.file("e", EndToEnd.event("a")))
            #expect(result.code == 1)
            #expect(result.err.contains("check the owner and mode"), "\(result.err)")
            // Whoever looks can: an image of a disk, or a disk that the system froze.
            guard geteuid() == 0 else { return }
            #expect(result.err.contains("read-only"), "\(result.err)")
            for words in [
                ["status"], ["events"], ["verify"], ["doctor", "--quick"], ["state", "subjects"],
            ] {
                let read = try EndToEnd.run(["--ledger", place.ledger] + words)
                #expect(read.code == 0 || words[0] == "doctor", "\(words): \(read.out)\(read.err)")
                // `verify` builds views to compare, for which there is no place.
                let isSaid = read.err.hasPrefix("the views were not compared")
                #expect(
                    words[0] == "verify" ? isSaid : !read.err.contains("ead-only"),
                    "\(words): \(read.err)")
            }
            #expect(try place.run("events", "--json").lines.count == 1)
        }
    }

    @Test func `survives a full disk with all that it acknowledged`() async throws {
        try await withTemporaryFolder { folder in
            guard mount("tmpfs", folder, "tmpfs", 0, "size=2m") == 0 else {
                print("skipped: this machine lets the tests mount nothing")
                return
            }
            defer { umount2(folder, Int32(MNT_DETACH)) }
            let place = EndToEnd.Place(folder: folder)
            #expect(try place.run("init", "--quiet").code == 0)
            let text = String(repeating: "x", count: 4_000)
            let lines = (0..<600).map { EndToEnd.event("m\($0)", data: "\"text\":\"\(text)\"") }
            let result = try place.run("append", "-", input: lines.joined(separator: "\n"))
            #expect(result.lines.count == 600)
            let kept = result.json.filter { $0["position"] != nil }.count
            let failed = result.json.first { $0["error"] != nil }?["error"]
            #expect(failed?["message"]?.text?.contains("disk is full") == true, "\(failed as Any)")
            #expect(try place.count() >= kept)
            // Views are built beside the others, where there is no room: a sentence, and no signal.
            let rebuilt = try place.run("rebuild")
            #expect(rebuilt.code == 1 && rebuilt.err.contains("disk is full"), "\(rebuilt)")
            #expect(try place.run("verify").code == 0)
        }
    }

    // MARK: - Helpers

    private func remove(folder: String) {
        var process = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = [
            strdup("/bin/rm"), strdup("-rf"), strdup(folder), nil,
        ]
        posix_spawn(&process, "/bin/rm", nil, nil, &words, environ)
        waitpid(process, nil, 0)
        for word in words { free(word) }
    }

    /// Flips one bit of each place where a file holds a text.
    private func flip(_ text: String, in path: String) -> Bool {
        let descriptor = open(path, O_RDWR)
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = read(descriptor, &bytes, bytes.count)
        let wanted = Array(text.utf8)
        var found = false
        for at in 0..<max(0, count - wanted.count)
        where Array(bytes[at..<at + wanted.count]) == wanted {
            var byte = bytes[at] ^ 1
            found = pwrite(descriptor, &byte, 1, off_t(at)) == 1 || found
        }
        return found
    }
}

/// A folder that cannot be written while this lives.
private struct ReadOnly {
    private let path: String

    /// By its mode; for root, whom modes do not stop, by a read-only mount.
    init?(_ path: String) {
        self.path = path
        guard geteuid() == 0 else {
            chmod(path + "/log", 0o500)
            chmod(path + "/log/data.mdb", 0o400)
            return
        }
        guard mount(path, path, nil, UInt(MS_BIND), nil) == 0 else { return nil }
        let flags = UInt(MS_BIND | MS_REMOUNT | MS_RDONLY)
        guard mount(nil, path, nil, flags, nil) == 0 else {
            umount2(path, Int32(MNT_DETACH))
            return nil
        }
    }

    func undo() {
        if geteuid() == 0 {
            umount2(path, Int32(MNT_DETACH))
        } else {
            chmod(path + "/log", 0o700)
        }
    }
}
