import Bytes
import Events
import Storage
import Vault

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
    /// The file of keys is taken as it is, older than the log or damaged; the event says so.
    case acceptLoss(Draft)
}

/// An erasure that was begun: on disk before the first key is overwritten, gone once the log tells.
///
/// The file `keys/erasing` holds a line for each of by, why, user and login, which may be empty,
/// then one for each alias: the id of the person and the hash of the alias in hexadecimal digits,
/// and what is remembered, as in ``ErasureList``.
struct ErasureIntent: Equatable {
    /// A person, and one of its aliases.
    struct Line: Equatable {
        let person: Fingerprint
        let alias: Fingerprint
        let flags: OwnerFlags
    }

    let authority: Authority
    let lines: [Line]

    /// Each person once.
    var persons: [Fingerprint] {
        var seen: Set<Fingerprint> = []
        return lines.map(\.person).filter { seen.insert($0).inserted }
    }

    static func path(_ keys: String) -> String { keys + "/erasing" }

    var text: String {
        let authority = [
            authority.by, authority.why, authority.user ?? "", authority.login ?? "",
        ].map { text in String(text.map { $0.isNewline ? " " : $0 }) }
        let aliases = lines.map {
            "\($0.person.hex) \($0.alias.hex) \($0.flags.optOut) \($0.flags.isAsked ? 1 : 0)"
        }
        return (authority + aliases).map { $0 + "\n" }.joined()
    }

    init(authority: Authority, lines: [Line]) {
        self.authority = authority
        self.lines = lines
    }

    init?(text: String) {
        let all = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard all.count > 5, all.last == "" else { return nil }
        authority = Authority(
            by: all[0], why: all[1], user: all[2].isEmpty ? nil : all[2],
            login: all[3].isEmpty ? nil : all[3])
        var lines: [Line] = []
        for line in all[4..<all.count - 1] {
            let words = line.split(separator: " ")
            guard words.count == 4, let person = Fingerprint(hex: words[0]),
                let alias = Fingerprint(hex: words[1]), let optOut = UInt8(words[2])
            else { return nil }
            let flags = OwnerFlags(optOut: optOut, isAsked: words[3] == "1")
            lines.append(Line(person: person, alias: alias, flags: flags))
        }
        self.lines = lines
    }
}
