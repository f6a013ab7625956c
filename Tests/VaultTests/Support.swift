import Bytes
import Crypto
import Glibc
import Storage
import TestSupport

@testable import Vault

let origin = "test.example/ledger"

/// A vault of its own for one test, in a folder of its own.
func withVault<V>(capacity: Int = 64, _ body: (VaultBox) throws -> V) throws -> V {
    let folder = TestPlace.memory + "/ledger-vault-\(UInt64.random(in: .min ... .max))"
    try Folder.create(folder)
    defer { try? Folder.removeAll(folder) }
    let master = try MasterKey(SecureRandom.bytes(32).span)
    try VaultFile.create(in: folder, origin: origin, master: master, capacity: capacity)
    return try body(VaultBox(folder: folder, master: master))
}

/// The folder of a vault and the key that opens it.
struct VaultBox {
    let folder: String
    var master: MasterKey

    func open(
        _ generation: UInt64 = 1, disk: any Disk = RealDisk(), masters: [MasterKey]? = nil
    ) throws -> VaultFile {
        try VaultFile.open(
            in: folder, generation: generation, origin: origin, masters: masters ?? [master],
            disk: disk)
    }

    func path(_ generation: UInt64 = 1) -> String { Layout.path(folder, generation) }

    func bytes(_ generation: UInt64 = 1) throws -> [UInt8] {
        try Descriptor.contents(of: path(generation))
    }
}

extension VaultFile {
    /// The hash of an alias of a person.
    func alias(_ name: String) -> Fingerprint {
        Sealer().alias(.person, name.utf8Span.span, keys: names)
    }

    /// Mints a person for an alias, or answers the one that it has.
    @discardableResult
    func mint(_ name: String) throws -> Owner {
        let alias = alias(name)
        let owner = try owner(alias: alias, orNew: .person)
        return try change { change throws(VaultError) in try change.settle(owner, alias: alias) }
    }

    func link(_ name: String, to owner: Owner) throws {
        let alias = alias(name)
        try change { change throws(VaultError) in try change.link(alias, to: owner.id) }
    }

    @discardableResult
    func erase(_ owner: Owner) throws -> Int {
        try change { change throws(VaultError) in try change.erase(owner.id) }
    }

    func set(_ flags: OwnerFlags, _ name: String) throws {
        let alias = alias(name)
        try change { change throws(VaultError) in try change.set(flags, alias: alias) }
    }

    func person(_ name: String) throws -> Owner? { try owner(alias: alias(name)) }

    /// Begins and ends a group that changes nothing, as the next writer would.
    func touch() throws {
        try change { change throws(VaultError) in _ = change.free }
    }
}

extension Owner {
    /// The owner's key, to be compared.
    var secret: [UInt8] {
        let root = key.root
        return root.bytes.array
    }
}

/// Whether `needle`, which is not empty, stands anywhere in `hay`.
func contains(_ hay: [UInt8], _ needle: some Sequence<UInt8>) -> Bool {
    let needle = Array(needle)
    return hay.withUnsafeBytes { hay in
        var start = hay.baseAddress!
        let end = start + hay.count - needle.count + 1
        while start < end, let found = memchr(start, Int32(needle[0]), end - start) {
            if memcmp(found, needle, needle.count) == 0 { return true }
            start = UnsafeRawPointer(found) + 1
        }
        return false
    }
}

extension Fingerprint {
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: low)
        bytes.append(littleEndian: high)
        return bytes
    }
}
