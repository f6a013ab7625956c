import Bytes
import Events
import Gate
import Storage
import Views

extension Writer {
    /// Records the start of an instance, or throws because another holds the role.
    func start(
        _ start: InstanceStart, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Appended] {
        for name in start.gone { try end(name, start, now, transaction) }
        let role = Fingerprint(of: start.role)
        let terms = instanceTerms(start.role, transaction)
        let live = state.tables.live(in: role)
        let beat = terms.silentAfter == nil ? nil : lastBeat(of: live, now, transaction)
        let standing = state.tables.standing(in: role, under: terms, at: now, beat: beat)
        if terms.second == .refuse, let holder = terms.holder(of: standing) {
            throw held(start.role, by: holder, transaction)
        }
        for live in live {
            try fence(live, start.role, succession(by: start.instance), now, transaction)
        }
        var event = InstanceStarted()
        event.names.role = start.role
        event.names.instance = start.instance
        event.host = start.host
        event.process = start.process
        let position = state.applied
        try emit(try draft(event, "\(position)"), now, transaction)
        return [Appended(position: position, isDuplicate: false)]
    }

    /// Fences every live instance of a role by an operator's order.
    func fence(
        _ role: String, _ order: InstanceFenced, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> [Appended] {
        var places: [Appended] = []
        for live in state.tables.live(in: Fingerprint(of: role)) {
            let position = try fence(live, role, order, now, transaction)
            places.append(Appended(position: position, isDuplicate: false))
        }
        return places
    }

    /// Where a start that has just been appended takes its role from others, fences them.
    ///
    /// Only a start of the last minute does: of history, nobody asks any more whether it may run.
    func succeed(
        _ draft: Draft, _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard draft.type == .instanceStarted, now.since(draft.time ?? now) <= .seconds(60),
            let names = draft.roleAndInstance
        else { return }
        let own = Fingerprint(of: names.instance)
        guard instanceTerms(names.role, transaction).second == .fence,
            state.tables.instance(own)?.started.position == state.applied - 1
        else { return }
        for live in state.tables.live(in: Fingerprint(of: names.role)) where live.instance != own {
            try fence(live, names.role, succession(by: names.instance), now, transaction)
        }
    }

    /// The last of the beats that instances gave, by the ledger's clock; nil for none.
    ///
    /// A beat is told by the machine's clock: its age counts.
    func lastBeat(
        of instances: [RoleRow.Live], _ now: Instant, _ transaction: borrowing WriteTransaction
    ) -> Instant? {
        let folder = RoleFolder(ledger: log.folder)
        var last: Instant?
        for live in instances {
            guard let name = try? started(live, transaction).names.instance,
                let beat = folder.lastBeat(name)
            else { continue }
            let age = Nanoseconds(max(0, clock.wall() - beat))
            let time = now.advanced(by: Nanoseconds(-age.count))
            last = max(last ?? time, time)
        }
        return last
    }

    private func succession(by instance: String) -> InstanceFenced {
        var fence = InstanceFenced()
        fence.kind = "succeeded"
        fence.why = "\(instance) has taken the role"
        return fence
    }

    @discardableResult
    private func fence(
        _ live: RoleRow.Live, _ role: String, _ order: InstanceFenced, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> Position {
        var fence = order
        fence.names.role = role
        fence.names.instance = try started(live, transaction).names.instance
        fence.token = Int64(live.started.position)
        let position = state.applied
        return try emit(try draft(fence, "\(position)"), now, transaction)
    }

    /// Records that a live instance has ended without saying so.
    private func end(
        _ name: String, _ start: InstanceStart, _ now: Instant,
        _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        guard let row = state.tables.instance(Fingerprint(of: name)), row.isLive,
            row.role == Fingerprint(of: start.role)
        else { return }
        var event = InstanceStopped()
        event.names.role = start.role
        event.names.instance = name
        event.host = start.host
        event.token = Int64(row.started.position)
        // A reason is sealed before it is queued; this one is the ledger's own word.
        event.code = .text("gone")
        try emit(try draft(event, "\(state.applied)"), now, transaction)
    }

    private func draft(
        _ event: some Payload, _ id: String
    ) throws(LedgerError) -> Draft {
        do {
            return try event.draft(source: Ledger.ownSource, id: id)
        } catch { throw LedgerError(any: error) }
    }

    /// The terms in force for a role; those of an empty policy where none was applied, or where it
    /// cannot be read: a start is recorded all the same.
    private func instanceTerms(
        _ role: String, _ transaction: borrowing WriteTransaction
    ) -> Policy.InstanceTerms {
        guard let policy = try? policyInForce(transaction).policy else {
            return Policy.InstanceTerms()
        }
        return Gate.instanceTerms(of: role, under: policy)
    }

    private func held(
        _ role: String, by live: RoleRow.Live, _ transaction: borrowing WriteTransaction
    ) -> LedgerError {
        guard let event = try? started(live, transaction) else {
            return LedgerError(
                .held, "the role \(role) is held by another instance",
                position: live.started.position)
        }
        let since = Timestamp.text(live.started.time, offset: 0, digits: 0)
        let process = event.process.map { ", process \($0)" } ?? ""
        return LedgerError(
            .held,
            "the role \(role) is held by \(event.names.instance ?? "an instance without a name") on "
                + "\(event.host ?? "an unknown host")\(process), since \(since) (position "
                + "\(live.started.position)); 'ledger instances stop \(role) --by NAME --why REASON' "
                + "ends it", position: live.started.position)
    }

    private func started(
        _ live: RoleRow.Live, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) -> InstanceStarted {
        let position = live.started.position
        do {
            guard let bytes = try transaction.value(at: position, in: log.log) else {
                throw LogStore.damaged(position)
            }
            let event = try LogStore.view(bytes, at: position)
            return try InstanceStarted(event)
        } catch { throw LedgerError(any: error) }
    }
}

extension Draft {
    /// The role and the instance that the event names, where it names both.
    fileprivate var roleAndInstance: (role: String, instance: String)? {
        var table = FieldTable()
        table.read(self)
        let bytes = bytes.span
        guard let role = table.text(.role), let instance = table.text(.instance) else { return nil }
        return (bytes.extracting(role).string, bytes.extracting(instance).string)
    }
}
