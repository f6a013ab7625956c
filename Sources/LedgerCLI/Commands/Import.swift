import Adapters
import CommandLineKit
import Events
import Gate
import Ledger
import PhoneNumbers

/// `import`: takes webhooks, stores and exports of elsewhere.
enum Import {
    static let format = Operand<String>.required(
        "FORMAT", "How the input is written: \(ImportFormat.names)")
    static let file = Operand<String>.required(
        "FILE", "A file, a folder, or - for standard input; gzip and zip are unpacked")
    static let account = Option<String?>.text(
        "account", "NUMBER", "Our number, in the place of the one that the input names")
    static let follow = Option<Bool>.flag(
        "follow", "Of a bridge's store: go on with what the bridge writes, until interrupted")
    static let accountName = Option<String?>.text(
        "account-name", "NAME", "Of an exported chat: our name in it; '' where nothing is ours")
    static let chat = Option<String?>.text(
        "chat", "CHAT", "The chat: a group's JID, the other party's number, or a name")
    static let zone = Option<String?>.text(
        "zone", "ZONE", "Of times without one: the zone, such as Africa/Johannesburg")
    static let dateOrder = Option<DateOrder?>.value(
        "date-order", "ORDER", expects: "dmy, mdy or ymd",
        "Of an exported chat: how its dates are written, where they do not show it",
        parse: { DateOrder(rawValue: $0) })
    static let snapshot = Option<String?>.text(
        "snapshot", "ID", "Of a sheet: what this reading is called; else by its content")
    static let role = Option<String?>.text(
        "role", "ROLE", "Of a sheet: whose reading it is; else LEDGER_ROLE")
    static let instance = Option<String?>.text(
        "instance", "NAME", "Of a sheet: which process read it; else LEDGER_INSTANCE")

    /// All options; each belongs to some formats.
    static let options: [any OptionKey] = [
        account, follow, accountName, chat, zone, dateOrder, snapshot, role, instance,
    ]

    static let command = Command.verb(
        "import", "Import webhooks, stores and exports",
        details: """
            Every thing in the input becomes an event, is noted (known, without a meaning here), or
            is put aside as input.quarantined (malformed, unknown, or the same id with other
            content); nothing stops an import but a failure of the ledger or of the input itself.
            What is there already adds nothing, so that an import cut short is run again. Messages
            of chats that the policy's ingest.chats does not name are counted and not stored.
            Nothing is answered that is older than ten minutes.

            \(ImportFormat.summaries)

            An exported chat has local times, and names in the place of ids: give --zone and
            --account-name, and with --chat the group's JID, or the same name each time. Then a
            longer export of the same chat adds its new messages.

            A sheet has the columns drop, steps, incomplete, changed_at, and submission if you like;
            steps are separated by semicolons, or by commas inside quotes. Each incomplete row is
            flagged, and what was flagged before and is complete now is resolved. The first reading
            after its start is an instance's backlog. A bad row refuses the whole sheet.
            """,
        operands: [format, file], options: options,
        examples: [
            .init("ledger import whatsapp-cloud webhooks.ndjson.gz", "again adds nothing"),
            .init("ledger import whatsapp-bridge store/messages.db --follow", "as it is written"),
            .init(
                "ledger import chat-export Chat.zip --zone Africa/Johannesburg --account-name QA",
                "who posted what"),
            .init("ledger import sheet drops.csv --role qa-monitor", "a reading of the sheet"),
            .init("ledger import cloudevents history.ndjson", "what another ledger exported"),
        ]
    ) { arguments, out in
        guard let format = ImportFormat(rawValue: arguments(format)) else {
            throw UsageError(
                "import knows the formats \(ImportFormat.names); "
                    + "\u{201C}\(arguments(format))\u{201D} is none", command: "import")
        }
        // A role and an instance may come from the environment, for other verbs.
        let foreign = format.refused.filter { arguments.has($0) }
        if let option = foreign.first {
            throw UsageError(
                "\(option.declaration.flag) does not belong to the format \(format.rawValue)",
                command: "import")
        }
        return try await Ledger.writing(arguments, out) { ledger, now in
            if format == .sheet { return try await sheet(ledger, arguments, now, out) }
            return try await history(format, ledger, arguments, now, out)
        }
    }

    /// Imports a format whose things are appended by a pipeline.
    private static func history(
        _ format: ImportFormat, _ ledger: Ledger, _ arguments: Arguments, _ now: Instant?,
        _ out: Output
    ) async throws -> Int32 {
        let policy = try ledger.policyOrDefault()
        let options = try adapterOptions(arguments, policy)
        // A driven clock may be moved by the input itself.
        let began = try ledger.now()
        var pipeline = ImportPipeline(
            ledger, format.rawValue, as: format == .cloudEvents ? .anyone : .house, policy,
            now: now)
        var bar = ImportBar(out)
        defer { bar.finish() }
        do {
            try await read(format, options, arguments, &pipeline, out) { bar.show($0) }
            try await pipeline.finish()
        } catch {
            throw ImportFailure.failure(error, pipeline.totals)
        }
        bar.finish()
        let days = Int64(policy.ingest.quarantineDays) * Nanoseconds.day.count
        try await ledger.forgetQuarantine(
            before: Instant(nanoseconds: began.nanoseconds - days))
        pipeline.totals.tell(format.rawValue, out)
        return ExitCode.done
    }

    private static func adapterOptions(
        _ arguments: Arguments, _ policy: Policy
    ) throws -> AdapterOptions {
        let subjects = SubjectPatterns(policy)
        let region = policy.people.region
        var options = AdapterOptions(
            account: arguments(account), chat: arguments(chat),
            accountName: arguments(accountName), subjects: { subjects.names(in: $0) },
            number: { text in
                guard AliasReader.mayBeNumber(text) else { return nil }
                return (try? PhoneNumbers.load())?.e164(text, region: region)
            })
        if let name = arguments(zone) {
            guard let rules = SystemZones.shared.rules(name) else {
                throw UsageError(
                    "\u{201C}\(name)\u{201D} is no time zone of this machine; give an IANA name "
                        + "such as Africa/Johannesburg", command: "import")
            }
            options.zone = rules
        }
        return options
    }

    private static func read(
        _ format: ImportFormat, _ options: AdapterOptions, _ arguments: Arguments,
        _ pipeline: inout ImportPipeline, _ out: Output, _ progress: (Int) -> Void
    ) async throws {
        let path = arguments(file)
        switch format {
        case .whatsAppBridge:
            var bridge = BridgeImport(path, options, out)
            return try await bridge.run(into: &pipeline, follows: arguments(follow), progress)
        case .chatExport:
            let chats = ChatImport(
                options: options, order: arguments(dateOrder), isWanted: format.isWanted)
            return try await chats.run(path, into: &pipeline, progress)
        default: break
        }
        try await InputFiles.forEach(path, where: format.isWanted) { input in
            switch format {
            case .postgresFeedback:
                let tables = TableImport(PostgresFeedback.self, options)
                try await tables.run(input, into: &pipeline, progress)
            case .spamRules:
                let tables = TableImport(SpamRules.self, options)
                try await tables.run(input, into: &pipeline, progress)
            default:
                guard let bodies = format.bodies(options) else {
                    preconditionFailure("a format of bodies has a reader")
                }
                try await bodies.run(input, into: &pipeline, progress)
            }
        }
    }

    private static func sheet(
        _ ledger: Ledger, _ arguments: Arguments, _ now: Instant?, _ out: Output
    ) async throws -> Int32 {
        let bytes = try await SheetImport.contents(of: arguments(file))
        let reading = SheetImport.Reading(
            snapshot: arguments(snapshot),
            role: arguments(role) ?? arguments.environment["LEDGER_ROLE"],
            instance: arguments(instance) ?? arguments.environment["LEDGER_INSTANCE"])
        return try await SheetImport.run(ledger, bytes, reading, now, out)
    }
}

/// How far an import has come, once it takes long enough to ask.
struct ImportBar {
    private let out: Output
    private var bar: Progress?

    init(_ out: Output) { self.out = out }

    mutating func show(_ read: Int) {
        if bar == nil, read > 20_000 {
            bar = Progress("import", unit: "read", total: nil, out: out)
        }
        bar?.advance(to: read)
    }

    func finish() { bar?.finish() }
}

/// What stopped an import, and what was taken before.
enum ImportFailure {
    static func failure(_ error: any Error, _ totals: ImportTotals) -> Failure {
        let failure = Failure(error)
        let done =
            totals.last.map {
                "\(totals.appended) events were appended before, the last at position \($0)"
            } ?? "nothing was appended"
        var cause = failure.message
        if cause.hasSuffix(".") { cause.removeLast() }
        return Failure(
            failure.code,
            "\(cause); \(done), and the same input can be imported again: what is there "
                + "already is recognised", exitCode: failure.exitCode)
    }
}

extension Ledger {
    /// The policy in force, or one that says nothing.
    func policyOrDefault() throws -> Policy {
        guard let inForce = try policyInForce() else { return Policy() }
        return try Policy.parse(inForce.text)
    }
}
