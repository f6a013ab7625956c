/// How a tree of any size is divided: left is always the largest power of two below the whole.
enum TreeShape {
    /// How many of `count` leaves stand left of the root, for a count of at least 2.
    static func split(_ count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}

/// The way from a node up to the root, as RFC 9162 walks it with fn and sn.
struct TreePath {
    /// On which side of the way a hash of the proof stands.
    enum Side { case left, right }

    /// The index of the node on its level.
    private var node: UInt64
    /// The index of the last node on that level.
    private var last: UInt64

    init(node: UInt64, last: UInt64) {
        self.node = node
        self.last = last
    }

    /// Whether there is nothing above.
    var isAtRoot: Bool { last == 0 }

    /// Leaves the levels on which the node is a right child.
    mutating func skipRightChildren() {
        while node & 1 == 1 { shift() }
    }

    /// Goes up past one hash of the proof; nil at the root.
    mutating func climb() -> Side? {
        guard last != 0 else { return nil }
        let isLeft = node & 1 == 1 || node == last
        // The last node of a level that has no neighbour rises unchanged until it has one.
        if isLeft { while node & 1 == 0, node != 0 { shift() } }
        shift()
        return isLeft ? .left : .right
    }

    private mutating func shift() {
        node >>= 1
        last >>= 1
    }
}
