public import Storage

/// Why a key, a sealed field or the vault could not be had.
public struct VaultError: Error, Sendable, Equatable {
    /// What kind of failure it is; the raw value is the `code` in JSON.
    public enum Code: String, Sendable {
        /// The key was erased, or there never was one: the field cannot be read any more.
        case keyGone = "key_gone"
        /// A slot, the header or a sealed field is not what was written.
        case damaged
        /// The master key is missing, or does not open this vault.
        case masterKey = "master_key"
        /// The alias belongs to another person already.
        case taken
        /// No free slot is left, or too many slots would change at once.
        case full
        /// The vault went on in a file of another generation: open that one.
        case moved
        /// The file is of an earlier moment than the log: changes that the log relies on are
        /// missing.
        case older
        /// Nobody has this alias or id.
        case unknown
        /// A name that nobody can read.
        case refused = "invalid"
        /// The disk or the permissions: see the message.
        case storage
    }

    /// What kind of failure it is.
    public let code: Code
    /// A sentence for the user: the cause, and what to do.
    public let message: String

    /// A failure with a sentence.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What a failure of storage means here.
    public init(_ error: StorageError) {
        self.init(error.code == .damaged ? .damaged : .storage, error.message)
    }

    /// Errors are equal when their codes are.
    public static func == (left: VaultError, right: VaultError) -> Bool { left.code == right.code }

    /// Runs `body`, whose failures of storage become failures of the vault.
    static func storing<V>(
        _ body: () throws(StorageError) -> V
    ) throws(VaultError) -> V {
        do { return try body() } catch { throw VaultError(error) }
    }
}
