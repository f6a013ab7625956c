import Bytes
import Crypto
import Storage
import TestSupport
import Testing

@testable import Vault

/// Who has looked up little scans the file; who has looked up much has read all slots.
@Suite struct `A vault that was looked up little` {
    /// All that a vault says of a name.
    struct Answer: Equatable {
        var secret: [UInt8]?
        var flags: OwnerFlags?
        var isErased: Bool?
        var isLiving: Bool?
        var error: VaultError?

        init(_ vault: VaultFile, _ name: String) throws {
            do {
                let owner = try vault.person(name)
                secret = owner?.secret
                isLiving = try owner.map { owner in
                    let found = try vault.owner(id: owner.id).secret
                    #expect(found == secret)
                    return vault.isLiving(owner.id)
                }
            } catch { self.error = error as? VaultError }
            let found = vault.flags(alias: vault.alias(name))
            (flags, isErased) = (found?.flags, found?.isErased)
        }
    }

    static let names = (0..<12).map { "n\($0)" }

    /// The answers of vaults that scan, each for one name, and of one that read all slots.
    static func compare(_ box: VaultBox, _ place: String) throws {
        let whole = try box.open()
        try whole.readAll()
        for name in names {
            let scanning = try box.open()
            #expect(try Answer(scanning, name) == Answer(whole, name), "\(place), \(name)")
        }
        for count in 0..<20 {
            #expect(try box.open().hasRoom(for: count) == whole.hasRoom(for: count), "\(place)")
        }
        // The same, by one that goes over from scans to all slots on its way.
        let both = try box.open()
        for name in names { #expect(try Answer(both, name) == Answer(whole, name), "\(place)") }
        #expect(try both.status() == whole.status(), "\(place)")
    }

    /// Changes the vault by chance; answers whether it could.
    static func change(_ vault: VaultFile, _ chance: inout SeededGenerator) throws {
        let name = names.randomElement(using: &chance)!
        switch Int.random(in: 0..<6, using: &chance) {
        case 0: if let owner = try vault.person(name) { try vault.erase(owner) }
        case 1:
            if let owner = try vault.person(name) {
                try? vault.link(names.randomElement(using: &chance)!, to: owner)
            }
        case 2: try? vault.set(OwnerFlags(optOut: .random(in: 1...9, using: &chance)), name)
        default: try vault.mint(name)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `answers as one that has read all slots`(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        try withVault(capacity: 16) { box in
            for step in 0..<30 {
                let vault = try box.open()
                do {
                    try Self.change(vault, &chance)
                    // A second one by a process that knows the first.
                    try Self.change(vault, &chance)
                } catch let error as VaultError {
                    // Damaged slots are never given away, and no stranger is let in beside one.
                    #expect([.full, .damaged].contains(error.code), "seed \(seed)")
                }
                if step % 10 == 9 {
                    let slot = Int.random(in: 0..<16, using: &chance)
                    let file = try PositionedFile(path: box.path())
                    let at = Layout.slotAt(slot) + Int.random(in: 0..<128, using: &chance)
                    try file.write([try file.read(1, at: at)[0] ^ 0x41].span, at: at)
                }
                try Self.compare(box, "seed \(seed), step \(step)")
            }
        }
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `answers as one that has read all slots after a group that was cut short`(
        seed: UInt64
    ) throws {
        for steps in 0..<9 {
            var chance = SeededGenerator(seed: seed)
            try withVault(capacity: 16) { box in
                let owner = try box.open().mint("n0")
                try box.open().link("n1", to: owner)
                try box.open().mint("n2")
                let disk = CrashDisk(steps: steps)
                do {
                    try box.open(disk: disk).change { change throws(VaultError) in
                        let vault = try? box.open()
                        guard let vault else { return }
                        _ = try change.settle(.random(.person), alias: vault.alias("n3"))
                        try change.set(OwnerFlags(optOut: 2), alias: vault.alias("n2"))
                        if Bool.random(using: &chance) { _ = try change.erase(owner.id) }
                    }
                } catch {}
                if seed > 2 { try disk.cutPower(seed: seed) }
                try Self.compare(box, "seed \(seed), after \(steps) steps")
            }
        }
    }

    /// The same changes by one that scans and by one that has read all slots leave the same slots.
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `changes what one that has read all slots changes`(seed: UInt64) throws {
        try withVault(capacity: 16) { box in
            let other = VaultBox(folder: box.folder + "/other", master: box.master)
            try Folder.create(other.folder)
            try Descriptor.create(other.path(), try box.bytes())
            var chances = (SeededGenerator(seed: seed), SeededGenerator(seed: seed))
            for step in 0..<40 {
                let scanning = try box.open()
                let whole = try other.open()
                try whole.readAll()
                try Self.change(scanning, &chances.0)
                try Self.change(whole, &chances.1)
                let slots = try [box.open(), other.open(), scanning, whole].map { vault in
                    try vault.readAll().map { slot in
                        var slot = slot
                        // Ids are random.
                        slot.id = slot.id == .none ? .none : Fingerprint(of: "id")
                        return slot
                    }
                }
                #expect(slots.allSatisfy { $0 == slots[0] }, "seed \(seed), step \(step)")
            }
        }
    }

    @Test func `mints within one group what nobody minted before, and finds it again`() throws {
        try withVault(capacity: 16) { box in
            let vault = try box.open()
            let aliases = Self.names.map { vault.alias($0) }
            let first = try vault.change { change throws(VaultError) in
                let first = try change.settle(.random(.person), alias: aliases[0])
                let again = try change.settle(.random(.person), alias: aliases[0])
                #expect(first === again)
                try change.link(aliases[1], to: first.id)
                try change.set(OwnerFlags(optOut: 3), alias: aliases[1])
                return first
            }
            #expect(!vault.hasReadAll)
            // An erasure reads all slots, in the middle of a group.
            let other = try box.open()
            let count = try other.change { change throws(VaultError) in
                let third = try change.settle(.random(.person), alias: aliases[2])
                try change.link(aliases[3], to: third.id)
                let count = try change.erase(third.id)
                _ = try change.settle(.random(.person), alias: aliases[4])
                return count
            }
            #expect(count == 2 && other.hasReadAll)
            for vault in [vault, other, try box.open()] {
                try vault.refresh()
                #expect(try vault.person("n0")?.secret == first.secret)
                #expect(vault.flags(alias: aliases[1])?.flags.optOut == 3)
                #expect(vault.flags(alias: aliases[3])?.isErased == true)
                let status = try vault.status()
                #expect(status.persons == 2 && status.erased == 2 && status.free == 11)
            }
        }
    }

    @Test func `reads all slots once scanning has cost as much`() throws {
        try withVault(capacity: 64) { box in
            let vault = try box.open()
            try vault.mint("a")
            #expect(vault.hasRoom(for: 2))
            // What was found is not looked for again.
            for _ in 0..<100 { #expect(try vault.person("a") != nil) }
            #expect(!vault.hasReadAll)
            for index in 0..<VaultState.scansMax { _ = try vault.person("b\(index)") }
            #expect(vault.hasReadAll)
        }
    }

    @Test func `forgets what it found when others have changed something`() throws {
        try withVault(capacity: 16) { box in
            let (one, two) = (try box.open(), try box.open())
            let thandi = try one.mint("a")
            #expect(try two.person("a")?.secret == thandi.secret)
            #expect(try two.person("b") == nil)
            #expect(two.hasRoom(for: 15) && !two.hasRoom(for: 16))
            try one.erase(thandi)
            let sipho = try one.mint("b")
            #expect(two.isLiving(thandi.id))
            try two.refresh()
            #expect(!two.isLiving(thandi.id))
            #expect(try two.person("a") == nil)
            #expect(try two.person("b")?.secret == sipho.secret)
            #expect(!two.hasRoom(for: 15))
            #expect(!two.hasReadAll)
        }
    }
}

extension VaultFile {
    /// Reads all slots now.
    @discardableResult
    func readAll() throws -> [Slot] {
        try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in try state.whole().slots }
        }
    }

    var hasReadAll: Bool { state.withLock { $0.index != nil } }
}
