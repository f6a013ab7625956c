import Bytes
import Crypto
import Glibc
import Storage
import TestSupport
import Testing

@testable import Vault

@Suite struct `A damaged vault` {
    @Test func `loses the person of the damaged slot and nobody else`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("a")
            let sipho = try vault.mint("b")
            let slot = try Self.slot(of: thandi, in: vault)
            for byte in [0, 3, 20, 50, 99, 113, 127] {
                try flip(box.path(), at: Layout.slotAt(slot) + byte)
                let opened = try box.open()
                #expect(try opened.person("a") == nil, "byte \(byte)")
                #expect(try opened.person("b")?.secret == sipho.secret)
                #expect(try opened.status().damaged == 1)
                let report = try VaultFile.examine(
                    in: box.folder, generation: 1, masters: [box.master])
                #expect(report.damaged == [slot] && report.keysOpen == 1)
                #expect(report.sentences.count == 3)
                try flip(box.path(), at: Layout.slotAt(slot) + byte)
            }
            #expect(try box.open().person("a")?.secret == thandi.secret)
        }
    }

    @Test func `never gives a damaged slot away, and leaves it behind when it grows`() throws {
        try withVault(capacity: 2) { box in
            let vault = try box.open()
            let thandi = try vault.mint("a")
            try flip(box.path(), at: Layout.slotAt(try Self.slot(of: thandi, in: vault)) + 30)
            let opened = try box.open()
            try opened.mint("b")
            #expect(throws: VaultError(.full, "")) { try opened.mint("c") }
            let generation = try opened.grow()
            let grown = try opened.adopt(generation, origin: origin, masters: [box.master])
            #expect(try grown.status().damaged == 0)
            #expect(try grown.status().free == 3)
        }
    }

    @Test func `opens with either of its headers, and writes the other again`() throws {
        try withVault { box in
            let thandi = try box.open().mint("a")
            for place in [60, Layout.headerCopyAt + 60] {
                try flip(box.path(), at: place)
                let opened = try box.open()
                #expect(try opened.person("a")?.secret == thandi.secret)
                #expect(try !opened.status().isHeaderWhole)
                try opened.mend()
                #expect(try opened.status().isHeaderWhole)
            }
            try flip(box.path(), at: 60)
            try flip(box.path(), at: Layout.headerCopyAt + 60)
            #expect(throws: VaultError(.damaged, "")) { try box.open() }
            let report = try VaultFile.examine(
                in: box.folder, generation: 1, masters: [box.master])
            #expect(report.header == .lost && report.keysOpen == 1)
            #expect(report.sentences[0].hasPrefix("Both headers are damaged"))
        }
    }

    @Test func `is examined without the right master key`() throws {
        try withVault { box in
            try box.open().mint("a")
            let other = try MasterKey(SecureRandom.bytes(32).span)
            let report = try VaultFile.examine(in: box.folder, generation: 1, masters: [other])
            #expect(report.header == .whole && !report.hasMaster)
            #expect(report.keysOpen == 0)
            #expect(report.sentences.contains("No master key that was given opens this vault."))
        }
    }

    @Test func `that was cut short is no vault of less persons`() throws {
        try withVault { box in
            let vault = try box.open()
            let thandi = try vault.mint("a")
            let end = Layout.slotAt(try Self.slot(of: thandi, in: vault)) + 64
            try #require(truncate(box.path(), off_t(end)) == 0)
            #expect(try box.open().status().damaged > 0)
            #expect(try box.open().person("a") == nil)
        }
    }

    private static func slot(of owner: Owner, in vault: VaultFile) throws -> Int {
        try vault.locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in
                try state.number(id: owner.id) ?? -1
            }
        }
    }

    private func flip(_ path: String, at offset: Int) throws {
        let file = try PositionedFile(path: path)
        let byte = try file.read(1, at: offset)[0]
        try file.write([byte ^ 4].span, at: offset)
        try file.flush()
    }
}
