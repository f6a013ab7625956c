import Bytes
import Crypto
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite(.tags(.threads)) struct `A vault that several processes share` {
    @Test(arguments: [1, 100, 511, 512, 513, 2000])
    func `is caught up with, however much was changed`(count: Int) throws {
        try withVault(capacity: 2048) { box in
            let (writer, reader) = (try box.open(), try box.open())
            // Who has looked up little answers from the file as it is, without a refresh.
            _ = try reader.status()
            let names = (0..<count).map { "n\($0)" }
            let owners = try names.map { name in
                (writer.alias(name), try writer.owner(alias: writer.alias(name), orNew: .person))
            }
            try writer.change { change throws(VaultError) in
                for (alias, owner) in owners { _ = try change.settle(owner, alias: alias) }
            }
            #expect(try reader.person(names[count - 1]) == nil)
            try reader.refresh()
            for (alias, owner) in owners {
                #expect(try reader.owner(alias: alias)?.secret == owner.secret)
            }
            #expect(try reader.status() == writer.status())
        }
    }

    @Test func `is read while it is written`() throws {
        try withVault(capacity: 4096) { box in
            let done = Locked(false)
            let writer = try box.open()
            let names = (0..<300).map { "n\($0)" }
            SystemThread.start {
                for (index, name) in names.enumerated() {
                    guard let owner = try? writer.mint(name) else { break }
                    if index % 3 == 0 { _ = try? writer.erase(owner) }
                }
                done.withLock { $0 = true }
            }
            let reader = try box.open()
            var looks = 0
            while !done.withLock({ $0 }) {
                try reader.refresh()
                for name in names {
                    do throws(VaultError) { _ = try reader.owner(alias: reader.alias(name)) } catch
                    {
                        // Between the refresh and the reading of the key, it was erased.
                        #expect(error.code == .keyGone)
                    }
                }
                looks += 1
            }
            try reader.refresh()
            #expect(looks > 0)
            #expect(try reader.status() == writer.status())
            #expect(try reader.status().damaged == 0)
            #expect(try reader.status().persons == 200)
        }
    }

    @Test func `says where it went on when it has grown`() throws {
        try withVault(capacity: 8) { box in
            let (writer, reader) = (try box.open(), try box.open())
            let thandi = try writer.mint("+27000000002")
            try writer.set(OwnerFlags(optOut: 4), "+27000000002")
            let gone = try writer.mint("gone")
            try writer.erase(gone)
            let generation = try writer.grow()
            #expect(generation == 2)
            // Nothing counts before the caller has recorded it.
            try reader.refresh()
            #expect(Folder.names(in: box.folder) == ["vault-1", "vault-2"])
            let grown = try writer.adopt(generation, origin: origin, masters: [box.master])
            for vault in [writer, reader] {
                #expect(throws: VaultError(.moved, "")) { try vault.refresh() }
                #expect(throws: VaultError(.moved, "")) { try vault.touch() }
            }
            #expect(Folder.names(in: box.folder) == ["vault-2"])
            let status = try grown.status()
            #expect(status.slots == 16 && status.free == 14 && status.generation == 2)
            #expect(try grown.person("+27000000002")?.secret == thandi.secret)
            #expect(grown.flags(alias: grown.alias("+27000000002"))?.flags.optOut == 4)
            #expect(grown.flags(alias: grown.alias("gone"))?.isErased == true)
            #expect(grown.erasures == 1)
            for index in 0..<14 { try grown.mint("n\(index)") }
        }
    }

    @Test func `sweeps away what an unfinished growth left`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("+27000000002")
            _ = try vault.grow()
            #expect(try box.open().sweep() == 1)
            #expect(Folder.names(in: box.folder) == ["vault-1"])
            #expect(try box.open().sweep() == 0)
            #expect(try vault.grow() == 2)
            #expect(try vault.grow() == 2)
            #expect(try box.open(2).person("+27000000002")?.secret == thandi.secret)
        }
    }
}
