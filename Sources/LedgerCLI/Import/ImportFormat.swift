import Adapters
import CommandLineKit

/// The formats that `import` reads.
enum ImportFormat: String, CaseIterable {
    case cloudEvents = "cloudevents"
    case sheet
    case whatsAppCloud = "whatsapp-cloud"

    /// What a file of the format is, for the help.
    private var summary: String {
        switch self {
        case .cloudEvents: "events as 'append' takes them: one a line, or arrays of them"
        case .sheet: "one reading of the work items, a CSV"
        case .whatsAppCloud: "webhooks of Meta's WhatsApp Cloud API"
        }
    }

    /// What makes elements of its bodies; nil where it has none.
    func bodies(_ options: AdapterOptions) -> BodyImport? {
        switch self {
        case .cloudEvents: .cloudEvents
        case .sheet: nil
        case .whatsAppCloud: BodyImport(WhatsAppCloud.self, options)
        }
    }

    /// Which files of a folder or an archive are of the format, by their names.
    func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        let endings =
            switch self {
            case .sheet: [".csv"]
            case .whatsAppBridge: [".db"]
            default: [".json", ".ndjson", ".jsonl"]
            }
        return endings.contains { name.hasSuffix($0) || name.hasSuffix($0 + ".gz") }
    }

    /// The options that mean nothing to the format.
    var refused: [any OptionKey] {
        switch self {
        case .cloudEvents: [Import.account, Import.snapshot, Import.role, Import.instance]
        case .sheet: [Import.account]
        case .whatsAppCloud: [Import.snapshot, Import.role, Import.instance]
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
