public import Events
import Evidence
public import Storage
public import Vault

/// Why the ledger did not do what was asked.
public struct LedgerError: Error, Sendable, Equatable {
    /// What kind of answer it is; the raw value is the `code` in JSON.
    public enum Code: String, Sendable {
        /// The same (source, id), or the same key, with other content.
        case conflict
        /// The caller may not write this type.
        case forbidden
        /// A condition of the append does not hold.
        case condition = "condition_failed"
        /// Another process holds the ledger for over 5 seconds, or the queue is full.
        case busy
        /// The folder is no ledger, or not there.
        case notFound = "not_found"
        /// There is a ledger already, or two were mixed.
        case exists
        /// The format is newer than this version.
        case newer = "newer_format"
        /// A record or a file is damaged.
        case damaged
        /// The log no longer begins with what was signed.
        case forked
        /// The log lies in another file than the ledger knows: a copy, or one that was moved.
        case moved
        /// The machine's clock cannot be trusted.
        case clock
        /// Another instance holds the role.
        case held
        /// No policy has been applied.
        case noPolicy = "no_policy"
        /// A key is missing: the master key, or the one of a person who was erased.
        case keys
        /// The subject of a routed request was posted again; the caller routes it anew.
        case rerouted
        /// The input is not what it should be.
        case invalid
        /// The disk, the map, the permissions: see the message.
        case storage
    }

    /// What kind of answer it is.
    public let code: Code
    /// A sentence for the user: the cause, and what to do.
    public let message: String
    /// The position that it is about, if any.
    public let position: Position?

    /// An answer with a sentence.
    public init(_ code: Code, _ message: String, position: Position? = nil) {
        self.code = code
        self.message = message
        self.position = position
    }

    /// What a failure of storage means here.
    public init(_ error: StorageError) {
        switch error.code {
        case .busy: self.init(.busy, error.message)
        case .damaged: self.init(.damaged, error.message)
        case .notFound: self.init(.notFound, error.message)
        default: self.init(.storage, error.message)
        }
    }

    /// What a failure of the vault means here.
    public init(_ error: VaultError) {
        switch error.code {
        case .damaged: self.init(.damaged, error.message)
        case .storage: self.init(.storage, error.message)
        case .unknown: self.init(.notFound, error.message)
        case .full, .refused: self.init(.invalid, error.message)
        default: self.init(.keys, error.message)
        }
    }

    /// Any error as one of these.
    public init(any error: any Error) {
        switch error {
        case let error as LedgerError: self = error
        case let error as StorageError: self.init(error)
        case let error as EvidenceError: self.init(.damaged, error.message)
        case let error as VaultError: self.init(error)
        case let error as EventError: self.init(.invalid, error.message)
        case let damage as ViewDamage:
            self.init(.damaged, "\(damage.what); 'ledger rebuild' makes the views anew")
        default: self.init(.storage, "\(error)")
        }
    }
}
