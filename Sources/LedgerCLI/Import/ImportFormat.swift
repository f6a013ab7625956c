import Adapters
import CommandLineKit

/// The formats that `import` reads.
enum ImportFormat: String, CaseIterable {
    case wassenger, gowa, waha, evolution, baileys, twilio
    case cloudEvents = "cloudevents"
    case sheet
    case whatsAppCloud = "whatsapp-cloud"
    case whatsAppBridge = "whatsapp-bridge"

    /// What a file of the format is, for the help.
    private var summary: String {
        switch self {
        case .wassenger: "webhooks of Wassenger"
        case .gowa: "webhooks of GOWA, a bridge on whatsmeow"
        case .waha: "webhooks of WAHA"
        case .evolution: "webhooks of Evolution API; its key is taken out"
        case .baileys: "events of Baileys, as programs log them"
        case .twilio: "webhooks of Twilio: forms, one a line, or JSON of their parameters"
        case .cloudEvents: "events as 'append' takes them: one a line, or arrays of them"
        case .sheet: "one reading of the work items, a CSV"
        case .whatsAppCloud: "webhooks of Meta's WhatsApp Cloud API"
        case .whatsAppBridge: "the messages.db of the whatsmeow bridge, SQLite; --follow goes on"
        }
    }

    /// What makes elements of its bodies; nil where it has none.
    func bodies(_ options: AdapterOptions) -> BodyImport? {
        switch self {
        case .wassenger: BodyImport(Wassenger.self, options)
        case .gowa: BodyImport(GOWA.self, options)
        case .waha: BodyImport(WAHA.self, options)
        case .evolution: BodyImport(Evolution.self, options)
        case .baileys: BodyImport(Baileys.self, options)
        case .twilio: BodyImport(forms: Twilio.self, options)
        case .cloudEvents: .cloudEvents
        case .sheet, .whatsAppBridge: nil
        case .whatsAppCloud: BodyImport(WhatsAppCloud.self, options)
        }
    }

    /// Which files of a folder or an archive are of the format, by their names.
    func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        let endings =
            switch self {
            case .sheet: [".csv"]
            case .twilio: [".txt", ".form", ".log", ".json", ".ndjson", ".jsonl"]
            case .whatsAppBridge: [".db"]
            default: [".json", ".ndjson", ".jsonl"]
            }
        return endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
    }

    /// The options that mean nothing to the format.
    var refused: [any OptionKey] {
        switch self {
        case .cloudEvents:
            [Import.account, Import.follow, Import.snapshot, Import.role, Import.instance]
        case .sheet: [Import.account, Import.follow]
        case .whatsAppBridge: [Import.snapshot, Import.role, Import.instance]
        default: [Import.follow, Import.snapshot, Import.role, Import.instance]
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
