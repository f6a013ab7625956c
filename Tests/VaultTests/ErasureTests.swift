import Bytes
import Crypto
import Glibc
import Storage
import Testing

@testable import Vault

@Suite struct `An erased person` {
    @Test func `is gone from the file, and its flags are not`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            let sipho = try vault.mint("+27000000003")
            try vault.link("lid:1", to: thandi)
            // Through the journal, which must not keep what passed it.
            try vault.set(OwnerFlags(optOut: 1, isAsked: true), "+27000000002")
            try vault.set(OwnerFlags(optOut: 2), "+27000000003")
            let traces = try Self.traces(of: thandi, in: vault)
            let before = try box.bytes()
            #expect(contains(before, thandi.id.bytes))
            for wrapped in traces.wrapped { #expect(contains(before, wrapped)) }
            let erasures = vault.erasures
            #expect(try vault.erase(thandi) == 2)
            #expect(vault.erasures == erasures + 1)
            let after = try box.bytes()
            for trace in traces.all { #expect(!contains(after, trace)) }
            for vault in [vault, try box.open()] {
                #expect(!vault.isLiving(thandi.id))
                #expect(try vault.person("+27000000002") == nil)
                #expect(try vault.person("lid:1") == nil)
                let flags = vault.flags(alias: vault.alias("+27000000002"))
                #expect(flags?.isErased == true)
                #expect(flags?.flags == OwnerFlags(optOut: 1, isAsked: true))
                #expect(try vault.person("+27000000003")?.secret == sipho.secret)
                #expect(try vault.status().erased == 2)
                #expect(throws: VaultError(.keyGone, "")) { try vault.owner(id: thandi.id) }
            }
            #expect(throws: VaultError(.unknown, "")) { try vault.erase(thandi) }
        }
    }

    @Test func `comes back as somebody else, still opted out`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            try vault.set(OwnerFlags(optOut: 1), "+27000000002")
            try vault.erase(thandi)
            let anew = try vault.mint("+27000000002")
            #expect(anew.id != thandi.id && anew.secret != thandi.secret)
            for vault in [vault, try box.open()] {
                let flags = vault.flags(alias: vault.alias("+27000000002"))
                #expect(flags?.flags == OwnerFlags(optOut: 1) && flags?.isErased == false)
                #expect(try vault.person("+27000000002")?.secret == anew.secret)
            }
            let traces = try Self.traces(of: anew, in: vault)
            try vault.erase(anew)
            for trace in traces.all { #expect(!contains(try box.bytes(), trace)) }
        }
    }

    @Test func `is gone from the files of older generations too`() throws {
        try withVault { box in
            var vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            let first = try Self.traces(of: thandi, in: vault)
            // A second name keeps the old file's bytes in sight after its removal.
            let kept = box.folder + "/kept"
            try #require(link(box.path(1), kept) == 0)
            let generation = try vault.grow()
            vault = try vault.adopt(generation, origin: origin, masters: [box.master])
            let after = try Descriptor.contents(of: kept)
            for trace in first.all { #expect(!contains(after, trace)) }
            #expect(Folder.names(in: box.folder) == ["kept", "vault-2"])
            #expect(try vault.person("+27000000002")?.secret == thandi.secret)
            let second = try Self.traces(of: thandi, in: vault)
            try vault.erase(thandi)
            for trace in first.all + second.all { #expect(!contains(try box.bytes(2), trace)) }
        }
    }

    @Test func `is gone for other processes when they refresh`() throws {
        try withVault { box in
            let (one, two) = (try box.open(), try box.open())
            let thandi = try one.mint("+27000000002")
            try two.refresh()
            _ = try two.owner(id: thandi.id)
            let erasures = two.erasures
            try one.erase(thandi)
            // What a process knows already it may use until it looks again.
            #expect(two.isLiving(thandi.id))
            try two.refresh()
            #expect(!two.isLiving(thandi.id))
            #expect(two.erasures == erasures + 1)
            #expect(throws: VaultError(.keyGone, "")) { try two.owner(id: thandi.id) }
        }
    }

    @Test func `is never minted again, not even by who has sealed under the old key`() throws {
        try withVault { box in
            let (one, two) = (try box.open(), try box.open())
            let thandi = try one.mint("+27000000002")
            try two.refresh()
            let alias = two.alias("+27000000002")
            let stale = try two.owner(alias: alias, orNew: .person)
            #expect(stale.secret == thandi.secret)
            try one.erase(thandi)
            let settled = try two.change { change throws(VaultError) in
                try change.settle(stale, alias: alias)
            }
            #expect(settled.id != thandi.id && settled.secret != thandi.secret)
            #expect(!contains(try box.bytes(), thandi.id.bytes))
            #expect(try one.mint("+27000000002").secret == settled.secret)
        }
    }

    @Test func `cannot be read by who has not refreshed and not yet read the key`() throws {
        try withVault { box in
            let one = try box.open()
            let thandi = try one.mint("+27000000002")
            let two = try box.open()
            try one.erase(thandi)
            #expect(throws: VaultError(.keyGone, "")) { try two.owner(id: thandi.id) }
        }
    }

    @Test func `is never the ledger itself, whose key seals what names nobody`() throws {
        try withVault { box in
            let vault = try box.open()
            let alias = Sealer().ledgerAlias(keys: vault.names)
            #expect(alias != vault.alias(""))
            let proposed = try vault.owner(alias: alias, orNew: .ledger)
            let ledger = try vault.change { change throws(VaultError) in
                try change.settle(proposed, alias: alias)
            }
            let before = try box.bytes()
            let error = #expect(throws: VaultError.self) { try vault.erase(ledger) }
            #expect(error?.code == .unknown)
            #expect(error?.message.contains("cannot be erased") == true)
            #expect(try box.bytes() == before)
            for vault in [vault, try box.open()] {
                #expect(try vault.owner(alias: alias)?.kind == .ledger)
                #expect(try vault.owner(id: ledger.id).secret == ledger.secret)
                let status = try vault.status()
                #expect(status.persons == 0 && status.aliases == 0 && status.erased == 0)
                #expect(status.chats == 0 && status.days == 0 && status.free == 63)
            }
        }
    }

    @Test func `is erased again in a vault that came back from a backup`() throws {
        try withVault(capacity: 16) { box in
            let vault = try box.open()
            let thandi = try vault.mint("a")
            try vault.link("a2", to: thandi)
            try vault.mint("b")
            let gone = try vault.mint("c")
            try vault.erase(gone)
            let restored = VaultBox(folder: box.folder + "/restored", master: box.master)
            try Folder.create(restored.folder)
            try Descriptor.create(restored.path(), try box.bytes())
            // What the backup knows nothing of.
            try vault.set(OwnerFlags(optOut: 5), "a")
            try vault.set(OwnerFlags(optOut: 6), "c")
            try vault.erase(thandi)
            let sipho = try vault.mint("new")
            try vault.set(OwnerFlags(isAsked: true), "new")
            try vault.erase(sipho)
            let erased = try vault.erasedAliases()
            #expect(erased.count == 4)
            // A second time changes nothing.
            for isAgain in [false, true] {
                let other = try restored.open()
                let before = try restored.bytes()
                try other.change { change throws(VaultError) in
                    for (alias, flags) in erased {
                        try change.eraseAlias(alias, keeping: flags)
                    }
                }
                #expect(try !isAgain || restored.bytes() == before)
                for vault in [other, try restored.open()] {
                    #expect(try vault.person("a") == nil && vault.person("a2") == nil)
                    #expect(try vault.person("b") != nil)
                    let again = try vault.erasedAliases()
                    #expect(again.count == 4)
                    for (alias, flags) in erased {
                        #expect(again.contains { $0.alias == alias && $0.flags == flags })
                        #expect(vault.flags(alias: alias)?.isErased == true)
                    }
                    #expect(try vault.status().free == 11)
                }
                #expect(!contains(try restored.bytes(), thandi.id.bytes))
            }
        }
    }

    @Test func `by an alias is refused to the ledger, and where no slot is free`() throws {
        try withVault(capacity: 2) { box in
            let vault = try box.open()
            let alias = Sealer().ledgerAlias(keys: vault.names)
            let owner = try vault.owner(alias: alias, orNew: .ledger)
            try vault.change { change throws(VaultError) in
                _ = try change.settle(owner, alias: alias)
            }
            #expect(throws: VaultError(.unknown, "")) {
                try vault.change { change throws(VaultError) in
                    try change.eraseAlias(alias, keeping: OwnerFlags())
                }
            }
            #expect(throws: VaultError(.full, "")) {
                try vault.change { change throws(VaultError) in
                    for name in ["a", "b"] {
                        try change.eraseAlias(vault.alias(name), keeping: OwnerFlags())
                    }
                }
            }
            #expect(try vault.erasedAliases().isEmpty)
            #expect(try vault.owner(alias: alias)?.secret == owner.secret)
        }
    }

    /// What of a person must not be left: key, id, alias, and the key as it is wrapped.
    struct Traces {
        var wrapped: [[UInt8]] = []
        var clear: [[UInt8]] = []
        var all: [[UInt8]] { wrapped + clear }
    }

    static func traces(of owner: Owner, in vault: VaultFile) throws -> Traces {
        var traces = Traces()
        try vault.locked { state throws(VaultError) in
            let index = try VaultError.storing { () throws(StorageError) in try state.whole() }
            for number in index.slots.indices where index.slots[number].id == owner.id {
                let image = try state.image(at: number)
                traces.wrapped.append(Array(image[Slot.wrapped].dropFirst(12).prefix(8)))
            }
        }
        traces.clear = [
            owner.id.bytes, Array(owner.secret.prefix(8)), Array("+27000000002".utf8),
            Array("lid:1".utf8),
        ]
        return traces
    }
}
