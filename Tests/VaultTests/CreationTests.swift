import Bytes
import Crypto
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite struct `A vault that is made` {
    private func create(
        _ folder: String, _ master: MasterKey, finishing: Bool, disk: any Disk = RealDisk()
    ) throws {
        try VaultFile.create(
            in: folder, origin: origin, master: master, capacity: 16, finishing: finishing,
            disk: disk)
    }

    @Test func `is made again after a crash at any step`() async throws {
        var steps = 0
        var hasCrashed = true
        while hasCrashed {
            for seed in 0..<6 as Range<UInt64> {
                try await withTemporaryFolder { folder in
                    hasCrashed = try crash(folder, after: steps, seed: seed)
                }
            }
            steps += 1
        }
        #expect(steps > 6, "there were steps to stop after")
    }

    private func crash(_ folder: String, after steps: Int, seed: UInt64) throws -> Bool {
        let master = try MasterKey(SecureRandom.bytes(32).span)
        let disk = CrashDisk(steps: steps)
        do { try create(folder, master, finishing: true, disk: disk) } catch {}
        if seed > 0 { try disk.cutPower(seed: seed) }
        // Also where the second try is cut short.
        let again = CrashDisk(steps: Int(seed))
        do { try create(folder, master, finishing: true, disk: again) } catch {}
        if seed > 0 { try again.cutPower(seed: seed + 100) }
        try create(folder, master, finishing: true)
        let box = VaultBox(folder: folder, master: master)
        let thandi = try box.open().mint("a")
        let status = try box.open().status()
        #expect(status.isHeaderWhole && status.free == 15 && status.damaged == 0)
        #expect(try box.open().person("a")?.secret == thandi.secret)
        return disk.hasCrashed
    }

    @Test func `stays as it is where the master key opens it, whatever it holds`() throws {
        try withVault { box in
            let thandi = try box.open().mint("a")
            let before = try box.bytes()
            try create(box.folder, box.master, finishing: true)
            #expect(try box.bytes() == before)
            #expect(throws: VaultError(.storage, "")) {
                try create(box.folder, box.master, finishing: false)
            }
            #expect(try box.open().person("a")?.secret == thandi.secret)
        }
    }

    @Test func `is never replaced where it holds a key`() throws {
        try withVault { box in
            try box.open().mint("a")
            let other = try MasterKey(SecureRandom.bytes(32).span)
            let file = try PositionedFile(path: box.path())
            for isDamaged in [false, true] {
                if isDamaged {
                    for place in [60, Layout.headerCopyAt + 60] {
                        try file.write([1, 2, 3].span, at: place)
                    }
                }
                let before = try box.bytes()
                for master in [other, box.master] where isDamaged || master.tag == other.tag {
                    for finishing in [false, true] {
                        #expect(throws: VaultError(.storage, "")) {
                            try create(box.folder, master, finishing: finishing)
                        }
                        #expect(try box.bytes() == before)
                    }
                }
            }
        }
    }

    @Test func `replaces one that holds nothing and that no ledger names`() throws {
        try withVault { box in
            let other = try MasterKey(SecureRandom.bytes(32).span)
            #expect(throws: VaultError(.storage, "")) {
                try create(box.folder, other, finishing: false)
            }
            try create(box.folder, other, finishing: true)
            _ = try box.open(masters: [other])
        }
    }
}
