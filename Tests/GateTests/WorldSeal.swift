import Bytes
import Events
import Gate
import Storage
import TestSupport
import Vault

@testable import Ledger

/// Seals what a world is told as a ledger does, under keys of a vault in memory that all worlds of
/// the process share; owners get their slots at once.
struct WorldSeal {
    private static let sealers = Sealers()
    private static let vault: VaultFile = {
        let folder = TestPlace.memory + "/ledger-test-\(UInt64.random(in: .min ... .max))"
        let key = [UInt8](repeating: 7, count: 32)
        do {
            try Folder.create(folder)
            // The file stays open, and goes with the process.
            defer { try? Folder.removeAll(folder) }
            let master = try MasterKey(key.span)
            try VaultFile.create(in: folder, origin: "world", master: master, capacity: 1 << 16)
            return try VaultFile.open(
                in: folder, generation: 1, origin: "world", masters: [master])
        } catch { fatalError("a world has no vault: \(error)") }
    }()

    private var session = SealingSession(vault: Self.vault, today: World.start)
    private var settled = 0

    /// Seals an event.
    ///
    /// - Parameter holder: the holder of the record that it speaks of, if it speaks of one.
    mutating func seal(_ draft: Draft, holder: Fingerprint?) -> Draft {
        run { session, tools throws(VaultError) in
            try session.seal(draft, with: tools, holder: holder)
        }
    }

    /// Prepares a request, its members sealed.
    mutating func seal(_ request: SendRequest) -> PreparedRequest {
        run { session, tools throws(VaultError) in try session.seal(request, with: tools) }
    }

    /// Seals what a report says; answers the name of the message, too.
    mutating func seal(
        _ report: SendReport, holder: Fingerprint?
    ) -> (fields: DraftBuilder, message: Fingerprint) {
        run { session, tools throws(VaultError) in
            try session.seal(report, with: tools, holder: holder)
        }
    }

    private mutating func run<V>(
        _ body: (inout SealingSession, Sealer) throws(VaultError) -> V
    ) -> V {
        do throws(VaultError) {
            let answer = try Self.sealers.lend { tools throws(VaultError) in
                try body(&session, tools)
            }
            try settle()
            return answer
        } catch { fatalError("a world cannot seal: \(error)") }
    }

    private mutating func settle() throws(VaultError) {
        let mints = session.mints[settled...].filter(\.isNew)
        settled = session.mints.count
        guard !mints.isEmpty else { return }
        try Self.vault.change { change throws(VaultError) in
            for mint in mints {
                _ = try change.settle(mint.owner, alias: mint.alias, day: mint.day)
            }
        }
    }
}
