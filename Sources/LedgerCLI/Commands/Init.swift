import CommandLineKit
import Events
import Evidence
import Ledger
import Storage

/// `init`: makes a new ledger.
enum Init {
    static let name = Option<String?>.text(
        "name", "ORIGIN", "The ledger's name, for ever (default: host, folder and random digits)")
    static let development = Option<Bool>.flag(
        "development", "A driven clock that starts at 1970: for tests and replays")

    static let command = Command.verb(
        "init", "Make a new ledger", options: [name, development] + MasterKeyOptions.options,
        examples: [
            .init("ledger init", "make ./ledger-data"),
            .init("ledger --ledger /var/lib/ledger init --name example.org/qa", "name it"),
        ]
    ) { arguments, out in
        let folder = LedgerInUse.new(arguments)
        let origin = arguments(name) ?? standardName(folder)
        let isDevelopment = arguments(development)
        guard arguments(Global.now) == nil else {
            throw UsageError("init takes no --now: a driven clock starts at 1970", command: "init")
        }
        let master = try MasterKeyOptions.source(arguments) ?? .beside
        try Ledger.create(
            folder, origin: origin, isDevelopment: isDevelopment, masterKey: master)
        // Opening makes the views, so that whatever stands against them shows now.
        let ledger = try Ledger.open(arguments, out, folder: folder)
        ledger.close()
        let key = try ledger.makeSigningKey()
        if out.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("ledger", folder)
            json.member("origin", origin)
            json.member("format", LedgerIdentity.currentFormat)
            json.member("development", isDevelopment)
            json.member("vkey", key.text)
            json.member("master_key", MasterKeyOptions.place(master, folder))
            json.endObject()
            out.line(json.text)
            return ExitCode.done
        }
        out.line("made the ledger \(origin) in \(Terminal.escape(folder))")
        out.line("its checkpoints are verified by \(key.text)")
        let place = Terminal.escape(MasterKeyOptions.place(master, folder))
        out.line("its master key is in \(place): keep a copy elsewhere, for nothing opens without")
        if isDevelopment { out.line("its clock is driven: it starts at 1970, --now moves it") }
        if !isDevelopment, SystemClock.isSynchronised == false { out.note(ClockNote.free(false)) }
        let prefix = folder == LedgerInUse.standard ? "ledger" : "ledger --ledger \(folder)"
        out.note("Next:")
        out.note(
            "  \(Terminal.escape(prefix)) policy apply policy.yaml --by YOU --why \"first policy\"")
        out.note("  \(Terminal.escape(prefix)) append events.ndjson")
        out.note("  \(Terminal.escape(prefix)) status")
        return ExitCode.done
    }

    /// `host/folder-` and eight random digits, so that no two ledgers share a name; what a name may
    /// not hold is replaced by a hyphen.
    static func standardName(_ folder: String) -> String {
        let last = folder.split(separator: "/").last { $0 != "." && $0 != ".." } ?? "ledger"
        let text = "\(LocalHost.name)/\(last)"
        let allowed = text.unicodeScalars.map { scalar -> Character in
            scalar.value > 0x20 && scalar.value < 0x7F && scalar != "+" ? Character(scalar) : "-"
        }
        let random = String(UInt32.random(in: 1 << 28 ... .max), radix: 16)
        return String(String(allowed).prefix(246)) + "-\(random)"
    }
}
