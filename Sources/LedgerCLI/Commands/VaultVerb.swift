import CommandLineKit
import Events
import Ledger
import Storage
import Vault

/// `vault status`, `vault rotate`, `vault recover`: the keys that open what is personal.
enum VaultVerb {
    static let status = Command.verb(
        "vault status", "Count the keys, and say where the master key lies",
        examples: [.init("ledger vault status", "persons, aliases, what was erased")]
    ) { arguments, out in
        try Ledger.reading(arguments, out) { ledger in
            let status = try ledger.vaultStatus()
            let counts = status.counts
            let rows: [(String, String, Int)] = [
                ("persons", "persons", counts.persons), ("aliases", "aliases", counts.aliases),
                ("erased", "erased aliases", counts.erased),
                ("opted_out", "with an opt-out", counts.optedOut),
                ("chats", "group chats", counts.chats), ("days", "days", counts.days),
                ("slots", "slots", counts.slots), ("free", "free slots", counts.free),
                ("damaged", "damaged slots", counts.damaged),
            ]
            let trouble = try ledger.keysTrouble()
            let isWhole = counts.damaged == 0 && counts.isHeaderWhole && trouble == nil
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("generation", counts.generation)
                json.member("master_key", MasterKeyOptions.place(status.master, ledger.folder))
                for row in rows { json.member(row.0, row.2) }
                json.member("header_whole", counts.isHeaderWhole)
                json.member("erasure_begun", status.hasErasure)
                json.member("rotation_begun", status.hasRotation)
                json.member(orNull: "trouble", trouble?.message)
                json.endObject()
                out.line(json.text)
            } else {
                let place = MasterKeyOptions.place(status.master, ledger.folder)
                out.line("master key      \(Terminal.escape(place))")
                for row in rows {
                    let label = row.1.padding(to: 16)
                    out.line("\(label)\(row.2)")
                }
                if !counts.isHeaderWhole {
                    out.line("a header is damaged: run 'ledger vault recover'")
                }
                if let trouble { out.line(Terminal.escape(trouble.message)) }
                if status.hasErasure { out.line("an erasure was begun: the next commit ends it") }
                if status.hasRotation { out.line("a rotation was begun: 'vault recover' ends it") }
            }
            return isWhole ? ExitCode.done : ExitCode.failed
        }
    }

    static let rotate = Command.verb(
        "vault rotate", "Wrap every key under a new master key",
        details: "Without an option the new key takes the old one's place. Backups of keys/ that "
            + "were made before need the old master key.",
        options: MasterKeyOptions.options,
        examples: [.init("ledger vault rotate", "after somebody may have seen the master key")]
    ) { arguments, out in
        let target = try MasterKeyOptions.source(arguments)
        return try await Ledger.writing(arguments, out) { ledger, _ in
            let rotation = try prepare(ledger, target)
            try await ledger.rotate(rotation)
            try end(ledger)
            let place = try place(ledger)
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("master_key", place)
                json.endObject()
                out.line(json.text)
            } else {
                out.line("all keys are wrapped under a new master key: \(Terminal.escape(place))")
                out.note("Keep a copy of it elsewhere; without it nothing personal can be read.")
            }
            return ExitCode.done
        }
    }

    static let acceptLoss = Option<Bool>.flag(
        "accept-loss", "Go on without the keys that are missing: they are lost for ever")

    static let recover = Command.verb(
        "vault recover", "End what a crash left half done, and mend what can be mended",
        details: "While slots are damaged, or keys/ is older than the log, nobody new is taken in "
            + "and, in an older one, nothing is decided: somebody who opted out would be a stranger. "
            + "The remedy is the newest copy of keys/. Where there is none, --accept-loss goes on: "
            + "what was sealed under the missing keys stays unreadable, whoever was erased is erased "
            + "again, and an opt-out that only the missing keys knew is forgotten.",
        options: [acceptLoss] + Operator.options,
        examples: [
            .init("ledger vault recover", "says what is lost, if anything is"),
            .init(
                "ledger vault recover --accept-loss --by ann --why \"no newer copy\"",
                "the disk took keys with it"),
        ]
    ) { arguments, out in
        let person = arguments(acceptLoss) ? try Operator(arguments) : nil
        return try await Ledger.writing(arguments, out) { ledger, _ in
            let before = try examine(ledger)
            var (sentences, isWhole) = (before.sentences, before.damaged.isEmpty)
            if before.header != .lost, before.hasMaster {
                try await ledger.mendVault()
                try end(ledger)
                var place: Position?
                if let person {
                    place = try await ledger.acceptKeyLoss(by: person.by, why: person.why)
                }
                let after = try examine(ledger)
                sentences = after.sentences
                isWhole = after.damaged.isEmpty
                if let place { sentences.append("What is missing is lost (position \(place)).") }
                if let trouble = try trouble(ledger) {
                    sentences.append(trouble.message)
                    isWhole = false
                }
            }
            isWhole = isWhole && before.header != .lost && before.hasMaster
            if out.isJSON {
                var json = JSONWriter()
                json.beginObject()
                json.member("whole", isWhole)
                json.key("findings")
                json.beginArray()
                for sentence in sentences { json.value(sentence) }
                json.endArray()
                json.endObject()
                out.line(json.text)
            } else {
                for sentence in sentences { out.line(Terminal.escape(sentence)) }
            }
            return isWhole ? ExitCode.done : ExitCode.failed
        }
    }

    // The vault is read and written where a thread may wait.
    private static func prepare(
        _ ledger: Ledger, _ target: MasterKeySource?
    ) throws -> VaultRotation { try ledger.prepareRotation(to: target) }

    private static func end(_ ledger: Ledger) throws { try ledger.endRotation() }

    private static func place(_ ledger: Ledger) throws -> String {
        MasterKeyOptions.place(try ledger.vaultStatus().master, ledger.folder)
    }

    private static func trouble(_ ledger: Ledger) throws -> LedgerError? {
        try ledger.keysTrouble()
    }

    private static func examine(_ ledger: Ledger) throws -> VaultReport {
        try ledger.examineVault()
    }
}

/// Where a master key is to lie.
enum MasterKeyOptions {
    static let file = Option<String?>.text(
        "master-key", "FILE", "Keep the master key in this file, outside the ledger's folder")
    static let program = Option<String?>.text(
        "master-command", "COMMAND",
        "Ask this program for the master key: its whole path and arguments, with spaces between")
    static let options: [any OptionKey] = [file, program]

    static func source(_ arguments: Arguments) throws -> MasterKeySource? {
        switch (arguments(file), arguments(program)) {
        case (nil, nil): return nil
        case (let path?, nil):
            let folder = Folder.canonical(Folder.parent(of: path))
            let name = path.split(separator: "/").last.map(String.init) ?? path
            return .file(folder + "/" + name)
        case (nil, let words?):
            let words = words.split(separator: " ").map(String.init)
            guard words.first?.hasPrefix("/") == true else {
                throw UsageError(
                    "--master-command takes the whole path of a program, and its arguments",
                    command: arguments.command)
            }
            return .command(words)
        default:
            throw UsageError(
                "the master key lies in a file or behind a command, not both",
                command: arguments.command)
        }
    }

    /// Where it lies, for people.
    static func place(_ source: MasterKeySource, _ folder: String) -> String {
        switch source {
        case .beside: folder + ".key"
        case .file(let path): path
        case .command(let words): words.joined(separator: " ")
        }
    }
}
