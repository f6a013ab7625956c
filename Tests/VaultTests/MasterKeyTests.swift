import Bytes
import Crypto
import Glibc
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite(.tags(.memory)) struct `A master key` {
    @Test func `is made once, for its owner alone, and read again`() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/keys/deep/origin.key"
            try create(path, ledger: folder + "/ledger")
            #expect(PositionedFile.access(of: path)?.mode == 0o600)
            #expect(Folder.size(of: path) == 32)
            let key = try read(path, ledger: folder + "/ledger")
            #expect(try read(path, ledger: folder + "/ledger").tag == key.tag)
            #expect(throws: VaultError(.masterKey, "")) {
                try create(path, ledger: folder + "/ledger")
            }
            #expect(try read(path, ledger: folder + "/ledger").tag == key.tag)
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620, 0o777] as [UInt32])
    func `is refused where others may read or write it`(mode: UInt32) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/key"
            try create(path, ledger: folder + "/ledger")
            chmod(path, mode)
            let error = #expect(throws: VaultError.self) {
                try read(path, ledger: folder + "/ledger")
            }
            #expect(error?.code == .masterKey)
            #expect(error?.message.contains("chmod 600 \(path)") == true)
        }
    }

    @Test func `is refused where it is missing, of another size, or overwritten`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = folder + "/ledger"
            let path = folder + "/key"
            #expect(throws: VaultError(.masterKey, "")) { try read(path, ledger: ledger) }
            #expect(throws: VaultError(.masterKey, "")) { try read(folder, ledger: ledger) }
            for bytes in [[], [UInt8](repeating: 1, count: 31), [UInt8](repeating: 1, count: 33)] {
                try Descriptor.create(path, bytes)
                let error = #expect(throws: VaultError.self) { try read(path, ledger: ledger) }
                #expect(error?.message.contains("has \(bytes.count) bytes") == true)
            }
            try Descriptor.create(path, [UInt8](repeating: 0, count: 32))
            #expect(throws: VaultError(.masterKey, "")) { try read(path, ledger: ledger) }
        }
    }

    @Test func `is finished where its making was cut short, and nowhere else`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = folder + "/ledger"
            let path = folder + "/key"
            #expect(try state(path) == .missing)
            let zeroes = [UInt8](repeating: 0, count: 32)
            for bytes in [[], [1], [UInt8](repeating: 7, count: 31), zeroes] {
                try Descriptor.create(path, bytes)
                chmod(path, 0o644)
                #expect(try state(path) == .cutShort)
                #expect(throws: VaultError(.masterKey, "")) { try create(path, ledger: ledger) }
                chmod(path, 0o600)
                try create(path, ledger: ledger)
                #expect(try state(path) == .whole)
                let tag = try read(path, ledger: ledger).tag
                #expect(throws: VaultError(.masterKey, "")) { try create(path, ledger: ledger) }
                #expect(try read(path, ledger: ledger).tag == tag)
                try Folder.remove(path)
            }
            // What a rotation overwrote is not a key that was never made.
            try Descriptor.create(path, zeroes)
            try create(MasterKey.nextPath(path), ledger: ledger)
            #expect(try state(path) == .whole)
            #expect(throws: VaultError(.masterKey, "")) { try create(path, ledger: ledger) }
        }
    }

    @Test func `is made by one of several that make it at once`() async throws {
        try await withTemporaryFolder { folder in
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (try? create(folder + "/key", ledger: folder + "/ledger")) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            _ = try read(folder + "/key", ledger: folder + "/ledger")
        }
    }

    @Test func `is refused inside the ledger, also through a link`() async throws {
        try await withTemporaryFolder { folder in
            let ledger = folder + "/ledger"
            try Folder.create(ledger)
            try Folder.create(ledger + "/keys")
            #expect(throws: VaultError(.masterKey, "")) {
                try create(ledger + "/keys/key", ledger: ledger)
            }
            #expect(Folder.names(in: ledger + "/keys") == [])
            try Descriptor.create(ledger + "/keys/key", [UInt8](repeating: 1, count: 32))
            try #require(symlink(ledger + "/keys/key", folder + "/file") == 0)
            try #require(symlink(ledger + "/keys", folder + "/folder") == 0)
            for path in ["/ledger/keys/key", "/file", "/folder/key"] {
                #expect(throws: VaultError(.masterKey, ""), "\(path)") {
                    try read(folder + path, ledger: ledger)
                }
            }
            // A folder whose name only begins like the ledger's is another folder.
            try create(folder + "/ledger-keys/key", ledger: ledger)
            _ = try read(folder + "/ledger-keys/key", ledger: ledger)
        }
    }

    @Test func `is replaced by the next one at every step or not at all`() async throws {
        for steps in 0..<6 {
            try await withTemporaryFolder { folder in
                let ledger = folder + "/ledger"
                let path = folder + "/key"
                try create(path, ledger: ledger)
                try create(MasterKey.nextPath(path), ledger: ledger)
                let next = try read(MasterKey.nextPath(path), ledger: ledger)
                #expect(try candidates(path, ledger: ledger).count == 2)
                do { try MasterKey.promote(path, on: CrashDisk(steps: steps)) } catch {}
                let keys = try candidates(path, ledger: ledger)
                #expect(keys.contains { $0.tag == next.tag }, "after \(steps) steps")
                try MasterKey.promote(path, on: RealDisk())
                #expect(try read(path, ledger: ledger).tag == next.tag)
                #expect(!Folder.exists(MasterKey.nextPath(path)))
            }
        }
    }

    @Test func `comes from a command, in hexadecimal digits or in base64`() throws {
        let bytes = SecureRandom.bytes(32)
        let tag = try MasterKey(bytes.span).tag
        for text in [
            bytes.span.hex, "\n \(bytes.span.hex.uppercased())\n", Base64.text(bytes.span),
        ] {
            #expect(try ask(["/bin/echo", text]).tag == tag)
        }
    }

    @Test(arguments: [
        (["/bin/echo", "abc"], "did not answer with 32 bytes"),
        (["/bin/echo", String(repeating: "g", count: 64)], "did not answer with 32 bytes"),
        (["/bin/echo"], "did not answer with 32 bytes"),
        (["/bin/sh", "-c", "exit 3"], "ended with code 3"),
        (["/bin/sh", "-c", "yes | head -c 100000"], "more than 256 bytes"),
        (["/bin/sleep", "30"], "longer than 1 seconds"),
        (["/bin/sh", "-c", "exec >&-; exec sleep 30"], "longer than 1 seconds"),
        (["/no/such/program"], "no such file"), (["echo"], "whole path"), ([], "whole path"),
    ])
    func `is refused with what the command did instead`(command: [String], reason: String) {
        let error = #expect(throws: VaultError.self) { try ask(command) }
        #expect(error?.code == .masterKey)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
    }

    // What may block is kept out of asynchronous code.
    private func create(_ path: String, ledger: String) throws {
        try MasterKey.create(path, outside: ledger)
    }

    private func read(_ path: String, ledger: String) throws -> MasterKey {
        try MasterKey.read(path, outside: ledger)
    }

    private func state(_ path: String) throws -> MasterKey.FileState {
        try MasterKey.state(of: path)
    }

    private func candidates(_ path: String, ledger: String) throws -> [MasterKey] {
        try MasterKey.candidates(path, outside: ledger)
    }

    private func ask(_ command: [String]) throws -> MasterKey {
        try MasterKey.ask(command, seconds: 1)
    }
}
