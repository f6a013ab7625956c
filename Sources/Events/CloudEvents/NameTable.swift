import Bytes

/// A name of at most 24 bytes as three integers: compared without touching memory.
struct PackedName: Hashable {
    var first: UInt64 = 0
    var second: UInt64 = 0
    var third: UInt64 = 0

    /// Packs a name, or answers nil if it is empty, too long or ends in a NUL.
    init?(_ name: Span<UInt8>) {
        let count = name.count
        guard count > 0, count <= 24, name[count - 1] != 0 else { return nil }
        first = Self.word(name, 0)
        if count > 8 { second = Self.word(name, 8) }
        if count > 16 { third = Self.word(name, 16) }
    }

    private static func word(_ name: Span<UInt8>, _ at: Int) -> UInt64 {
        if at &+ 8 <= name.count { return name.load(at: at, as: UInt64.self) }
        var word: UInt64 = 0
        for index in at..<name.count { word |= UInt64(name[index]) << (8 * UInt64(index &- at)) }
        return word
    }

    var slot: Int {
        let mixed =
            (first ^ second &* 0xA076_1D64_78BD_642F ^ third &* 0xE703_7ED1_A0B4_28DB)
            &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 55)
    }
}

/// Known names and their numbers, in an open hash table of 512 slots.
struct NameTable: Sendable {
    private var slots: [(name: PackedName, number: UInt8)?]

    init(_ names: [(String, UInt8)]) {
        slots = Array(repeating: nil, count: 512)
        for (name, number) in names {
            guard let packed = PackedName(name.utf8Span.span) else {
                preconditionFailure("a known name has at most 24 bytes")
            }
            var slot = packed.slot
            while slots[slot] != nil { slot = (slot + 1) & 511 }
            slots[slot] = (packed, number)
        }
    }

    /// The number of a name, or nil.
    subscript(name: PackedName) -> UInt8? {
        var slot = name.slot
        while let entry = slots[slot] {
            if entry.name == name { return entry.number }
            slot = (slot &+ 1) & 511
        }
        return nil
    }
}
