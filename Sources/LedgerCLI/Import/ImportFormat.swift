import Adapters
import CommandLineKit

/// The formats that `import` reads.
enum ImportFormat: String, CaseIterable {
    case whatsAppCloud = "whatsapp-cloud"
    case wassenger, gowa, waha, evolution, baileys, twilio
    case whatsAppBridge = "whatsapp-bridge"
    case chatExport = "chat-export"
    case postgresFeedback = "postgres-feedback"
    case spamRules = "spam-rules"
    case sheet
    case cloudEvents = "cloudevents"

    /// What a file of the format is, for the help.
    private var summary: String {
        switch self {
        case .whatsAppCloud: "webhooks of Meta's WhatsApp Cloud API"
        case .wassenger: "webhooks of Wassenger"
        case .gowa: "webhooks of GOWA, a bridge on whatsmeow"
        case .waha: "webhooks of WAHA"
        case .evolution: "webhooks of Evolution API; its key is taken out"
        case .baileys: "events of Baileys, as programs log them"
        case .twilio: "webhooks of Twilio: forms, one a line, or JSON of their parameters"
        case .whatsAppBridge: "the messages.db of the whatsmeow bridge, SQLite; --follow goes on"
        case .chatExport: "WhatsApp's exported chats: .txt, or the .zip that a phone makes"
        case .postgresFeedback: "a table of sent feedback, a CSV: its sends become history"
        case .spamRules: "a table of spam rules, a CSV: pattern, mode, brand, enabled, note"
        case .sheet: "one reading of the work items, a CSV"
        case .cloudEvents: "events as 'append' takes them: one a line, or arrays of them"
        }
    }

    /// What makes elements of its bodies; nil where it has none.
    func bodies(_ options: AdapterOptions) -> BodyImport? {
        switch self {
        case .whatsAppCloud: BodyImport(WhatsAppCloud.self, options)
        case .wassenger: BodyImport(Wassenger.self, options)
        case .gowa: BodyImport(GOWA.self, options)
        case .waha: BodyImport(WAHA.self, options)
        case .evolution: BodyImport(Evolution.self, options)
        case .baileys: BodyImport(Baileys.self, options)
        case .twilio: BodyImport(forms: Twilio.self, options)
        case .cloudEvents: .cloudEvents
        case .whatsAppBridge, .chatExport, .postgresFeedback, .spamRules, .sheet: nil
        }
    }

    /// Which files of a folder or an archive are of the format, by their names.
    func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        let endings =
            switch self {
            case .chatExport: [".txt"]
            case .postgresFeedback, .spamRules, .sheet: [".csv"]
            case .twilio: [".txt", ".form", ".log", ".json", ".ndjson", ".jsonl"]
            case .whatsAppBridge: [".db"]
            default: [".json", ".ndjson", ".jsonl"]
            }
        return endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
    }

    /// The options that mean something to the format.
    private var options: [any OptionKey] {
        switch self {
        case .cloudEvents, .spamRules: []
        case .sheet: [Import.snapshot, Import.role, Import.instance]
        case .whatsAppBridge: [Import.account, Import.follow]
        case .chatExport:
            [Import.account, Import.accountName, Import.chat, Import.zone, Import.dateOrder]
        case .postgresFeedback: [Import.account, Import.chat, Import.zone]
        default: [Import.account]
        }
    }

    /// The options that mean nothing to the format.
    var refused: [any OptionKey] {
        let meant = Set(options.map(\.declaration.name))
        return Import.options.filter { !meant.contains($0.declaration.name) }
    }

    /// All names, for a sentence.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// A line for each format, for the help.
    static var summaries: String {
        let width = allCases.map(\.rawValue.count).max() ?? 0
        return allCases.map {
            $0.rawValue + String(repeating: " ", count: width - $0.rawValue.count + 2) + $0.summary
        }.joined(separator: "\n")
    }
}
