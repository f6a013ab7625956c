import Bytes
import Crypto
import Storage

/// What can be said of a vault's file, whole or damaged.
public struct VaultReport: Sendable, Equatable {
    /// What became of the header.
    public enum HeaderState: String, Sendable {
        /// Both copies can be read.
        case whole
        /// One of them can; ``VaultFile/mend()`` writes the other again.
        case mendable
        /// Neither can: names' keys are lost, and with them every alias and lookup.
        case lost
    }

    /// What became of the header.
    public var header = HeaderState.lost
    /// Whether a master key that was given is the one that the header asks for.
    public var hasMaster = false
    /// Slots whose key opens.
    public var keysOpen = 0
    /// Slots whose checksum holds and whose key does not open.
    public var keysLost = 0
    /// Slots whose checksum fails: their keys are lost, unless a backup has them.
    public var damaged: [Int] = []
    /// How many slots were changed since the first file was made; nil where that cannot be read.
    public var counter: UInt64?
    /// Whether it was found to be older than the log before, and nobody accepted that.
    public var isOlder = false
    /// Slots that a crash left in the journal; the next change ends them.
    public var unfinished = 0

    /// What to tell the operator, a sentence each.
    public var sentences: [String] {
        var sentences: [String] = []
        switch header {
        case .whole: sentences.append("The header is whole.")
        case .mendable: sentences.append("One of two headers is damaged and can be written again.")
        case .lost:
            sentences.append(
                "Both headers are damaged: bring keys/ back from a backup; aliases lead nowhere.")
        }
        if header != .lost, !hasMaster {
            sentences.append("No master key that was given opens this vault.")
        }
        sentences.append("\(keysOpen) slots hold a key that opens.")
        if keysLost > 0 { sentences.append("\(keysLost) slots hold a key that does not open.") }
        if !damaged.isEmpty {
            sentences.append(
                "\(damaged.count) slots are damaged; what was sealed under their keys cannot be "
                    + "read unless a backup of keys/ has them.")
        }
        if unfinished > 0 {
            sentences.append("A change of \(unfinished) slots was begun; the next change ends it.")
        }
        return sentences
    }
}

extension VaultFile {
    /// Looks at a vault's file without changing it, however damaged it is.
    ///
    /// - Throws: ``VaultError`` `storage` where it cannot be read at all.
    @available(*, noasync)
    public static func examine(
        in folder: String, generation: UInt64, masters: [MasterKey]
    ) throws(VaultError) -> VaultReport {
        try VaultError.storing { () throws(StorageError) in
            let file = try PositionedFile(path: Layout.path(folder, generation))
            var report = VaultReport()
            var master: MasterKey?
            if let (header, isWhole) = try Header.read(file) {
                report.header = isWhole ? .whole : .mendable
                master = masters.first { $0.tag == header.masterTag }
            }
            report.hasMaster = master != nil
            let changes = try Changes.read(file)
            (report.counter, report.isOlder) = (changes?.counter, changes?.isOlder ?? false)
            let journal = try Journal.read(file)
            report.unfinished = journal.count
            let pending = Dictionary(journal.map { ($0.number, $0.image) }) { $1 }
            let count = max(0, try file.byteCount - Layout.slotsAt) / Slot.byteCount
            for number in 0..<count {
                var image = pending[number] ?? []
                if image.isEmpty {
                    image = try file.read(Slot.byteCount, at: Layout.slotAt(number))
                }
                guard let slot = Slot(image.span, number: number) else {
                    report.damaged.append(number)
                    continue
                }
                guard slot.state == .living else { continue }
                // Without a header that can be read, each key that was given is tried.
                let opens = (master.map { [$0] } ?? masters).contains { master in
                    Wrapping.unwrap(
                        image.span.extracting(Slot.wrapped), under: master.wrapping,
                        binding: Wrapping.binding(slot.kind, slot.id)) != nil
                }
                if opens { report.keysOpen += 1 } else { report.keysLost += 1 }
            }
            return report
        }
    }

    /// Writes the header again where one of its two copies is damaged.
    ///
    /// - Throws: ``VaultError`` `storage`.
    @available(*, noasync)
    public func mend() throws(VaultError) {
        let disk = disk
        try locked { state throws(VaultError) in
            try VaultError.storing { () throws(StorageError) in
                // One after the other, so that a crash never finds both half written.
                for place in [0, Layout.headerCopyAt] {
                    try disk.write(state.header.image(), to: state.file, at: place)
                    try disk.flush(state.file)
                }
            }
        }
    }
}
