import Bytes
import Storage

/// What the log's meta table keeps of the file of keys with each commit, so that a file that is
/// older, or has lost slots, is known.
public struct VaultMark: Sendable, Equatable {
    /// How many slots were changed since the first file was made.
    public var counter: UInt64 = 0
    /// How many slots hold a person, a group chat or the ledger's key, living or erased, at least.
    public var lasting: UInt64 = 0

    /// A mark of a file that holds nothing.
    public init() {}

    /// The mark in 24 bytes; nil where they are damaged.
    public init?(_ bytes: Span<UInt8>) {
        guard bytes.count == 24,
            bytes.extracting(0..<16).checksum == bytes.load(at: 16, as: UInt64.self)
        else { return nil }
        counter = bytes.load(at: 0, as: UInt64.self)
        lasting = bytes.load(at: 8, as: UInt64.self)
    }

    /// 24 bytes, little-endian: both numbers and a checksum.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(littleEndian: counter)
        bytes.append(littleEndian: lasting)
        bytes.append(littleEndian: bytes.span.checksum)
        return bytes
    }
}

/// What all slots of a file together say.
struct Soundness {
    /// Slots that are damaged, and were in use.
    var damaged = 0
    /// Slots that hold what stays for ever.
    var lasting = 0
}

extension VaultState {
    /// Whether the file lacks changes that the log relies on.
    var isOlder: Bool { changes.isOlder || isReadable && changes.counter < mark.counter }

    /// Why an alias that no slot names may be that of somebody who is known; nil where it is not.
    func trouble() throws(StorageError) -> VaultError? {
        if isOlder {
            return VaultError(
                .older,
                "\(file.path) is older than the log: \(changes.counter) changes where the log knows "
                    + "of \(mark.counter); put the newest copy of keys/ in its place, or see "
                    + "'ledger vault recover --help' for what can be done without")
        }
        let found = try soundnessNow()
        guard found.damaged > 0 || found.lasting < mark.lasting else { return nil }
        let what =
            found.damaged > 0
            ? "\(found.damaged) slots of \(file.path) are damaged"
            : "\(file.path) holds \(found.lasting) slots in use, the log knows of \(mark.lasting)"
        return VaultError(
            .damaged,
            what + ": whoever it does not know may be somebody who opted out, and is taken for "
                + "nobody new; put the newest copy of keys/ in its place, or see 'ledger vault "
                + "recover --help' for what can be done without")
    }

    /// Refuses to take an alias for one of a new person while its slot may be lost.
    func refuseStrangers() throws(VaultError) {
        let state = self
        guard try VaultError.storing({ () throws(StorageError) in try state.trouble() }) != nil
        else { return }
        // A file that another process is just about to destroy looks damaged, and says where to go
        // on; anything else is read once more before it is believed.
        try refresh()
        soundness = nil
        if index != nil { try VaultError.storing { () throws(StorageError) in try state.load() } }
        if let trouble = try VaultError.storing({ () throws(StorageError) in try state.trouble() })
        {
            throw trouble
        }
    }

    private func soundnessNow() throws(StorageError) -> Soundness {
        if let index {
            var found = Soundness(damaged: 0, lasting: index.lasting)
            for number in index.damaged where try isLost(number) { found.damaged += 1 }
            return found
        }
        if let soundness { return soundness }
        var found = Soundness()
        var suspects: [Int] = []
        try reader.forEach { number, slot in
            guard let slot else { return suspects.append(number) }
            if slot.isLasting { found.lasting += 1 }
        }
        for number in suspects where try isLost(number) { found.damaged += 1 }
        // What a group has changed so far is not in the file yet.
        for number in known.changed {
            guard let slot = known.slots[number], slot.isLasting else { continue }
            if try reader.slot(at: number)?.isLasting != true { found.lasting += 1 }
        }
        soundness = found
        return found
    }

    /// Whether a damaged slot was in use, and not torn when it was first written.
    func isLost(_ number: Int) throws(StorageError) -> Bool {
        let image = try file.read(Slot.byteCount, at: Layout.slotAt(number))
        return Slot(image.span, number: number) == nil && !Slot.isTorn(image.span)
    }
}

extension VaultFile {
    /// Tells what the log knows of the file.
    ///
    /// - Parameter isCommitted: Whether that is what ``markNow`` was when the log took it over.
    public func expect(_ mark: VaultMark, isCommitted: Bool = false) {
        state.withLock { state in
            state.mark = mark
            if isCommitted { state.added = 0 }
        }
    }

    /// Why the file must not decide; nil where it may.
    ///
    /// - Throws: ``VaultError`` `storage`.
    public func trouble() throws(VaultError) -> VaultError? {
        try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in try state.trouble() }
        }
    }

    /// Whether the file lacks changes that the log relies on.
    public var isOlder: Bool { state.withLock { $0.isOlder } }

    /// What the log is to know of the file as it is now.
    ///
    /// Where not all slots were read yet, ``VaultMark/lasting`` is what the last mark said and what
    /// was added since.
    public var markNow: VaultMark {
        state.withLock { state in
            var mark = state.mark
            mark.counter = state.changes.counter
            if let lasting = state.index?.lasting ?? state.soundness?.lasting {
                mark.lasting = UInt64(lasting)
            } else {
                mark.lasting += UInt64(state.added)
            }
            return mark
        }
    }

    /// Marks the file as older than the log, so that it stays so whatever is changed in it; the
    /// caller holds the log's write lock.
    ///
    /// One that is marked already stays as it is.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func markOlder() throws(VaultError) {
        if !state.withLock({ $0.changes.isOlder }) { try setOlder(true) }
    }

    /// Takes the file as it is, older or damaged.
    ///
    /// What is left of damaged slots is destroyed, and it counts on from where the log is. The
    /// caller holds the log's write lock.
    ///
    /// - Returns: how many slots were damaged.
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func acceptLoss() throws(VaultError) -> Int {
        let disk = disk
        let damaged = try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in
                let damaged = try state.whole().damaged
                for number in damaged {
                    let free = [UInt8](repeating: 0, count: Slot.byteCount)
                    try disk.write(free, to: state.file, at: Layout.slotAt(number))
                }
                if !damaged.isEmpty { try disk.flush(state.file) }
                return damaged.count
            }
        }
        try setOlder(false)
        return damaged
    }

    private func setOlder(_ isOlder: Bool) throws(VaultError) {
        let disk = disk
        try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in
                var changes = state.changes
                changes.isOlder = isOlder
                if !isOlder {
                    changes.counter = max(changes.counter, state.mark.counter)
                    state.mark.lasting = 0
                }
                // Everybody reads all slots again.
                changes.counter += UInt64(Changes.ringCount) + 1
                try disk.write(changes.image(), to: state.file, at: Layout.changesAt)
                try disk.flush(state.file)
                try state.load()
            }
        }
    }
}
