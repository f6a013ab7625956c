import Ledger
import Storage

extension ExportCheck {
    /// Looks at what kind of files a folder holds, and how large they are, before one is read:
    /// whoever made it may have put anything there.
    ///
    /// - Returns: whether all may be read; what may not is a fault.
    mutating func survey() -> Bool {
        var names: [(name: String, bytes: Int)] = []
        walk("", 0, &names)
        let sumsMax = names.reduce(1 << 26) { $0 + $1.name.utf8.count + 80 }
        for (name, bytes) in names {
            let most =
                switch name {
                case "vkey", "checkpoint", ExportFolder.note, ExportFolder.oldCheckpoint,
                    ExportFolder.growth:
                    1 << 20
                case ExportFolder.manifest, ExportFolder.report, ExportFolder.page: 1 << 26
                case ExportFolder.sums: sumsMax
                case ExportFolder.events: Int.max
                default: 1 << 26
                }
            if bytes > most { fault("\(name) has \(bytes) bytes, over \(most)") }
        }
        return faults.list.isEmpty
    }

    /// Deeper than an export is made.
    private static let depthMax = 16
    /// What may be a hole: of larger files the disk must keep at least a part of what they say.
    private static let holeBytes = 1 << 24

    private mutating func walk(
        _ prefix: String, _ depth: Int, _ names: inout [(name: String, bytes: Int)]
    ) {
        guard depth <= Self.depthMax else { return fault("\(prefix) lies too deep") }
        for name in Folder.names(in: folder.file(prefix)) where !faults.isFull {
            let name = prefix + name
            switch Folder.kind(of: folder.file(name)) {
            case .folder: walk(name + "/", depth + 1, &names)
            case .file(let bytes, let stored):
                if bytes > Self.holeBytes, stored < bytes / 64 {
                    fault("\(name) has \(bytes) bytes, of which the disk keeps \(stored)")
                }
                names.append((name, bytes))
            case .other: fault("\(name) is neither a file nor a folder; a link is not followed")
            }
        }
    }
}
