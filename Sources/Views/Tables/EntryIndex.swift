public import Bytes

/// An open-addressing hash index from keys to slots of an array that holds the keys itself.
///
/// A cell is a slot and 32 bits of the key's hash, so that a key is compared only where it is very
/// likely the one sought: a hit costs one line of the index and one of the array.
@usableFromInline
struct EntryIndex: Sendable {
    @usableFromInline var cells: [UInt64] = []
    @usableFromInline var mask = 0
    @usableFromInline var used = 0

    @inlinable init() {}

    /// Names are random, but positions are not: neighbours must not crowd together.
    @inlinable @inline(__always)
    static func mix(_ key: Fingerprint) -> UInt64 {
        (key.low ^ key.high) &* 0x9E37_79B9_7F4A_7C15
    }

    @inlinable @inline(__always)
    func home(_ mixed: UInt64) -> Int { Int(truncatingIfNeeded: mixed >> 32) & mask }

    /// The slot of `key`, or nil; `keyAt` answers the key of a slot.
    @inlinable @inline(__always)
    func slot(of key: Fingerprint, _ keyAt: (Int) -> Fingerprint) -> Int? {
        if used == 0 { return nil }
        let mixed = Self.mix(key)
        let tag = mixed & 0xFFFF_FFFF
        var at = home(mixed)
        while true {
            let cell = cells[at]
            if cell == 0 { return nil }
            if cell >> 32 == tag {
                let slot = Int(truncatingIfNeeded: cell & 0xFFFF_FFFF) &- 1
                if keyAt(slot) == key { return slot }
            }
            at = (at &+ 1) & mask
        }
    }

    /// Fetches the cell where `key` would stand.
    func prefetch(_ key: Fingerprint) { cells.prefetch(home(Self.mix(key))) }

    /// The slot that the key's own cell names, whether or not it is the key's; nil for an empty
    /// cell.
    func likelySlot(_ key: Fingerprint) -> Int? {
        if used == 0 { return nil }
        let cell = cells[home(Self.mix(key))]
        return cell == 0 ? nil : Int(truncatingIfNeeded: cell & 0xFFFF_FFFF) &- 1
    }

    /// Enters a key that is not yet in the index.
    @inlinable mutating func insert(_ slot: Int, _ key: Fingerprint, _ keyAt: (Int) -> Fingerprint)
    {
        if (used + 1) * 4 > cells.count * 3 { grow(keyAt) }
        place(slot, key)
        used += 1
    }

    @inlinable mutating func place(_ slot: Int, _ key: Fingerprint) {
        let mixed = Self.mix(key)
        var at = home(mixed)
        while cells[at] != 0 { at = (at &+ 1) & mask }
        cells[at] = mixed << 32 | UInt64(slot + 1)
    }

    @inlinable mutating func grow(_ keyAt: (Int) -> Fingerprint) {
        let count = max(16, cells.count * 2)
        let old = cells
        cells = [UInt64](repeating: 0, count: count)
        mask = count - 1
        for cell in old where cell != 0 {
            let slot = Int(truncatingIfNeeded: cell & 0xFFFF_FFFF) - 1
            place(slot, keyAt(slot))
        }
    }
}
