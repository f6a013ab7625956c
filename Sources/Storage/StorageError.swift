import CLMDB
import CPosix

/// A failure below the log: what LMDB or the operating system answered.
public struct StorageError: Error, Sendable, Equatable {
    /// What kind of failure it is.
    public enum Code: String, Sendable {
        /// The disk has no room left.
        case diskFull = "disk_full"
        /// The address space of the map is used up (256 GiB unless options say otherwise).
        case mapFull = "map_full"
        /// No permission, or a read-only folder.
        case notPermitted = "not_permitted"
        /// The file or folder is not there.
        case notFound = "not_found"
        /// The file is damaged, truncated or no LMDB file.
        case damaged
        /// The folder lies on a network file system.
        case networkFileSystem = "network_file_system"
        /// Another process is in the way.
        case busy
        /// Anything else.
        case failed
    }

    /// What kind of failure it is.
    public let code: Code
    /// A sentence for the user: what failed and what to do.
    public let message: String
    /// The number that LMDB or the system answered.
    public let number: Int32

    /// A failure with a sentence.
    public init(_ code: Code, _ message: String, number: Int32 = 0) {
        self.code = code
        self.message = message
        self.number = number
    }

    /// Errors are equal when their codes are.
    public static func == (left: StorageError, right: StorageError) -> Bool {
        left.code == right.code
    }

    /// Turns a return code of LMDB into an error; 0 passes.
    static func check(_ number: Int32, _ doing: String) throws(StorageError) {
        if number != 0 { throw of(number, doing) }
    }

    /// The error that a number of ``number`` stands for.
    public static func system(_ number: Int32, _ doing: String) -> StorageError {
        of(number, doing)
    }

    /// The error that a return code of LMDB or an errno stands for.
    static func of(_ number: Int32, _ doing: String) -> StorageError {
        let text = unsafe String(cString: mdb_strerror(number))
        switch number {
        case ENOSPC, EDQUOT:
            return StorageError(
                .diskFull, "\(doing): the disk is full; free some space and try again",
                number: number)
        case MDB_MAP_FULL:
            return StorageError(
                .mapFull,
                "\(doing): the ledger has used up its address space; start a new ledger",
                number: number)
        case MDB_MAP_RESIZED:
            return StorageError(
                .failed, "\(doing): another process enlarged the map; open the ledger again",
                number: number)
        case EROFS:
            return StorageError(
                .notPermitted,
                "\(doing): \(text); see whether its disk is mounted read-only, which an error of the "
                    + "disk may have done, and check the owner and mode of the folder",
                number: number)
        case EACCES, EPERM:
            return StorageError(
                .notPermitted, "\(doing): \(text); check the owner and mode of the folder",
                number: number)
        case ENOENT:
            return StorageError(.notFound, "\(doing): no such file or folder", number: number)
        case MDB_PANIC:
            return StorageError(
                .failed,
                "\(doing): a write to the disk failed before; try again, and run 'ledger doctor' if "
                    + "that does not help", number: number)
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND, MDB_INVALID, MDB_VERSION_MISMATCH, EIO:
            return StorageError(
                .damaged,
                "\(doing): \(text); run 'ledger verify', then restore the log from a backup",
                number: number)
        default:
            return StorageError(.failed, "\(doing): \(text)", number: number)
        }
    }
}
