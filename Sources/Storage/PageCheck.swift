import Bytes
import CLMDB
import Glibc

/// Looks at the pages of an LMDB file as bytes, without LMDB, which believes them all.
///
/// Sources: `MDB_page`, `MDB_node`, `MDB_db`, `MDB_meta` in LMDB's mdb.c, data version 1.
enum PageCheck {
    /// Refuses a file in which a page that LMDB reads first, the root of a table, is none.
    ///
    /// Others may commit meanwhile; what they may have overwritten is looked at again.
    static func refuseDamagedRoots(_ path: String) throws(StorageError) {
        guard Folder.size(of: path) > 0 else { return }
        var seen = 0
        for attempt in 0..<100 {
            if attempt > 0 { usleep(500) }
            let walk = try PageWalk(path)
            guard let meta = try walk.newestMeta() else { return }
            let fault = try walk.rootFault(meta)
            // Pages of a commit are used again from the third one after it on.
            guard let fault else { return }
            if let now = try walk.newestMeta(), now.number < meta.number + 2 { seen += 1 }
            // Once may have been a first page that was just being written.
            if seen > 1 { throw damaged(path, fault) }
        }
    }

    static func damaged(_ path: String, _ fault: String) -> StorageError {
        StorageError(
            .damaged,
            "\(path): \(fault); restore it from a backup (views/ can be deleted, log/ cannot)")
    }
}

extension Environment {
    /// What is wrong with the pages of the newest commit, every one of them; nil if nothing is.
    ///
    /// - Parameter progress: Called now and then with the pages looked at and those in the file.
    /// - Throws: ``StorageError`` where the file cannot be read.
    @available(*, noasync)
    public func pageFault(_ progress: (Int, Int) -> Void = { _, _ in }) throws -> String? {
        var seen: String?
        for _ in 0..<100 {
            let fault: String?? = try read { transaction in
                let number = unsafe UInt64(mdb_txn_id(transaction.handle))
                let walk = try PageWalk(path + "/data.mdb")
                // The pages that it sees stay as they are until the transaction ends.
                guard let meta = try walk.meta(of: number) else { return nil }
                return .some(try walk.fault(meta, progress))
            }
            // Once may have been a first page that was just being written.
            if let fault, fault == nil || seen != nil { return fault }
            if let fault { seen = fault }
        }
        return "the number of its last commit stands in neither of its first pages"
    }
}

/// What a page of LMDB is found to be that it must not be.
struct PageFault: Error {
    let message: String
    init(_ page: UInt64, _ what: String) { message = "page \(page) \(what)" }
}

/// One of the two first pages: which commit it is of, and where its tables are.
struct PageMeta {
    let number: UInt64
    let lastPage: UInt64
    let free: PageTree
    let main: PageTree
}

/// A table, as LMDB describes it.
struct PageTree {
    static let none = UInt64.max
    let depth: Int
    let root: UInt64
    let hasIntegerKeys: Bool

    init(_ bytes: Span<UInt8>, at offset: Int) {
        hasIntegerKeys = bytes.load(at: offset + 4, as: UInt16.self) & 0x08 != 0
        depth = Int(bytes.load(at: offset + 6, as: UInt16.self))
        root = bytes.load(at: offset + 40, as: UInt64.self)
    }
}

/// Walks the pages of one commit.
final class PageWalk {
    let file: PositionedFile
    private let path: String
    private(set) var size = 4096
    private(set) var lastPage: UInt64 = 0
    private var seen: [UInt64] = []
    private(set) var seenCount = 0

    init(_ path: String) throws(StorageError) {
        self.path = path
        file = try PositionedFile(path: path)
    }

    // MARK: - The first pages

    func newestMeta() throws(StorageError) -> PageMeta? {
        return try metas().max { $0.number < $1.number }
    }

    func meta(of number: UInt64) throws(StorageError) -> PageMeta? {
        try metas().first { $0.number == number }
    }

    private func metas() throws(StorageError) -> [PageMeta] {
        let head = try file.read(152, at: 0)
        guard head.count == 152 else { return [] }
        let told = Int(head.span.load(at: 40, as: UInt32.self))
        guard (512...65_536).contains(told), told & (told - 1) == 0 else { return [] }
        size = told
        var metas: [PageMeta] = []
        for place in [0, size] {
            let bytes = try file.read(152, at: place)
            guard bytes.count == 152 else { continue }
            let span = bytes.span
            guard span.load(at: 16, as: UInt32.self) == 0xBEEF_C0DE,
                span.load(at: 20, as: UInt32.self) == 1
            else { continue }
            metas.append(
                PageMeta(
                    number: span.load(at: 144, as: UInt64.self),
                    lastPage: span.load(at: 136, as: UInt64.self),
                    free: PageTree(span, at: 40), main: PageTree(span, at: 88)))
        }
        return metas
    }

    // MARK: - Walks

    /// What is wrong with the roots of the tables.
    func rootFault(_ meta: PageMeta) throws(StorageError) -> String? {
        lastPage = meta.lastPage
        return try told {
            for tree in [meta.free, meta.main] where tree.root != PageTree.none {
                _ = try page(tree.root, isLeaf: tree.depth == 1)
            }
            guard meta.main.root != PageTree.none else { return }
            var tables: [PageTree] = []
            try forEachLeaf(meta.main, isMarking: false) { bytes, nodes in
                for node in nodes where node.flags & 2 != 0 {
                    tables.append(PageTree(bytes, at: node.data))
                }
            }
            for tree in tables where tree.root != PageTree.none {
                _ = try page(tree.root, isLeaf: tree.depth == 1)
            }
        }
    }

    /// What is wrong with any page of a commit.
    func fault(
        _ meta: PageMeta, _ progress: (Int, Int) -> Void
    ) throws(StorageError) -> String? {
        lastPage = meta.lastPage
        let pages = Int(clamping: lastPage) + 1
        guard pages <= Folder.size(of: path) / size else {
            return "it holds less pages than it says"
        }
        seen = [UInt64](repeating: 0, count: pages / 64 + 1)
        return try told {
            var tables: [PageTree] = []
            var free: [UInt64] = []
            if meta.free.root != PageTree.none {
                try forEachLeaf(meta.free, isMarking: true) { bytes, nodes in
                    for node in nodes { free += try freePages(bytes, node) }
                }
            }
            if meta.main.root != PageTree.none {
                try forEachLeaf(meta.main, isMarking: true) { bytes, nodes in
                    for node in nodes where node.flags & 2 != 0 {
                        tables.append(PageTree(bytes, at: node.data))
                    }
                }
            }
            for tree in tables where tree.root != PageTree.none {
                try forEachLeaf(tree, isMarking: true) { _, _ in
                    progress(seenCount, pages)
                }
            }
            for page in free { try mark(page, 1) }
        }
    }

    private func told(
        _ body: () throws -> Void
    ) throws(StorageError) -> String? {
        do {
            try body()
            return nil
        } catch let fault as PageFault {
            return fault.message
        } catch let error as StorageError {
            throw error
        } catch { return "\(error)" }
    }

    /// Notes that pages are in use; two uses of one are a fault.
    func mark(_ first: UInt64, _ count: UInt64) throws(PageFault) {
        guard first > 1, first <= lastPage, count <= lastPage - first + 1 else {
            throw PageFault(first, "is used and does not belong to the file")
        }
        for page in first..<first + count {
            guard seen[Int(page >> 6)] & 1 << (page & 63) == 0 else {
                throw PageFault(page, "is used twice")
            }
            seen[Int(page >> 6)] |= 1 << (page & 63)
        }
        seenCount += Int(count)
    }
}
