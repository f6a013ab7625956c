import CommandLineKit
import Glibc
import Storage
import YAML

/// Which ledger a command works on, and by what it was found.
///
/// | found by | folder |
/// |---|---|
/// | `--ledger DIR` | as given |
/// | `LEDGER_DIR` | as given |
/// | `.ledger` in this folder or the nearest above it | its one line, from where it lies |
/// | `./ledger-data` | if it is there |
/// | `ledger: DIR` in `~/.config/ledger/config.yaml` | from that file's folder; `~` is the home |
struct LedgerInUse {
    /// The ledger's folder.
    let folder: String
    /// What named it: an option, a variable, or the path of a file.
    let by: String

    /// The folder that `init` makes without another word.
    static let standard = "./ledger-data"

    /// The folder that `init` makes: never one that a file names.
    static func new(_ arguments: Arguments) -> String {
        arguments(Global.ledger) ?? standard
    }

    /// The folder of the ledger in use.
    ///
    /// - Throws: ``Failure`` with `not_found` where nothing names one, and with `not_permitted` for
    ///   a `.ledger` that another user owns.
    static func folder(_ arguments: Arguments) throws -> String { try find(arguments).folder }

    /// The ledger in use, and what named it.
    static func find(_ arguments: Arguments) throws -> LedgerInUse {
        if let given = arguments(Global.ledger) {
            let isFromEnvironment = arguments.environment["LEDGER_DIR"] == given
            return LedgerInUse(folder: given, by: isFromEnvironment ? "LEDGER_DIR" : "--ledger")
        }
        if let named = try pointed(from: Folder.canonical(".")) { return named }
        if Folder.exists(standard) { return LedgerInUse(folder: standard, by: standard) }
        if let named = try configured(arguments.environment) { return named }
        throw Failure(
            "not_found",
            "no ledger is named: give --ledger DIR or LEDGER_DIR, write its path into a file .ledger "
                + "here or above, or make \(standard) with 'ledger init'",
            exitCode: ExitCode.noLedger)
    }

    /// What the nearest `.ledger` names; a folder of that name says nothing.
    private static func pointed(from start: String) throws -> LedgerInUse? {
        var folder = start
        while true {
            let path = folder == "/" ? "/.ledger" : folder + "/.ledger"
            if let owner = PositionedFile.access(of: path)?.owner {
                guard owner == geteuid() else {
                    throw Failure(
                        "not_permitted",
                        "\(path) belongs to another user (uid \(owner)), who may name any ledger "
                            + "there; give --ledger DIR")
                }
                let line = try lines(of: path)
                guard line.count == 1 else {
                    throw Failure(
                        "invalid",
                        "\(path) has \(line.count) lines; it holds one, the path of the ledger's "
                            + "folder")
                }
                return LedgerInUse(folder: joined(folder, line[0], home: nil), by: path)
            }
            if folder == "/" || folder == "." { return nil }
            folder = Folder.parent(of: folder)
        }
    }

    /// What the user's configuration names.
    private static func configured(_ environment: [String: String]) throws -> LedgerInUse? {
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let folder = base ?? home.map({ $0 + "/.config" }) else { return nil }
        let path = folder + "/ledger/config.yaml"
        guard PositionedFile.access(of: path) != nil else { return nil }
        let text = try Descriptor.contents(of: path, byteMax: YAMLNode.bytesMax)
        let tree: YAMLNode
        do throws(YAMLError) { tree = try YAMLNode.parse(text.span) } catch {
            throw Failure("invalid", "\(path): \(error.description)")
        }
        guard let node = tree["ledger"], !node.isNull else { return nil }
        guard case .scalar(let name, _) = node.value, !name.isEmpty else {
            throw Failure("invalid", "\(path): ledger takes the path of a folder")
        }
        return LedgerInUse(folder: joined(folder + "/ledger", name, home: home), by: path)
    }

    private static func lines(of path: String) throws -> [String] {
        let bytes = try Descriptor.contents(of: path, byteMax: 1 << 16)
        return String(decoding: bytes, as: UTF8.self)
            .split { $0.isNewline }.map(String.init).filter { !$0.isEmpty }
    }

    /// A path as a file in `folder` names it.
    private static func joined(_ folder: String, _ path: String, home: String?) -> String {
        if path.hasPrefix("/") { return path }
        if let home, path == "~" || path.hasPrefix("~/") { return home + path.dropFirst() }
        return (folder == "/" ? "/" : folder + "/") + path
    }
}
