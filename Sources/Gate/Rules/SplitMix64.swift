import Events

/// A generator of 64-bit numbers from a seed.
///
/// Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct SplitMix64: Sendable {
    private var state: UInt64

    /// Begins with a seed.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number below a bound: the high half of the product, one step whatever the bound.
    mutating func draw(below bound: UInt64) -> UInt64 {
        next().multipliedFullWidth(by: bound).high
    }

    /// A number from one to another, both included; the first where they are the wrong way round.
    mutating func draw(from least: Int64, to most: Int64) -> Int64 {
        let span = UInt64(max(0, most - least)) + 1
        return least + Int64(draw(below: span))
    }

    mutating func draw(_ spread: Policy.Pacing.Spread) -> Nanoseconds {
        Nanoseconds(draw(from: spread.least.count, to: spread.most.count))
    }
}
