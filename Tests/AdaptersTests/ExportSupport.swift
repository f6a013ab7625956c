import Bytes
import Events
import Foundation
import TestSupport
import TimeZones

@testable import Adapters

/// Files that tests of exports read.
enum ExportFiles {
    /// The package's folder.
    static let package = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// The folder of shared fixtures, or nil where it is absent.
    static let shared = SharedFixtures.folder.map {
        URL(filePath: $0 + "/chat-exports/chat-miner")
    }

    static func zone(_ name: String) -> ZoneRules {
        let bytes = [UInt8](try! Data(contentsOf: URL(filePath: "/usr/share/zoneinfo/" + name)))
        return ZoneRules(parsing: bytes.span)!
    }
}

extension AdapterOptions {
    /// Options of an export of a group, seen from South Africa, where nothing is ours.
    static func export(
        chat: String? = "120363000000000007@g.us", accountName: String? = "",
        title: String? = nil, zone: String = "Africa/Johannesburg"
    ) -> AdapterOptions {
        var options = AdapterOptions(chat: chat, accountName: accountName)
        options.title = title
        options.zone = ExportFiles.zone(zone)
        return options
    }
}

/// The elements of an exported chat.
func exported(
    _ text: some Sequence<UInt8>, _ options: AdapterOptions = .export(), order: DateOrder? = nil
) throws -> [Element] {
    let lines = Array(text).split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    var survey = ChatExportSurvey()
    for line in lines { survey.take(line.span) }
    var reader = try ChatExportReader(survey.dialect(order: order), options)
    var elements: [Element] = []
    for (index, line) in lines.enumerated() {
        reader.take(line.span, number: index + 1)
        elements += reader.drain()
    }
    reader.finish()
    return elements + reader.drain()
}

/// The elements of an exported chat.
func exported(
    _ text: String, _ options: AdapterOptions = .export(), order: DateOrder? = nil
) throws -> [Element] {
    try exported(Array(text.utf8), options, order: order)
}

extension Draft {
    /// The event as a CloudEvent.
    var json: [String: Any] {
        let record = sealed(at: 0, recorded: .epoch)
        let view = EventView(record.span)!
        let text = CloudEvent.text(view)
        return try! JSONSerialization.jsonObject(with: Data(text.utf8)) as! [String: Any]
    }

    /// Its `data`.
    var data: [String: Any] { json["data"] as? [String: Any] ?? [:] }

    /// Its id.
    var id: String { json["id"] as! String }

    /// Type and time, and the members of `data` by name but provenance.
    var told: String {
        let json = json
        let members = data.filter { $0.key != "provenance" }.sorted { $0.key < $1.key }
            .map { key, value in
                let list = (value as? [Any])?.map { "\($0)" }.joined(separator: "; ")
                return "\(key)=\(list ?? "\(value)")"
            }
        return "\(json["type"]!) \(json["time"] ?? "-") "
            + (json["subject"].map { "subject=\($0), " } ?? "") + members.joined(separator: ", ")
    }
}

extension Element {
    /// Its event, or nil.
    var draft: Draft? { if case .event(let draft) = meaning { draft } else { nil } }

    /// What it is, in a line.
    var told: String {
        switch meaning {
        case .event(let draft): draft.told
        case .noted(let kind): "noted \(kind)"
        case .quarantined(let code, _): "quarantined \(code)"
        }
    }
}
