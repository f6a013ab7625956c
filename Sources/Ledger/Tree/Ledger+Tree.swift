import Crypto
import Evidence
import Events
import Storage

extension Ledger {
    /// Records that one read transaction hashes; tiles are written when it has ended.
    private static let treePage: Position = 4096
    /// Records after which a long catching up is saved, so that it need not be done again.
    private static let treeSaved: Position = 1 << 19

    /// Runs `body` on the tree of the first `total` records or more, caught up from the log.
    ///
    /// The tree is built from 0 where it is missing, damaged, not of this log, or `isAnew` says so.
    /// No writer waits for it: records are read in short transactions.
    func withTree<V>(
        of total: Position, isAnew: Bool = false, progress: (Position, Position) -> Void,
        _ body: (inout TreeView) throws -> V
    ) throws -> V {
        try Folder.create(folder + "/views")
        let path = folder + "/views/tree"
        try Folder.create(path)
        let lock = try FileLock(path: path + "/lock")
        try lock.lock()
        defer { lock.unlock() }
        var view = TreeView(folder: path, tag: identity.tag)
        if !isAnew, let stored = try TreeView.stored(in: path, tag: identity.tag), try fits(stored)
        {
            view = stored
        } else {
            // What relies on the tiles goes first.
            try Folder.remove(path + "/frontier")
            if Folder.exists(path + "/tile") { try Folder.removeAll(path + "/tile") }
        }
        try catchUp(&view, to: total, progress)
        return try body(&view)
    }

    /// Whether the log holds the record that the tree ends with.
    func fits(_ view: TreeView) throws -> Bool {
        guard view.count > 0 else { return true }
        guard try view.count <= count() else { return false }
        var hasher = TreeHasher()
        return try withEvent(at: view.count - 1) { hasher.leaf($0.bytes) } == view.lastLeaf
    }

    private func catchUp(
        _ view: inout TreeView, to total: Position, _ progress: (Position, Position) -> Void
    ) throws {
        var hasher = TreeHasher()
        var hasNewTiles = false
        var saved = view.count
        while view.count < total {
            let start = view.count
            var leaves: [Digest] = []
            try forEachEvent(from: start, to: min(total, start + Self.treePage)) { event in
                leaves.append(hasher.leaf(event.bytes))
                return true
            }
            guard !leaves.isEmpty else {
                throw LedgerError(
                    .damaged, "position \(start) is missing from the log", position: start)
            }
            for leaf in leaves {
                for (tile, bytes) in view.append(leaf, with: &hasher) {
                    try view.write(tile, bytes)
                    hasNewTiles = true
                }
            }
            progress(view.count, total)
            if view.count == total || view.count - saved >= Self.treeSaved {
                try view.save(flushingTiles: hasNewTiles)
                hasNewTiles = false
                saved = view.count
            }
        }
    }
}
