import Storage
import TestSupport

@testable import Vault

/// A disk that stops at the k-th step, and then loses or tears what was not flushed.
final class CrashDisk: Disk, @unchecked Sendable {
    struct Crash: Error {}

    private struct Write {
        let file: PositionedFile
        let offset: Int
        let old: [UInt8]
        let new: [UInt8]
    }

    private var steps: Int
    private var unflushed: [Write] = []
    private var unsynced: [String] = []
    /// Whether a step was refused.
    private(set) var hasCrashed = false

    /// Does `steps` steps, and none after those.
    init(steps: Int) { self.steps = steps }

    private func step() throws(StorageError) {
        if steps == 0 {
            hasCrashed = true
            throw StorageError(.failed, "crash")
        }
        steps -= 1
    }

    func create(_ path: String) throws(StorageError) -> PositionedFile {
        try step()
        unsynced.append(path)
        return try RealDisk().create(path)
    }

    func write(_ bytes: [UInt8], to file: PositionedFile, at offset: Int) throws(StorageError) {
        let old = try file.read(bytes.count, at: offset)
        let padding = [UInt8](repeating: 0, count: bytes.count - old.count)
        let write = Write(file: file, offset: offset, old: old + padding, new: bytes)
        // The step that fails may have written a part.
        if steps == 0 { unflushed.append(write) }
        try step()
        try file.write(bytes.span, at: offset)
        unflushed.append(write)
    }

    func flush(_ file: PositionedFile) throws(StorageError) {
        try step()
        unflushed.removeAll { $0.file.path == file.path }
    }

    func rename(_ from: String, to: String) throws(StorageError) {
        try step()
        try RealDisk().rename(from, to: to)
    }

    func remove(_ path: String) throws(StorageError) {
        try step()
        try RealDisk().remove(path)
    }

    func syncFolder(_ path: String) throws(StorageError) {
        try step()
        unsynced.removeAll { Folder.parent(of: $0) == path }
    }

    /// Cuts the power: of each write that was not flushed, all, nothing or a part is kept.
    func cutPower(seed: UInt64) throws {
        var chance = SeededGenerator(seed: seed)
        for write in unflushed.reversed() { try write.file.write(write.old.span, at: write.offset) }
        for write in unflushed {
            let count = [0, write.new.count, Int.random(in: 0...write.new.count, using: &chance)]
                .randomElement(using: &chance)!
            try write.file.write(write.new.span.extracting(0..<count), at: write.offset)
        }
        for path in unsynced where Bool.random(using: &chance) { try Folder.remove(path) }
    }
}
