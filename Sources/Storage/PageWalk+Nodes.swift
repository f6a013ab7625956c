import Bytes

/// An entry of a page.
struct PageNode {
    /// Whether its value is a table, or lies on pages of its own.
    let flags: UInt16
    /// Where the key lies in the page.
    let key: Range<Int>
    /// Of a leaf, where the value lies in the page.
    let data: Int
    /// Of a leaf, the bytes of the value; of a branch, the page below.
    let value: UInt64
}

extension PageWalk {
    private static let headBytes = 16
    private static let depthMax = 32

    /// Calls `body` with each leaf of a table, from the lowest key on.
    ///
    /// - Parameter isMarking: Whether each page is noted as used, and those of large values looked
    ///   at.
    func forEachLeaf(
        _ tree: PageTree, isMarking: Bool,
        _ body: (Span<UInt8>, [PageNode]) throws -> Void
    ) throws {
        guard (1...Self.depthMax).contains(tree.depth) else {
            throw PageFault(tree.root, "is the root of a table of \(tree.depth) levels")
        }
        var last: [UInt8]?
        try visit(tree.root, 1, tree, isMarking, &last, body)
    }

    private func visit(
        _ number: UInt64, _ level: Int, _ tree: PageTree, _ isMarking: Bool,
        _ last: inout [UInt8]?, _ body: (Span<UInt8>, [PageNode]) throws -> Void
    ) throws {
        if isMarking { try mark(number, 1) }
        let isLeaf = level == tree.depth
        let bytes = try page(number, isLeaf: isLeaf)
        let nodes = try nodes(bytes.span, number, isLeaf: isLeaf)
        for (index, node) in nodes.enumerated() {
            let key = Array(bytes[node.key])
            // The first key of a branch is never compared with.
            if isLeaf || index > 0 {
                if let last {
                    let order = Self.order(last, key, tree.hasIntegerKeys)
                    guard order < 0 || order == 0 && isLeaf && index == 0 else {
                        throw PageFault(number, "is not in order")
                    }
                }
                last = key
            }
            guard isLeaf else {
                try visit(node.value, level + 1, tree, isMarking, &last, body)
                continue
            }
            if isMarking, node.flags & 1 != 0 { try large(node, bytes.span, number) }
        }
        if isLeaf { try body(bytes.span, nodes) }
    }

    /// The bytes of a page, whose head is what it has to be.
    func page(_ number: UInt64, isLeaf: Bool) throws -> [UInt8] {
        guard number > 1, number <= lastPage else {
            throw PageFault(number, "is used and does not belong to the file")
        }
        let bytes = try file.read(size, at: Int(number) * size)
        guard bytes.count == size else { throw PageFault(number, "is missing") }
        guard bytes.span.load(at: 0, as: UInt64.self) == number else {
            throw PageFault(number, "says that it is another one")
        }
        guard bytes.span.load(at: 10, as: UInt16.self) & 0x3FEF == (isLeaf ? 2 : 1) else {
            throw PageFault(number, "is of another kind than it has to be")
        }
        return bytes
    }

    private func nodes(
        _ bytes: Span<UInt8>, _ number: UInt64, isLeaf: Bool
    ) throws(PageFault) -> [PageNode] {
        let lower = Int(bytes.load(at: 12, as: UInt16.self))
        let upper = Int(bytes.load(at: 14, as: UInt16.self))
        guard lower > Self.headBytes, lower % 2 == 0, lower <= upper, upper <= size else {
            throw PageFault(number, "has wrong bounds")
        }
        var nodes: [PageNode] = []
        for place in stride(from: Self.headBytes, to: lower, by: 2) {
            let at = Int(bytes.load(at: place, as: UInt16.self))
            guard at >= upper, at + 8 <= size else { throw PageFault(number, "has a wrong entry") }
            let low = UInt64(bytes.load(at: at, as: UInt16.self))
            let high = UInt64(bytes.load(at: at + 2, as: UInt16.self))
            let flags = bytes.load(at: at + 4, as: UInt16.self)
            let key = at + 8..<at + 8 + Int(bytes.load(at: at + 6, as: UInt16.self))
            var value = low | high << 16
            if !isLeaf { value |= UInt64(flags) << 32 }
            let stored = isLeaf ? (flags & 1 != 0 ? 8 : Int(value)) : 0
            guard key.upperBound + stored <= size, !isLeaf || flags & ~3 == 0,
                !isLeaf || flags & 2 == 0 || stored == 48
            else { throw PageFault(number, "has an entry that does not fit") }
            nodes.append(
                PageNode(
                    flags: isLeaf ? flags : 0, key: key, data: key.upperBound, value: value))
        }
        return nodes
    }

    /// Looks at the pages of a value that is too large for a leaf.
    private func large(_ node: PageNode, _ bytes: Span<UInt8>, _ number: UInt64) throws {
        let first = bytes.load(at: node.data, as: UInt64.self)
        guard first > 1, first <= lastPage else {
            throw PageFault(number, "leads to a page that does not belong to the file")
        }
        let head = try file.read(Self.headBytes, at: Int(first) * size)
        let needed = (UInt64(Self.headBytes) - 1 + node.value) / UInt64(size) + 1
        guard head.count == Self.headBytes, head.span.load(at: 0, as: UInt64.self) == first,
            head.span.load(at: 10, as: UInt16.self) & 0x3FEF == 4
        else { throw PageFault(first, "does not begin a large value") }
        let count = UInt64(head.span.load(at: 12, as: UInt32.self))
        guard count >= needed else { throw PageFault(first, "is too short for its value") }
        try mark(first, count)
    }

    /// The pages that an entry of the table of free pages names.
    func freePages(_ bytes: Span<UInt8>, _ node: PageNode) throws -> [UInt64] {
        let content = try content(bytes, node)
        guard content.count >= 8 else { return [] }
        let count = content.span.load(at: 0, as: UInt64.self)
        guard count <= UInt64(content.count / 8 - 1) else {
            throw PageFault(0, "names more free pages than there are")
        }
        var pages: [UInt64] = []
        for index in 0..<Int(count) {
            pages.append(content.span.load(at: 8 + 8 * index, as: UInt64.self))
        }
        return pages
    }

    private func content(_ bytes: Span<UInt8>, _ node: PageNode) throws -> [UInt8] {
        guard node.flags & 1 != 0 else {
            return bytes.extracting(node.data..<node.data + Int(node.value)).array
        }
        let first = bytes.load(at: node.data, as: UInt64.self)
        return try file.read(Int(node.value), at: Int(first) * size + Self.headBytes)
    }

    /// How two keys follow each other: below 0 where the first one does.
    private static func order(_ left: [UInt8], _ right: [UInt8], _ areIntegers: Bool) -> Int {
        if areIntegers, left.count == 8, right.count == 8 {
            let one = left.span.load(at: 0, as: UInt64.self)
            let other = right.span.load(at: 0, as: UInt64.self)
            return one == other ? 0 : one < other ? -1 : 1
        }
        for (one, other) in zip(left, right) where one != other { return one < other ? -1 : 1 }
        return left.count - right.count
    }
}
