public import Bytes
import Events
import Storage
public import Vault

/// What is to be done to the vault under the write lock.
enum KeyOrder: Sendable {
    /// Persons are forgotten, all or none.
    case erase([Fingerprint], Authority)
    /// Aliases that were erased before `keys/` came back from a backup are erased again.
    case reapply([ErasedAlias])
    /// The keys of days before that one, counted from 1970-01-01, are destroyed.
    case destroyDays(UInt32)
    /// All keys are wrapped under another master key.
    case rotate(MasterKey)
    /// What a crash left is ended, and both headers are written.
    case mend
}

/// An alias that leads nowhere any more.
public struct ErasedAlias: Sendable, Equatable {
    /// Its keyed hash.
    public let alias: Fingerprint
    /// What is remembered of it.
    public let flags: OwnerFlags

    /// An alias.
    public init(alias: Fingerprint, flags: OwnerFlags) {
        self.alias = alias
        self.flags = flags
    }
}

/// An erasure that was begun: on disk before the first key is overwritten, gone once the log tells.
///
/// The file `keys/erasing` holds the ids of the persons, in hexadecimal digits with spaces between,
/// and a line for each of by, why, user and login, which may be empty.
struct ErasureIntent: Equatable {
    let persons: [Fingerprint]
    let authority: Authority

    static func path(_ keys: String) -> String { keys + "/erasing" }

    var text: String {
        let authority = [
            authority.by, authority.why, authority.user ?? "", authority.login ?? "",
        ].map { $0.replacing("\n", with: " ") }
        let names = persons.map(\.hex).joined(separator: " ")
        return ([names] + authority).map { $0 + "\n" }.joined()
    }

    init(persons: [Fingerprint], authority: Authority) {
        self.persons = persons
        self.authority = authority
    }

    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count == 6, lines[5].isEmpty else { return nil }
        var persons: [Fingerprint] = []
        for word in lines[0].split(separator: " ") {
            guard let person = Fingerprint(hex: word) else { return nil }
            persons.append(person)
        }
        self.persons = persons
        authority = Authority(
            by: lines[1], why: lines[2], user: lines[3].isEmpty ? nil : lines[3],
            login: lines[4].isEmpty ? nil : lines[4])
    }
}

extension Fingerprint {
    /// The fingerprint whose bytes these digits are; nil for anything else.
    init?(hex: some StringProtocol) {
        guard hex.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in hex.utf8 {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x61...0x66: value = digit - 0x57
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        let span = bytes.span
        self.init(
            UInt128(span.load(at: 8, as: UInt64.self)) << 64
                | UInt128(span.load(at: 0, as: UInt64.self)))
    }
}
