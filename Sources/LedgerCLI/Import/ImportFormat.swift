import Adapters
import CommandLineKit

/// The formats that `import` reads.
enum ImportFormat: String, CaseIterable {
    case cloudEvents = "cloudevents"
    case chatExport = "chat-export"
    case postgresFeedback = "postgres-feedback"
    case spamRules = "spam-rules"
    case sheet
    case whatsAppBridge = "whatsapp-bridge"
    case whatsAppCloud = "whatsapp-cloud"

    /// What a file of the format is, for the help.
    private var summary: String {
        switch self {
        case .cloudEvents: "events as 'append' takes them: one a line, or arrays of them"
        case .chatExport: "WhatsApp's exported chats: .txt, or the .zip that a phone makes"
        case .postgresFeedback: "a table of sent feedback, a CSV: its sends become history"
        case .spamRules: "a table of spam rules, a CSV: pattern, mode, brand, enabled, note"
        case .sheet: "one reading of the work items, a CSV"
        case .whatsAppBridge: "the SQLite store of a whatsmeow bridge, messages.db"
        case .whatsAppCloud: "webhooks of Meta's WhatsApp Cloud API"
        }
    }

    /// What makes elements of its bodies; nil where it has none.
    func bodies(_ options: AdapterOptions) -> BodyImport? {
        switch self {
        case .cloudEvents: .cloudEvents
        case .chatExport, .postgresFeedback, .spamRules, .sheet, .whatsAppBridge: nil
        case .whatsAppCloud: BodyImport(WhatsAppCloud.self, options)
        }
    }

    /// Which files of a folder or an archive are of the format, by their names.
    func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        let endings =
            switch self {
            case .chatExport: [".txt"]
            case .postgresFeedback, .spamRules, .sheet: [".csv"]
            case .whatsAppBridge: [".db"]
            default: [".json", ".ndjson", ".jsonl"]
            }
        return endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
    }

    /// The options that mean nothing to the format.
    var refused: [any OptionKey] {
        let readings: [any OptionKey] = [Import.snapshot, Import.role, Import.instance]
        let chats: [any OptionKey] = [Import.accountName, Import.dateOrder]
        switch self {
        case .cloudEvents:
            return readings + chats + [Import.account, Import.chat, Import.zone, Import.follow]
        case .chatExport: return readings + [Import.follow]
        case .postgresFeedback: return readings + chats + [Import.follow]
        case .spamRules:
            return readings + chats + [Import.account, Import.chat, Import.zone, Import.follow]
        case .sheet: return chats + [Import.account, Import.chat, Import.zone, Import.follow]
        case .whatsAppBridge: return readings + chats + [Import.chat, Import.zone]
        case .whatsAppCloud:
            return readings + chats + [Import.chat, Import.zone, Import.follow]
        }
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
