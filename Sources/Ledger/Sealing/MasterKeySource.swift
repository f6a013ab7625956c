import Bytes
import Storage
import Vault

/// Where the master key of a ledger lies: outside its folder.
///
/// The file `keys/master` says so, in lines: `beside` and where that was when the ledger was made,
/// or `file` and its path, or `command` and the program with its arguments, one a line.
public enum MasterKeySource: Sendable, Equatable {
    /// In a file beside the folder: its name with `.key` at its end.
    case beside
    /// In a file of mode 0600.
    case file(String)
    /// Behind a program, by its whole path, that answers with the key.
    case command([String])

    /// The lines of `keys/master`.
    var text: String {
        switch self {
        case .beside: "beside\n"
        case .file(let path): "file\n\(path)\n"
        case .command(let words): "command\n" + words.map { $0 + "\n" }.joined()
        }
    }

    /// The lines of `keys/master` for a ledger that is made in `folder`.
    func text(of folder: String) -> String {
        guard self == .beside, let path = path(folder), !path.contains("\n") else { return text }
        return text + path + "\n"
    }

    /// Where a key beside the folder lay when the ledger was made, as `keys/master` says; nil where
    /// it does not.
    static func formerPath(_ text: String) -> String? {
        let lines = text.split(separator: "\n").map(String.init)
        return lines.count == 2 && lines[0] == "beside" ? lines[1] : nil
    }

    /// Reads the lines of `keys/master`; nil where they say nothing that is known.
    init?(text: String) {
        var lines = text.split(separator: "\n").map(String.init)
        guard !lines.isEmpty else { return nil }
        let kind = lines.removeFirst()
        switch (kind, lines.count) {
        case ("beside", 0...1): self = .beside
        case ("file", 1): self = .file(lines[0])
        case ("command", 1...): self = .command(lines)
        default: return nil
        }
    }

    /// The file that holds the key, for a ledger in `folder`; nil where a program has it.
    func path(_ folder: String) -> String? {
        switch self {
        case .beside: Folder.canonical(folder) + ".key"
        case .file(let path): path
        case .command: nil
        }
    }

    /// Makes the key of a new ledger where it is to lie in a file; one that is whole is used again.
    func make(_ folder: String) throws(VaultError) {
        guard let path = path(folder) else { return }
        guard try MasterKey.state(of: path) != .whole else {
            return try MasterKey.refuseForeign(path)
        }
        try MasterKey.create(path, outside: folder)
    }

    /// The keys that may open the vault: two while a rotation goes on.
    func keys(_ folder: String) throws(VaultError) -> [MasterKey] {
        switch self {
        case .command(let words): [try MasterKey.ask(words)]
        case .beside, .file: try MasterKey.candidates(path(folder) ?? "", outside: folder)
        }
    }
}
