import Evidence

/// Compares a log, record by record, with the roots that were signed.
struct SignedRoots: ~Copyable {
    private var hasher = TreeHasher()
    private var frontier = Frontier()
    /// What is still to come, the smallest last.
    private var open: [Checkpoint] = []
    private var wrong: [Checkpoint] = []

    init(_ checkpoints: [Checkpoint]) {
        for checkpoint in checkpoints { add(checkpoint) }
    }

    /// Adds one more root to compare, unless it is known; nil is none.
    mutating func add(_ checkpoint: Checkpoint?) {
        guard let checkpoint, !open.contains(checkpoint), !wrong.contains(checkpoint) else {
            return
        }
        open.append(checkpoint)
        open.sort { $0.size > $1.size }
        compare()
    }

    /// Takes the next record; nothing is hashed where no root is still to come.
    mutating func append(_ record: Span<UInt8>) {
        guard !open.isEmpty else { return }
        frontier.append(hasher.leaf(record), with: &hasher)
        compare()
    }

    private mutating func compare() {
        while let next = open.last, next.size == frontier.count {
            if next.root != frontier.root { wrong.append(next) }
            open.removeLast()
        }
    }

    /// What does not hold for a log of `count` records.
    func faults(_ count: UInt64) -> [Ledger.Fault] {
        wrong.map { Ledger.Fault(position: nil, message: Ledger.forked($0.size).message) }
            + open.map {
                Ledger.Fault(position: nil, message: Ledger.cutShort(count, $0.size).message)
            }
    }
}
