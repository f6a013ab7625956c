import Glibc

/// Which LMDB folders this process has open.
///
/// LMDB's locks belong to the process: a second environment on the same files, once closed, would
/// take the locks and reader slots of the first away.
enum OpenEnvironments {
    /// An open folder: it leaves the list only after its environment is closed.
    final class Entry: Sendable {
        let path: String
        let noSync: Bool
        fileprivate let environment = Locked<Weak>(Weak())

        fileprivate init(path: String, noSync: Bool) {
            self.path = path
            self.noSync = noSync
        }

        /// Called by the environment once its handle is closed.
        func close() {
            OpenEnvironments.entries.withLock { entries in
                if entries[path] === self { entries[path] = nil }
            }
        }
    }

    fileprivate struct Weak: Sendable {
        weak var value: Environment?
    }

    fileprivate static let entries = Locked<[String: Entry]>([:])

    /// Answers the open environment of a path, or makes one while nobody else does.
    static func open(
        _ path: String, _ noSync: Bool, make: (Entry) throws(StorageError) -> Environment
    ) throws(StorageError) -> Environment {
        for _ in 0..<10_000 {
            let (entry, isMine) = entries.withLock { entries -> (Entry, Bool) in
                if let entry = entries[path] { return (entry, false) }
                let entry = Entry(path: path, noSync: noSync)
                entries[path] = entry
                return (entry, true)
            }
            if isMine {
                do throws(StorageError) {
                    let environment = try make(entry)
                    entry.environment.withLock { $0.value = environment }
                    return environment
                } catch {
                    entry.close()
                    throw error
                }
            }
            if entry.noSync == noSync, let environment = entry.environment.withLock({ $0.value }) {
                return environment
            }
            // It is being opened or closed on another thread this very moment.
            usleep(1000)
        }
        throw StorageError(.busy, "\(path) is in use elsewhere in this process")
    }
}
