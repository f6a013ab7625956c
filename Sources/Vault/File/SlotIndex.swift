import Bytes
import Storage

/// All slots of the file in memory, and what leads to them.
final class SlotIndex {
    private(set) var slots: [Slot]
    private var aliases: SlotTable
    private var ids: SlotTable
    /// The lowest number last.
    var free: [Int] = []
    private(set) var damaged: Set<Int>
    /// How many slots hold what stays for ever: see ``Slot/isLasting``.
    private(set) var lasting = 0

    /// Reads all slots, and those of the journal over them.
    init(
        _ reader: SlotReader, journal: [(number: Int, image: [UInt8])]
    ) throws(StorageError) {
        var (slots, damaged) = ([Slot](), Set<Int>())
        var aliases = SlotTable(by: .alias, capacity: reader.capacity)
        var ids = SlotTable(by: .id, capacity: reader.capacity)
        slots.reserveCapacity(reader.capacity)
        try reader.forEach { number, slot in
            slots.append(slot ?? .free)
            guard let slot else {
                damaged.insert(number)
                return
            }
            if slot.state != .free { aliases.lead(to: number, in: slots) }
            if slot.state == .living { ids.lead(to: number, in: slots) }
        }
        (self.slots, self.damaged, self.aliases, self.ids) = (slots, damaged, aliases, ids)
        lasting = slots.count { $0.isLasting }
        for (number, image) in journal where number >= 0 && number < slots.count {
            put(try reader.slot(image.span, at: number), at: number)
        }
        for number in self.slots.indices.reversed()
        where self.slots[number].state == .free && !self.damaged.contains(number) {
            free.append(number)
        }
    }

    /// The slot that an alias leads to.
    func number(alias: Fingerprint) -> Int? { aliases.find(alias, in: slots) }

    /// The first slot of an owner that lives.
    func number(id: Fingerprint) -> Int? { ids.find(id, in: slots) }

    /// Changes one slot; nil is a damaged one.
    func put(_ slot: Slot?, at number: Int) {
        guard let slot else {
            damaged.insert(number)
            return
        }
        let was = slots[number]
        if was.state != .free { _ = aliases.forget(number, in: slots) }
        let isFirst = was.state == .living && ids.forget(number, in: slots)
        damaged.remove(number)
        slots[number] = slot
        lasting += (slot.isLasting ? 1 : 0) - (was.isLasting ? 1 : 0)
        if isFirst, was.id != slot.id || slot.state != .living {
            let other = slots.indices.first {
                slots[$0].state == .living && slots[$0].id == was.id
            }
            if let other { ids.lead(to: other, in: slots) }
        }
        if slot.state != .free { aliases.lead(to: number, in: slots) }
        if slot.state == .living { ids.lead(to: number, in: slots) }
    }

    /// Takes over a slot that another process changed.
    func reread(_ slot: Slot?, at number: Int) {
        let was = slots[number]
        put(slot, at: number)
        if slots[number].state == .free, was.state != .free { free.append(number) }
        if slots[number].state != .free, was.state == .free { occupy(number) }
    }

    /// Takes a slot out of the free ones.
    func occupy(_ number: Int) {
        if let index = free.lastIndex(of: number) { free.remove(at: index) }
    }
}
