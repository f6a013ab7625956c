import Bytes
public import Events
import Storage
import Vault
import Views

/// Whom a retention forgets.
public struct Retention: Sendable {
    /// Who was last heard of, or sent to, before this is forgotten.
    public let before: Instant
    /// How many persons.
    public internal(set) var persons = 0
    /// How many events are about them.
    public internal(set) var events = 0
    /// Persons that stay, because something about them is newer.
    public internal(set) var kept = 0
    /// Their ids.
    var ids: [Fingerprint] = []
}

extension Ledger {
    /// Looks whom a retention would forget: persons about whom nothing is newer than `before`.
    ///
    /// - Throws: ``LedgerError``.
    public func retention(
        before: Instant, progress: (Position) -> Void = { _ in }
    ) throws(LedgerError) -> Retention {
        var retention = Retention(before: before)
        var known: [Fingerprint: (newest: Instant, events: Int)] = [:]
        do {
            try forEachEvent { event in
                if event.position % 65_536 == 0 { progress(event.position) }
                let holder = event.holderKind == .person ? event.holder : .none
                for person in Set([event.person, holder]) where person != .none {
                    var row = known[person] ?? (Instant(nanoseconds: .min), 0)
                    row.newest = max(row.newest, event.effective)
                    row.events += 1
                    known[person] = row
                }
                return true
            }
            let vault = try keyring.vault()
            _ = try keyring.renew(vault)
            for (person, row) in known where try keyring.owner(id: person) != nil {
                if row.newest < before {
                    retention.ids.append(person)
                    retention.persons += 1
                    retention.events += row.events
                } else {
                    retention.kept += 1
                }
            }
        } catch { throw LedgerError(any: error) }
        retention.ids.sort()
        return retention
    }

    /// Forgets the persons of a retention, some hundred at once, and the days before it.
    ///
    /// Cut short and run again, it goes on with those who are left. Counters, proofs and opt-outs
    /// stay.
    /// - Returns: where it is recorded.
    public func apply(
        _ retention: Retention, by authority: Authority, progress: (Int) -> Void = { _ in }
    ) async throws(LedgerError) -> Position {
        var done = 0
        while done < retention.ids.count {
            let end = min(done + 256, retention.ids.count)
            _ = try await carryOut(.erase(Array(retention.ids[done..<end]), authority))
            done = end
            progress(done)
        }
        let day = UInt32(clamping: retention.before.nanoseconds / 86_400_000_000_000)
        _ = try await carryOut(.destroyDays(day))
        var builder = DraftBuilder(
            .retentionApplied, source: Self.ownSource, id: "retention-\(SystemClock.wall)")
        builder.add(.count, integer: Int64(retention.persons))
        builder.add(.until, instant: retention.before)
        authority.add(to: &builder)
        guard let draft = builder.finish() else {
            throw LedgerError(.invalid, "the reason is too long")
        }
        return try await append([draft], as: .house)[0].position
    }
}
