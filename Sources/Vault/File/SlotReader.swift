import Bytes
import Storage

/// Reads the slots of the vault's file in large pieces, one after the other.
struct SlotReader {
    /// Slots in a piece: 256 KiB, which stay in the processor's cache while they are looked at.
    static let pieceCount = 2048

    let file: PositionedFile
    let capacity: Int

    /// Hands out each slot in order; nil is a damaged one, or one that the file ends before.
    func forEach(_ body: (Int, Slot?) -> Void) throws(StorageError) {
        var piece = emptyPiece()
        for start in stride(from: 0, to: capacity, by: Self.pieceCount) {
            let count = min(Self.pieceCount, capacity - start)
            let whole = try read(count, from: start, into: &piece)
            let bytes = piece.span
            for index in 0..<whole {
                let at = index * Slot.byteCount
                let image = bytes.extracting(at..<at + Slot.byteCount)
                body(start + index, try slot(image, at: start + index))
            }
            for index in whole..<count { body(start + index, nil) }
        }
    }

    /// Hands out each whole slot from `start` on that has these 16 bytes at `offset`, until `body`
    /// answers that it has seen enough.
    ///
    /// Only what has them is looked at any closer: a slot costs about a nanosecond.
    func forEach(
        from start: Int, with wanted: Fingerprint, at offset: Int,
        until body: (Int, Slot) -> Bool
    ) throws(StorageError) {
        var piece = emptyPiece()
        let (low, high) = (wanted.low, wanted.high)
        for start in stride(from: start, to: capacity, by: Self.pieceCount) {
            let count = try read(
                min(Self.pieceCount, capacity - start), from: start, into: &piece)
            let bytes = piece.span
            for index in 0..<count {
                let at = index * Slot.byteCount
                guard bytes.load(at: at + offset, as: UInt64.self) == low,
                    bytes.load(at: at + offset + 8, as: UInt64.self) == high
                else { continue }
                let image = bytes.extracting(at..<at + Slot.byteCount)
                guard let slot = try slot(image, at: start + index) else { continue }
                if body(start + index, slot) { return }
            }
        }
    }

    /// The first whole slot that has these 16 bytes at `offset` and is `right`.
    func first(
        with wanted: Fingerprint, at offset: Int, where right: (Slot) -> Bool
    ) throws(StorageError) -> (number: Int, slot: Slot)? {
        var found: (number: Int, slot: Slot)?
        try forEach(from: 0, with: wanted, at: offset) { number, slot in
            if right(slot) { found = (number, slot) }
            return found != nil
        }
        return found
    }

    /// One slot as it stands in the file; nil where it is damaged.
    func slot(at number: Int) throws(StorageError) -> Slot? {
        let image = try file.read(Slot.byteCount, at: Layout.slotAt(number))
        return try slot(image.span, at: number)
    }

    /// The slot of an image; where it is damaged, a few more looks may find it whole.
    func slot(_ image: Span<UInt8>, at number: Int) throws(StorageError) -> Slot? {
        if let slot = Slot(image, number: number) { return slot }
        for _ in 0..<3 {
            // Another process may have been writing it.
            let image = try file.read(Slot.byteCount, at: Layout.slotAt(number))
            if let slot = Slot(image.span, number: number) { return slot }
        }
        return nil
    }

    private func emptyPiece() -> [UInt8] {
        [UInt8](repeating: 0, count: min(Self.pieceCount, capacity) * Slot.byteCount)
    }

    /// How many slots of a piece are there as a whole.
    private func read(
        _ count: Int, from start: Int, into piece: inout [UInt8]
    ) throws(StorageError) -> Int {
        try file.read(count * Slot.byteCount, at: Layout.slotAt(start), into: &piece)
            / Slot.byteCount
    }
}
