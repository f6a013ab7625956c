import Bytes
import Crypto
import Glibc
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite(.tags(.memory)) struct `The vault` {
    @Test func `leads from an alias to a person and back to the key, also when opened again`()
        throws
    {
        try withVault { box in
            let vault = try box.open()
            #expect(try vault.person("+27000000002") == nil)
            let thandi = try vault.mint("+27000000002")
            let sipho = try vault.mint("+27000000003")
            #expect(thandi.id != sipho.id && thandi.secret != sipho.secret)
            for vault in [vault, try box.open()] {
                #expect(try vault.person("+27000000002")?.secret == thandi.secret)
                #expect(try vault.person("+27000000002")?.id == thandi.id)
                #expect(try vault.owner(id: sipho.id).secret == sipho.secret)
                #expect(vault.isLiving(sipho.id))
                #expect(throws: VaultError(.keyGone, "")) {
                    try vault.owner(id: Fingerprint(of: "nobody"))
                }
            }
        }
    }

    @Test func `gives all callers the same new person until it is minted`() throws {
        try withVault { box in
            let vault = try box.open()
            let alias = vault.alias("new")
            let one = try vault.owner(alias: alias, orNew: .person)
            let two = try vault.owner(alias: alias, orNew: .person)
            #expect(one === two)
            #expect(!vault.isLiving(one.id))
            #expect(try vault.owner(alias: alias) == nil)
            #expect(try vault.mint("new") === one)
            #expect(try vault.mint("new").id == one.id)
            #expect(vault.isLiving(one.id))
        }
    }

    @Test func `answers the person of the process that was first`() throws {
        try withVault { box in
            let (one, two) = (try box.open(), try box.open())
            let mine = try two.owner(alias: two.alias("new"), orNew: .person)
            let theirs = try one.mint("new")
            let settled = try two.mint("new")
            #expect(settled.id == theirs.id && settled.secret == theirs.secret)
            #expect(settled.id != mine.id)
        }
    }

    @Test func `links aliases to one person, and refuses those of others`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            try vault.mint("+27000000003")
            try vault.link("lid:1", to: thandi)
            try vault.link("lid:1", to: thandi)
            #expect(try box.open().person("lid:1")?.secret == thandi.secret)
            #expect(throws: VaultError(.taken, "")) { try vault.link("+27000000003", to: thandi) }
            #expect(throws: VaultError(.keyGone, "")) {
                try vault.link("lid:2", to: .random(.person))
            }
            let status = try vault.status()
            #expect(status.persons == 2 && status.aliases == 3 && status.free == 61)
        }
    }

    @Test func `keeps opt-outs and whether somebody was asked`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            let flags = OwnerFlags(optOut: 0b101, isAsked: true)
            try vault.set(flags, "+27000000002")
            for vault in [vault, try box.open()] {
                let found = vault.flags(alias: vault.alias("+27000000002"))
                #expect(found?.flags == flags && found?.isErased == false)
                #expect(try vault.person("+27000000002")?.secret == thandi.secret)
                #expect(try vault.status().optedOut == 1)
            }
            #expect(throws: VaultError(.unknown, "")) { try vault.set(flags, "nobody") }
        }
    }

    @Test func `refuses another master key, another ledger and a missing file`() throws {
        try withVault { box in
            let other = try MasterKey(SecureRandom.bytes(32).span)
            #expect(throws: VaultError(.masterKey, "")) { try box.open(masters: [other]) }
            #expect(throws: VaultError(.storage, "")) { try box.open(2) }
            _ = try box.open(masters: [other, box.master])
            #expect(throws: VaultError(.damaged, "")) {
                try VaultFile.open(
                    in: box.folder, generation: 1, origin: "other.example/ledger",
                    masters: [box.master])
            }
            #expect(throws: VaultError(.storage, "")) {
                try VaultFile.create(in: box.folder, origin: origin, master: box.master)
            }
        }
    }

    @Test func `says when it is full`() throws {
        try withVault(capacity: 2) { box in
            let vault = try box.open()
            try vault.mint("a")
            #expect(vault.hasRoom(for: 1) && !vault.hasRoom(for: 2))
            try vault.mint("b")
            #expect(throws: VaultError(.full, "")) { try vault.mint("c") }
            #expect(try vault.status().free == 0)
            #expect(try vault.person("a") != nil)
        }
    }

    @Test func `does nothing of a group that throws`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            let before = try box.bytes()
            let alias = vault.alias("new")
            let owner = try vault.owner(alias: alias, orNew: .person)
            #expect(throws: VaultError(.unknown, "")) {
                try vault.change { change throws(VaultError) in
                    _ = try change.erase(thandi.id)
                    _ = try change.settle(owner, alias: alias)
                    _ = try change.erase(thandi.id)
                }
            }
            #expect(try box.bytes() == before)
            // Without a refresh, too.
            #expect(try vault.owner(alias: alias) == nil)
            #expect(try vault.person("+27000000002")?.secret == thandi.secret)
            try vault.touch()
            #expect(try vault.person("+27000000002")?.secret == thandi.secret)
            #expect(!vault.isLiving(owner.id))
            #expect(try vault.status().free == 63)
        }
    }

    @Test func `destroys the keys of days that are over`() throws {
        try withVault { box in
            let vault = try box.open()
            let names = vault.names
            let aliases = (0..<4).map { Sealer().alias(day: 20_000 + $0, keys: names) }
            var days: [Owner] = []
            for (index, alias) in aliases.enumerated() {
                let owner = try vault.owner(alias: alias, orNew: .day)
                days.append(
                    try vault.change { change throws(VaultError) in
                        try change.settle(owner, alias: alias, day: 20_000 + UInt32(index))
                    })
            }
            let count = try vault.change { change throws(VaultError) in
                try change.destroyDays(before: 20_002)
            }
            #expect(count == 2)
            for vault in [vault, try box.open()] {
                #expect(days.map { vault.isLiving($0.id) } == [false, false, true, true])
                #expect(try vault.status().days == 2)
                #expect(try vault.status().free == 62)
            }
            #expect(!contains(try box.bytes(), aliases[0].bytes))
            #expect(contains(try box.bytes(), aliases[2].bytes))
        }
    }

    /// A random history in two processes, held against a dictionary.
    @Test func `holds what a random history left, in every process`() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var chance = SeededGenerator(seed: seed)
        try withVault(capacity: 256) { box in
            let processes = [try box.open(), try box.open(), try box.open()]
            var model: [String: [UInt8]] = [:]
            var gone: Set<[UInt8]> = []
            for _ in 0..<400 {
                let vault = processes[Int.random(in: 0..<2, using: &chance)]
                let name = "n\(Int.random(in: 0..<40, using: &chance))"
                switch Int.random(in: 0..<10, using: &chance) {
                case 0:
                    try vault.refresh()
                    guard let owner = try vault.person(name) else { continue }
                    try vault.erase(owner)
                    model = model.filter { $0.value != owner.secret }
                    gone.insert(owner.secret)
                case 1:
                    let other = "n\(Int.random(in: 0..<40, using: &chance))"
                    try vault.refresh()
                    guard model[other] == nil, let owner = try vault.person(name) else { continue }
                    try vault.link(other, to: owner)
                    model[other] = owner.secret
                default:
                    let secret = try vault.mint(name).secret
                    #expect(model[name] == nil || model[name] == secret, "seed \(seed): \(name)")
                    if model[name] == nil { #expect(!gone.contains(secret), "seed \(seed)") }
                    model[name] = secret
                }
            }
            for vault in processes + [try box.open()] {
                try vault.refresh()
                for index in 0..<40 {
                    let name = "n\(index)"
                    #expect(try vault.person(name)?.secret == model[name], "seed \(seed): \(name)")
                }
                #expect(try vault.status() == box.open().status(), "seed \(seed)")
            }
        }
    }
}
