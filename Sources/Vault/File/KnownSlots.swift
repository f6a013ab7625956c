import Bytes

/// What a few scans of the file have found, while an index of all slots is not worth its price.
struct KnownSlots {
    var slots: [Int: Slot] = [:]
    /// Where an alias leads; nil inside is one that has no slot.
    var byAlias: [Fingerprint: Int?] = [:]
    /// Likewise for the ids of owners that live.
    var byID: [Fingerprint: Int?] = [:]
    /// Free slots, in ascending order, as far as they were looked for.
    var free: [Int] = []
    /// Where the search for free slots goes on.
    var freeEnd = 0
    /// Slots that this process changed, perhaps in memory only yet.
    var changed: Set<Int> = []

    /// Takes in a slot that was found.
    mutating func take(_ slot: Slot, at number: Int) {
        slots[number] = slot
        byAlias[slot.alias] = number
        if slot.state == .living { byID[slot.id] = number }
    }
}
