import Storage

/// Lends out sealers: as many as there are callers at once, and never more.
public final class Sealers: Sendable {
    private let idle = Locked<[Sealer]>([])

    /// No sealer yet; they are made when they are needed.
    public init() {}

    /// Runs `body` with a sealer that nobody else has meanwhile; `body` must not keep it.
    public func lend<V>(_ body: (Sealer) throws(VaultError) -> V) throws(VaultError) -> V {
        let sealer = idle.withLock { $0.popLast() } ?? Sealer()
        defer { idle.withLock { $0.append(sealer) } }
        return try body(sealer)
    }

    /// Overwrites the keys that idle sealers used last; a process that erased somebody does so.
    public func forget() { idle.withLock { $0.removeAll() } }
}
