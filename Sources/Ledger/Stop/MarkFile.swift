import Bytes
import Events
import Storage

/// The file `STOPPED` of a ledger's folder: a line for each order that holds or held.
///
/// It needs no key and no lock to be written, and no room on the disk: `log/spare` is a file whose
/// blocks are there already, and takes its place where none are left. A file that is empty, or that
/// cannot be read, is an emergency stop: so somebody may make one by hand.
struct MarkFile: Sendable {
    let folder: String

    static let name = "STOPPED"
    /// The bytes of the spare file.
    static let spareBytes = 4_096
    /// How many orders are kept; of more the oldest that say the same are left out.
    private static let marksMax = 32

    var path: String { folder + "/" + Self.name }
    private var spare: String { folder + "/log/spare" }

    init(_ folder: String) { self.folder = folder }

    /// Whether there is one: one look at the folder.
    var exists: Bool { Folder.exists(path) }

    /// Makes the spare file where it is missing, as long as there is room.
    func prepareSpare() {
        guard Folder.size(of: spare) < Self.spareBytes else { return }
        // Who has no room for it, or may not write, has to do without.
        try? Descriptor.reserve(spare, byteCount: Self.spareBytes)
    }

    /// The orders that lie there, the oldest first.
    func read() -> [StopMark] {
        guard exists else { return [] }
        guard let bytes = try? Descriptor.contents(of: path, byteMax: 1 << 20) else {
            // It may have been taken away just now.
            return exists ? [found(0)] : []
        }
        var marks: [StopMark] = []
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            // What a write that was cut short left of the spare file.
            if line.first == 0 { continue }
            marks.append(StopMark(line: Array(line).span) ?? found(marks.count))
        }
        return marks.isEmpty ? [found(0)] : marks
    }

    /// What a file means that somebody made by hand, or a line that cannot be read.
    private func found(_ number: Int) -> StopMark {
        let made = Folder.modified(path) ?? 0
        var mark = StopMark(
            .stop, id: "\(Self.name)-\(made)-\(number)",
            by: LocalHost.owner(of: path) ?? "unknown")
        mark.why = "the file \(Self.name) was found, which says no more"
        return mark
    }

    /// Adds an order; it holds once this returns.
    ///
    /// - Throws: ``StorageError`` where the folder refuses a file.
    func leave(_ mark: StopMark) throws(StorageError) {
        let lock = locked()
        defer { lock?.unlock() }
        var marks = read()
        while marks.count >= Self.marksMax { marks.remove(at: Self.spareable(marks)) }
        do throws(StorageError) {
            try write(marks + [mark])
        } catch {
            // An empty file needs no room, and stops all; what is for less must not.
            guard mark.kind == .stop, mark.account == nil, mark.chat == nil else { throw error }
            try Descriptor.create(path, [])
            try Folder.sync(folder)
        }
        tellReaders()
    }

    /// The order that another says again, or the oldest.
    private static func spareable(_ marks: [StopMark]) -> Int {
        marks.indices.first { index in
            marks[(index + 1)...].contains {
                $0.kind == marks[index].kind && $0.until == marks[index].until
                    && $0.isFor(account: marks[index].account, chat: marks[index].chat)
            }
        } ?? 0
    }

    /// Takes orders away; answers those that were taken.
    func take(_ isMeant: (StopMark) -> Bool) throws(StorageError) -> [StopMark] {
        let lock = locked()
        defer { lock?.unlock() }
        let marks = read()
        let taken = marks.filter(isMeant)
        guard !taken.isEmpty else { return [] }
        let left = marks.filter { !isMeant($0) }
        if left.isEmpty {
            try Folder.remove(path)
            try Folder.sync(folder)
            prepareSpare()
        } else {
            try write(left)
        }
        tellReaders()
        return taken
    }

    /// Puts orders back that were taken for nothing.
    func putBack(_ marks: [StopMark]) {
        for mark in marks where !read().contains(mark) { try? leave(mark) }
    }

    private func write(_ marks: [StopMark]) throws(StorageError) {
        let bytes = Array(marks.map { $0.line + "\n" }.joined().utf8)
        do throws(StorageError) {
            try Descriptor.replace(path, bytes)
            return
        } catch {
            try? Folder.remove(path + ".new")
            // Where there is no room: the file that has its blocks, or the one that is there.
            if bytes.count <= Folder.size(of: spare) {
                try Descriptor.overwrite(spare, bytes)
                try Folder.rename(spare, to: path)
            } else if bytes.count <= (Folder.size(of: path) + 4_095) / 4_096 * 4_096 {
                try Descriptor.overwrite(path, bytes)
            } else {
                throw error
            }
            try Folder.sync(folder)
        }
    }

    /// Two orders at once wait for each other; one who stopped on the way keeps nobody waiting.
    private func locked() -> FileLock? {
        guard let lock = try? FileLock(path: folder + "/log/page") else { return nil }
        for _ in 0..<50 {
            if lock.tryLock() { return lock }
            SystemThread.sleep(nanoseconds: 1_000_000)
        }
        return nil
    }

    /// Open ledgers see by the shared page that the file is another.
    private func tellReaders() {
        guard let page = try? SharedPage(path: folder + "/log/page") else { return }
        page[LogStore.Slot.marks] = UInt64.random(in: 1 ... .max)
    }
}
