import Bytes

/// A hash table from the aliases, or from the ids, of slots to their numbers.
///
/// Both are random to whoever has not the keys, so that their own bits are the hash. A cell holds
/// 32 bits of the key above the slot's number plus one; the whole key stands in the slot. Measured,
/// a dictionary takes five times as long to fill.
struct SlotTable {
    /// What the slots are found by.
    enum Key { case alias, id }

    private let key: Key
    private var cells: [UInt64]
    private let mask: Int

    /// A table for as many slots as the file has; it never grows.
    init(by key: Key, capacity: Int) {
        var count = 16
        while count < capacity + capacity / 3 { count *= 2 }
        self.key = key
        cells = [UInt64](repeating: 0, count: count)
        mask = count - 1
    }

    /// The slot that has the key.
    func find(_ wanted: Fingerprint, in slots: [Slot]) -> Int? {
        let cell = cells[cell(of: wanted, in: slots)]
        return cell == 0 ? nil : Self.number(cell)
    }

    /// Leads the key of a slot to it, if no slot with a lower number has the same key: where two
    /// have one, the first one counts, as for whoever scans the file.
    mutating func lead(to number: Int, in slots: [Slot]) {
        let wanted = of(slots[number])
        let place = cell(of: wanted, in: slots)
        if cells[place] != 0, Self.number(cells[place]) < number { return }
        cells[place] = Self.tag(wanted) << 32 | UInt64(number + 1)
    }

    /// Forgets the key of a slot, which still stands there; answers whether it led to this slot.
    mutating func forget(_ number: Int, in slots: [Slot]) -> Bool {
        var hole = cell(of: of(slots[number]), in: slots)
        guard cells[hole] != 0, Self.number(cells[hole]) == number else { return false }
        var next = (hole + 1) & mask
        while cells[next] != 0 {
            let home = home(of(slots[Self.number(cells[next])]))
            // It may move into the hole unless its home lies behind that.
            if (next - home) & mask >= (next - hole) & mask {
                cells[hole] = cells[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        cells[hole] = 0
        return true
    }

    /// Where the key stands, or the empty cell where it would.
    private func cell(of wanted: Fingerprint, in slots: [Slot]) -> Int {
        let tag = Self.tag(wanted)
        var place = home(wanted)
        while cells[place] != 0 {
            if cells[place] >> 32 == tag, of(slots[Self.number(cells[place])]) == wanted {
                return place
            }
            place = (place + 1) & mask
        }
        return place
    }

    private func of(_ slot: Slot) -> Fingerprint { key == .alias ? slot.alias : slot.id }

    private func home(_ key: Fingerprint) -> Int { Int(truncatingIfNeeded: key.low) & mask }

    private static func tag(_ key: Fingerprint) -> UInt64 { key.high >> 32 }

    private static func number(_ cell: UInt64) -> Int { Int(cell & 0xFFFF_FFFF) - 1 }
}
