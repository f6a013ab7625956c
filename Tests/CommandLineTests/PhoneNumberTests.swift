import Glibc
import PhoneNumbers
import Storage
import TestSupport
import Testing

/// Whether the library and what it needs are there.
private let isThere = (try? PhoneNumbers.load()) != nil

@Suite(.enabled(if: isThere, "libLedgerPhoneNumbers.so or libphonenumber8 is missing"))
struct `Telephone numbers` {
    @Test(arguments: [
        ("082 123 4567", "ZA"), ("0821234567", "ZA"), ("(082) 123-4567", "ZA"),
        ("+27 82 123 4567", nil), ("+27 (0)82 123 4567", nil), ("0027 82 123 4567", "ZA"),
        ("00 27 82 123 4567", "GB"), ("tel:+27-82-123-4567", nil),
    ])
    func `are read as people write them`(_ text: String, _ region: String?) {
        #expect(PhoneNumbers.e164(text, region: region) == "+27821234567")
    }

    @Test(arguments: [
        ("0821234567", nil), ("12", "ZA"), ("", "ZA"), ("DR1854951 done", "ZA"), ("ann", "ZA"),
        ("082 123 4567 ext 9", "ZA"), ("0821234567", "XX"), ("0821234567", ""), ("+", "ZA"),
        ("08212345678901234567", "ZA"), ("08\u{0}21234567", "ZA"),
    ])
    func `are not read out of anything else`(_ text: String, _ region: String?) {
        #expect(PhoneNumbers.e164(text, region: region) == nil)
    }

    @Test func `are of regions that are known`() throws {
        let numbers = try PhoneNumbers.load()
        #expect(numbers.knows(region: "ZA"))
        #expect(!numbers.knows(region: "XX"))
        #expect(!numbers.knows(region: "za?"))
        let reader = PhoneNumbers.reader(region: "GB")
        #expect(reader("020 7946 0018") == "+442079460018")
    }

    @Test func `are read from any thread, whatever they are`() async {
        let texts = ["082 123 4567", "\u{202A}+27 82 123 4567\u{202C}", "😀", "((((((", "+++1"]
        await withTaskGroup(of: String?.self) { group in
            for number in 0..<200 {
                group.addTask { PhoneNumbers.e164(texts[number % 5], region: "ZA") }
            }
            var read = 0
            for await number in group where number == "+27821234567" { read += 1 }
            #expect(read >= 40)
        }
    }
}

@Suite(.enabled(if: EndToEnd.isBuilt && isThere, "build the product ledger first"))
struct `The library for telephone numbers` {
    /// A copy of the program in a folder of its own, with the library beside it or not.
    private func program(in place: EndToEnd.Place, withLibrary: Bool) throws -> String {
        let folder = place.folder + "/bin"
        try Folder.create(folder)
        let files = withLibrary ? ["ledger", "libLedgerPhoneNumbers.so"] : ["ledger"]
        let own = Folder.parent(of: try #require(EndToEnd.binary))
        for file in files {
            let done = shell("cp '\(own)/\(file)' '\(folder)/\(file)' && echo done")
            try #require(done == "done\n")
        }
        return folder + "/ledger"
    }

    private func withNumber(_ body: (EndToEnd.Place) throws -> Void) async throws {
        try await EndToEnd.withPlace(development: true) { place in
            let line = EndToEnd.event(
                "1", time: "2025-10-01T09:00:00Z",
                data: "\"person\":\"+27821234567\",\"text\":\"hello\"")
            #expect(try place.run("append", try place.file("lines", line)).code == 0)
            let policy = try place.file("policy.yaml", "people:\n  region: ZA\n")
            let applied = try place.run("policy", "apply", policy, "--by", "ann", "--why", "x")
            #expect(applied.code == 0, "\(applied.err)")
            try body(place)
        }
    }

    @Test func `goes with the program, wherever it is copied to`() async throws {
        try await withNumber { place in
            let program = try program(in: place, withLibrary: true)
            let shown = shell(
                "'\(program)' --ledger '\(place.ledger)' person show '082 123 4567'")
            #expect(shown.contains("read 082 123 4567 as +27821234567"), "\(shown)")
            #expect(shown.contains("What is held of +27821234567"), "\(shown)")
            let erased = shell(
                "'\(program)' --ledger '\(place.ledger)' erase 0821234567 --by ann "
                    + "--why asked; echo $?")
            #expect(erased.hasSuffix("\n0\n"), "\(erased)")
            let events = try place.run("events", "--json").out
            #expect(!events.contains("hello") && !events.contains("821234567"), "\(events)")
        }
    }

    @Test func `says what to install where it is missing, and all else goes on`() async throws {
        try await withNumber { place in
            let program = try program(in: place, withLibrary: false)
            let run = "'\(program)' --ledger '\(place.ledger)' person show"
            let missing = shell("{ \(run) '082 123 4567'; echo $?; }")
            #expect(missing.contains("install libphonenumber8"), "\(missing)")
            #expect(missing.contains("nobody with the alias 082 123 4567"), "\(missing)")
            #expect(missing.hasSuffix("\n1\n"), "\(missing)")
            let known = shell("{ \(run) '+27 82 123 4567'; echo $?; }")
            #expect(known.contains("What is held of") && known.hasSuffix("\n0\n"), "\(known)")
        }
    }

    @Test func `is none that the program needs to start`() {
        let needed = shell("readelf -d '\(EndToEnd.binary ?? "")'")
        #expect(needed.contains("NEEDED"))
        for name in ["phonenumber", "libicu", "protobuf", "PhoneNumbers"] {
            #expect(!needed.contains(name), "\(name)")
        }
    }
}
