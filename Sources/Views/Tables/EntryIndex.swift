public import Bytes

/// An open-addressing hash index from keys to slots of an array that holds the keys itself.
///
/// A cell is a slot and 32 bits of the key's hash, so that a key is compared only where it is very
/// likely the one sought: a hit costs one line of the index and one of the array. The same bits say
/// where the cell lies, so that growing needs no keys.
@usableFromInline
struct EntryIndex: Sendable {
    @usableFromInline var cells = LargeArray<UInt64>()
    @usableFromInline var mask = 0
    @usableFromInline var used = 0

    @inlinable init() {}

    /// Names are random, but positions are not: neighbours must not crowd together.
    @inlinable @inline(__always)
    static func mix(_ key: Fingerprint) -> UInt64 {
        (key.low ^ key.high) &* 0x9E37_79B9_7F4A_7C15
    }

    @inlinable @inline(__always)
    static func tag(_ key: Fingerprint) -> UInt64 { mix(key) >> 32 }

    @inlinable @inline(__always)
    func home(_ tag: UInt64) -> Int { Int(truncatingIfNeeded: tag) & mask }

    /// The slot of `key`, or nil; `keyAt` answers the key of a slot.
    @inlinable @inline(__always)
    func slot(of key: Fingerprint, _ keyAt: (Int) -> Fingerprint) -> Int? {
        if used == 0 { return nil }
        let tag = Self.tag(key)
        var at = home(tag)
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
    func prefetch(_ key: Fingerprint) { cells.prefetch(home(Self.tag(key))) }

    /// The slot that is very likely the key's: no key is compared.
    func likelySlot(_ key: Fingerprint) -> Int? {
        if used == 0 { return nil }
        let tag = Self.tag(key)
        var at = home(tag)
        while true {
            let cell = cells[at]
            if cell == 0 { return nil }
            if cell >> 32 == tag { return Int(truncatingIfNeeded: cell & 0xFFFF_FFFF) &- 1 }
            at = (at &+ 1) & mask
        }
    }

    /// Enters a key that is not yet in the index.
    @inlinable mutating func insert(_ slot: Int, _ key: Fingerprint) {
        if (used + 1) * 4 > cells.count * 3 { grow() }
        place(Self.tag(key) << 32 | UInt64(slot + 1))
        used += 1
    }

    @inlinable mutating func place(_ cell: UInt64) {
        var at = home(cell >> 32)
        while cells[at] != 0 { at = (at &+ 1) & mask }
        cells[at] = cell
    }

    @inlinable mutating func grow() {
        let count = max(16, cells.count * 2)
        let old = cells
        cells = LargeArray(repeating: 0, count: count)
        mask = count - 1
        for cell in old where cell != 0 { place(cell) }
    }
}
