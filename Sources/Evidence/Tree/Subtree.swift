/// A complete subtree: the 2^height leaves from index · 2^height on.
public struct Subtree: Hashable, Sendable {
    /// How many levels of nodes it has, at most 63; 0 is a leaf.
    public let height: Int
    /// Its place among the subtrees of its height, from the left.
    public let index: UInt64

    /// The subtree of that height at that place.
    public init(height: Int, index: UInt64) {
        self.height = height
        self.index = index
    }

    /// The complete subtrees that make up the leaves from `start` to `end`, the largest first.
    ///
    /// They have the sizes of the binary digits of the count. `start` must be a multiple of the
    /// largest, as the beginning of every part of a tree is.
    static func covering(_ start: UInt64, _ end: UInt64) -> [Subtree] {
        var subtrees: [Subtree] = []
        var next = start
        while next < end {
            let height = 63 - (end - next).leadingZeroBitCount
            subtrees.append(Subtree(height: height, index: next >> UInt64(height)))
            next += 1 << UInt64(height)
        }
        return subtrees
    }
}
