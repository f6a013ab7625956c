public import Bytes

/// An open-addressing hash index from keys to their slots in an array of keys.
///
/// It holds 4 bytes a slot and no keys of its own, so that a miss costs one cache line.
public struct KeyIndex: Sendable {
    private var cells: [UInt32] = []
    private var mask = 0
    private var used = 0

    /// An empty index.
    public init() {}

    /// The slot of `key` in `keys`, or nil.
    @inline(__always)
    public func slot(of key: Fingerprint, _ keys: [Fingerprint]) -> Int? {
        if used == 0 { return nil }
        var at = Int(truncatingIfNeeded: key.low) & mask
        while true {
            let cell = cells[at]
            if cell == 0 { return nil }
            let slot = Int(cell &- 1)
            if keys[slot] == key { return slot }
            at = (at &+ 1) & mask
        }
    }

    /// Enters the key that stands in `slot`, which is not yet in the index.
    public mutating func insert(_ slot: Int, _ keys: [Fingerprint]) {
        if (used + 1) * 2 > cells.count { grow(keys) }
        place(slot, keys[slot])
        used += 1
    }

    private mutating func place(_ slot: Int, _ key: Fingerprint) {
        var at = Int(truncatingIfNeeded: key.low) & mask
        while cells[at] != 0 { at = (at &+ 1) & mask }
        cells[at] = UInt32(slot + 1)
    }

    private mutating func grow(_ keys: [Fingerprint]) {
        let count = max(16, cells.count * 2)
        let old = cells
        cells = [UInt32](repeating: 0, count: count)
        mask = count - 1
        for cell in old where cell != 0 { place(Int(cell - 1), keys[Int(cell - 1)]) }
    }
}
