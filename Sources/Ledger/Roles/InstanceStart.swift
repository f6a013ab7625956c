public import Events

/// The start of a process in a role, to be recorded if the role is free.
public struct InstanceStart: Sendable {
    /// What the process does.
    public var role: String
    /// A name that no other start has.
    public var instance: String
    /// The machine.
    public var host: String?
    /// The process id.
    public var process: Int64?
    /// Instances of the role that are known to be gone: their ends are recorded in the same commit.
    public var gone: [String] = []

    /// A start, of which machine and process are not known.
    public init(role: String, instance: String) {
        self.role = role
        self.instance = instance
    }
}

extension Ledger {
    /// Takes a role for a new instance, atomically over all processes.
    ///
    /// Where the policy refuses a second instance, a live one keeps the role. Where it fences the
    /// first, `instance.fenced` of each live one stands in the same commit as the start. One that
    /// has been silent for longer than `instances.silent_after` is fenced in both cases.
    /// - Returns: The fencing token: the position of `instance.started`.
    /// - Throws: ``LedgerError`` with `held`, naming the holder, and the position of its start;
    ///   `invalid` for an empty name; `busy`, `clock`, `storage`.
    public func start(
        _ start: InstanceStart, now: Instant? = nil
    ) async throws(LedgerError) -> Position {
        guard !start.role.isEmpty, !start.instance.isEmpty else {
            throw LedgerError(.invalid, "a start needs a role and the name of an instance")
        }
        let result = await withCheckedContinuation { continuation in
            submit(.start(start), now: now) { continuation.resume(returning: $0) }
        }
        guard case .appended(let places) = try result.get(), let place = places.last else {
            throw LedgerError(.invalid, "no answer")
        }
        return place.position
    }

    /// Ends all live instances of a role by `instance.fenced`, in one commit.
    ///
    /// - Parameters:
    ///   - role: The role.
    ///   - order: What stands in each fence beside role, instance and token.
    /// - Returns: The position of each fence, empty where the role has no live instance.
    /// - Throws: ``LedgerError`` with `invalid`, `busy`, `clock`, `storage`.
    public func fence(
        role: String, _ order: InstanceFenced, now: Instant? = nil
    ) async throws(LedgerError) -> [Position] {
        let result = await withCheckedContinuation { continuation in
            submit(.fence(role, order), now: now) { continuation.resume(returning: $0) }
        }
        guard case .appended(let places) = try result.get() else {
            throw LedgerError(.invalid, "no answer")
        }
        return places.map(\.position)
    }
}
