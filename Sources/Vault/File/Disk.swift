import Storage

/// The steps by which files change, one at a time, so that a test can stop between any two.
protocol Disk: Sendable {
    /// Creates an empty file, and refuses where there is one.
    func create(_ path: String) throws(StorageError) -> PositionedFile
    func write(_ bytes: [UInt8], to file: PositionedFile, at offset: Int) throws(StorageError)
    func flush(_ file: PositionedFile) throws(StorageError)
    func rename(_ from: String, to: String) throws(StorageError)
    func remove(_ path: String) throws(StorageError)
    func syncFolder(_ path: String) throws(StorageError)
}

extension Disk {
    /// Overwrites a file with zeroes, flushes that, and removes it; a missing one is no error.
    func destroy(_ path: String) throws(StorageError) {
        guard Folder.exists(path) else { return }
        let file = try PositionedFile(path: path)
        try zero(file, from: 0)
        try remove(path)
        try syncFolder(Folder.parent(of: path))
    }

    /// Overwrites what lies from `start` on with zeroes, and flushes that.
    func zero(_ file: PositionedFile, from start: Int) throws(StorageError) {
        let end = try file.byteCount
        for at in stride(from: start, to: end, by: 1 << 20) {
            try write([UInt8](repeating: 0, count: min(1 << 20, end - at)), to: file, at: at)
        }
        try flush(file)
    }
}

/// The disk as it is.
struct RealDisk: Disk {
    func create(_ path: String) throws(StorageError) -> PositionedFile {
        try PositionedFile(path: path, isNew: true)
    }

    func write(_ bytes: [UInt8], to file: PositionedFile, at offset: Int) throws(StorageError) {
        try file.write(bytes.span, at: offset)
    }

    func flush(_ file: PositionedFile) throws(StorageError) { try file.flush() }

    func rename(_ from: String, to: String) throws(StorageError) {
        try Folder.rename(from, to: to)
    }

    func remove(_ path: String) throws(StorageError) { try Folder.remove(path) }

    func syncFolder(_ path: String) throws(StorageError) { try Folder.sync(path) }
}
