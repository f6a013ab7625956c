import Bytes
import Crypto
import Storage
import TestSupport
import Testing

@testable import Vault

/// After a crash at any step a change is not begun or done, and nobody else is harmed.
@Suite struct `A vault after a crash` {
    /// What is compared: persons by name, their flags, and who is erased.
    struct Content: Equatable {
        var keys: [String: [UInt8]] = [:]
        var flags: [String: OwnerFlags] = [:]
        var erased: Set<String> = []

        init(_ vault: VaultFile) throws {
            for name in ["a", "a2", "b", "c", "new", "new2"] {
                keys[name] = try vault.person(name)?.secret
                guard let found = vault.flags(alias: vault.alias(name)) else { continue }
                flags[name] = found.flags
                if found.isErased { erased.insert(name) }
            }
        }
    }

    enum Change: CaseIterable {
        case mint, remint, link, flags, erase, days

        func make(in vault: VaultFile) throws {
            switch self {
            case .mint:
                let names = ["new", "new2"].map { vault.alias($0) }
                let owners = try names.map { try vault.owner(alias: $0, orNew: .person) }
                try vault.change { change throws(VaultError) in
                    for (alias, owner) in zip(names, owners) {
                        _ = try change.settle(owner, alias: alias)
                    }
                }
            case .remint: try vault.mint("c")
            case .link: try vault.link("new", to: try vault.mint("b"))
            case .flags: try vault.set(OwnerFlags(optOut: 7, isAsked: true), "a")
            case .erase: try vault.erase(try vault.mint("a"))
            case .days:
                _ = try vault.change { change throws(VaultError) in
                    try change.destroyDays(before: 20_001)
                }
            }
        }
    }

    static func prepare(_ vault: VaultFile) throws {
        let a = try vault.mint("a")
        try vault.link("a2", to: a)
        try vault.mint("b")
        let c = try vault.mint("c")
        try vault.set(OwnerFlags(optOut: 1), "b")
        try vault.set(OwnerFlags(optOut: 2, isAsked: true), "c")
        try vault.erase(c)
        for day in [20_000, 20_001] as [UInt32] {
            let alias = Sealer().alias(day: day, keys: vault.names)
            let owner = try vault.owner(alias: alias, orNew: .day)
            _ = try vault.change { change throws(VaultError) in
                try change.settle(owner, alias: alias, day: day)
            }
        }
    }

    @Test(arguments: Change.allCases)
    func `has done a change, or not begun it`(change: Change) throws {
        var steps = 0
        var isDone = false
        while !isDone {
            for seed in 0..<6 as Range<UInt64> {
                isDone = try crash(change, after: steps, seed: seed)
            }
            steps += 1
            try #require(steps < 100)
        }
        #expect(steps > 3, "there were steps to stop after")
    }

    /// Answers whether there was no step left to stop at.
    private func crash(_ change: Change, after steps: Int, seed: UInt64) throws -> Bool {
        try withVault(capacity: 16) { box in
            try Self.prepare(try box.open())
            let before = try Content(box.open())
            let days = try box.open().status().days
            let disk = CrashDisk(steps: steps)
            let vault = try box.open(disk: disk)
            let a = try vault.mint("a")
            do { try change.make(in: vault) } catch {}
            // Seed 0 is a process that is killed: what it wrote, the system keeps.
            if seed > 0 { try disk.cutPower(seed: seed) }
            // What a reader sees is what the next writer makes.
            let reader = try box.open()
            let seen = try Content(reader)
            let writer = try box.open()
            try writer.touch()
            let after = try Content(writer)
            let place = "\(change) after \(steps) steps, seed \(seed)"
            #expect(seen == after, "\(place)")
            try reader.refresh()
            #expect(try Content(reader) == after, "\(place)")
            #expect(try Content(box.open()) == after, "\(place)")
            let daysLeft = try writer.status().days
            let isDone = after != before || daysLeft != days
            #expect(isDone || disk.hasCrashed, "\(place)")
            try Self.check(after, before, change, isDone, place)
            if change == .erase, isDone { #expect(!contains(try box.bytes(), a.id.bytes)) }
            // It goes on as if nothing had been.
            try change.make(in: writer)
            try writer.mint("z")
            #expect(try box.open().status() == writer.status(), "\(place)")
            return !disk.hasCrashed
        }
    }

    private static func check(
        _ after: Content, _ before: Content, _ change: Change, _ isDone: Bool, _ place: String
    ) throws {
        var (expected, actual) = (before, after)
        if isDone {
            switch change {
            case .mint:
                // Each person that was minted is whole; one may be there without the other.
                for name in ["new", "new2"] {
                    expected.keys[name] = actual.keys[name]
                    expected.flags[name] = actual.flags[name]
                }
            case .remint:
                #expect(after.keys["c"] != nil, "\(place)")
                expected.keys["c"] = after.keys["c"]
                expected.erased.remove("c")
            case .link:
                expected.keys["new"] = before.keys["b"]
                expected.flags["new"] = OwnerFlags()
            case .flags: expected.flags["a"] = OwnerFlags(optOut: 7, isAsked: true)
            case .erase:
                for name in ["a", "a2"] {
                    expected.keys[name] = nil
                    expected.erased.insert(name)
                }
            case .days: break
            }
        }
        // A torn slot that was never in use is nobody.
        actual.erased = actual.erased.filter { before.flags[$0] != nil }
        #expect(actual == expected, "\(place)")
    }

    /// A process that goes on ends what another one left, as one that opens the file does.
    @Test(arguments: [Change.link, .flags, .erase], [false, true])
    func `is gone on with by who had it open`(change: Change, isRead: Bool) throws {
        var hasCrashed = true
        var steps = 0
        while hasCrashed {
            try withVault(capacity: 16) { box in
                try Self.prepare(try box.open())
                let other = try box.open()
                if isRead { try other.readAll() }
                let disk = CrashDisk(steps: steps)
                let vault = try box.open(disk: disk)
                let (a, b) = (try vault.mint("a"), try vault.mint("b"))
                do { try change.make(in: vault) } catch {}
                hasCrashed = disk.hasCrashed
                let seen = try Content(box.open())
                // It changes other slots than the group did.
                try other.set(OwnerFlags(optOut: 3), "c")
                var after = try Content(other)
                #expect(after == (try Content(box.open())), "\(change) after \(steps) steps")
                after.flags["c"] = seen.flags["c"]
                #expect(after == seen, "\(change) after \(steps) steps")
                for owner in [a, b] { _ = try? other.erase(owner) }
                for owner in [a, b] { #expect(!contains(try box.bytes(), owner.id.bytes)) }
            }
            steps += 1
        }
        #expect(steps > 4, "there were steps to stop after")
    }

    @Test func `keeps nothing of a journal that was torn`() throws {
        try withVault(capacity: 16) { box in
            let other = try box.open()
            let a = try other.mint("a")
            let image = try other.locked { state throws(VaultError) in try state.image(at: 0) }
            var journal = Journal.image([(0, image), (1, image)])
            journal[200] ^= 1
            try PositionedFile(path: box.path()).write(journal.span, at: Layout.journalAt)
            try other.set(OwnerFlags(optOut: 3), "a")
            #expect(try other.erase(a) == 1)
            #expect(!contains(try box.bytes(), a.id.bytes))
            #expect(!contains(try box.bytes(), image[Slot.wrapped]))
        }
    }

    @Test(arguments: [false, true])
    func `has grown or rotated, or counts as it was`(isRotation: Bool) throws {
        var steps = 0
        var hasCrashed = true
        while hasCrashed {
            for seed in 0..<4 as Range<UInt64> {
                hasCrashed = try crashGrowth(isRotation, after: steps, seed: seed)
            }
            steps += 1
            try #require(steps < 100)
        }
        #expect(steps > 8, "there were steps to stop after")
    }

    private func crashGrowth(
        _ isRotation: Bool, after steps: Int, seed: UInt64
    ) throws -> Bool {
        try withVault(capacity: 16) { box in
            try Self.prepare(try box.open())
            let before = try Content(box.open())
            let next = isRotation ? try MasterKey(SecureRandom.bytes(32).span) : box.master
            let masters = [box.master, next]
            let disk = CrashDisk(steps: steps)
            let vault = try box.open(disk: disk)
            // What the log's meta table says.
            var generation: UInt64 = 1
            do {
                let grown = isRotation ? try vault.rotate(to: next) : try vault.grow()
                generation = grown
                _ = try vault.adopt(grown, origin: origin, masters: masters)
            } catch {}
            if seed > 0 { try disk.cutPower(seed: seed) }
            let place = "after \(steps) steps, seed \(seed)"
            let opened = try box.open(generation, masters: masters)
            #expect(try Content(opened) == before, "\(place)")
            _ = try opened.sweep()
            #expect(Folder.names(in: box.folder) == ["vault-\(generation)"], "\(place)")
            #expect(try opened.grow() == generation + 1, "\(place)")
            try Self.checkKeys(box, generation, isRotation ? next : nil)
            return disk.hasCrashed
        }
    }

    /// After a rotation the old master key opens nothing.
    private static func checkKeys(
        _ box: VaultBox, _ generation: UInt64, _ next: MasterKey?
    ) throws {
        guard let next, generation > 1 else { return }
        #expect(throws: VaultError(.masterKey, "")) { try box.open(generation) }
        _ = try box.open(generation, masters: [next])
    }
}
