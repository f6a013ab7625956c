import Adapters
import Bytes
import Events
import Glibc
import TestSupport

/// What the tests of bridges share.
enum Bridge {
    /// The folder of real payloads beside the package, or nil where it is absent.
    static let fixtures = SharedFixtures.folder

    /// The bytes of a file; empty where there is none.
    static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return bytes }
            bytes += chunk[..<count]
        }
    }

    /// The names of the files in a folder, in order.
    static func files(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// Options whose subjects are words such as DR1854951.
    static var options: AdapterOptions {
        AdapterOptions(subjects: { text in
            text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map { $0.uppercased() }
                .filter { $0.hasPrefix("DR") && $0.utf8.count == 9 }
        })
    }

    /// The elements of a body.
    static func read<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ json: String, _ options: AdapterOptions = options
    ) throws -> [Element] {
        try read(adapter, Array(json.utf8), options)
    }

    /// The elements of a body.
    static func read<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ json: [UInt8], _ options: AdapterOptions = options
    ) throws -> [Element] {
        var reading = Reading(Adapter.format, options)
        Adapter.read(try JSONDocument(json).root, into: &reading)
        return reading.elements
    }

    /// A body as lines: links, events with their members in the order of their numbers.
    static func lines<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ json: String, _ options: AdapterOptions = options
    ) throws -> [String] {
        lines(try read(adapter, json, options))
    }

    /// Elements as lines.
    ///
    /// - Parameter showsKept: whether the members that were kept stand behind the others.
    static func lines(_ elements: [Element], showsKept: Bool = true) -> [String] {
        elements.flatMap { element in
            element.links.map { "link \(text(.person, $0)) = \(text(.alias, $0))" }
                + [line(element, showsKept)]
        }
    }

    private static func line(_ element: Element, _ showsKept: Bool) -> String {
        switch element.meaning {
        case .event(let draft): line(draft, showsKept)
        case .noted(let kind): "noted \(kind)"
        case .quarantined(let code, let reason): "quarantined \(code): \(reason)"
        }
    }

    private static func text(_ field: Field, _ draft: Draft) -> String {
        let record = draft.sealed(at: 0, recorded: .epoch)
        return EventView(record.span)?.text(field) ?? ""
    }

    /// `message.received 2025-10-01T14:51:02Z id=… account=…`; the provenance is left out.
    private static func line(_ draft: Draft, _ showsKept: Bool) -> String {
        let record = draft.sealed(at: 0, recorded: .epoch)
        guard let event = EventView(record.span) else { return "no record" }
        var line = draft.type.name
        if let time = draft.time {
            var bytes: [UInt8] = []
            Timestamp.write(time, into: &bytes)
            line += " " + String(decoding: bytes, as: UTF8.self)
        }
        for field in Field.allCases where field != .provenance && field != .source {
            guard let kind = event.kind(of: field), field != .extras || showsKept else { continue }
            let value =
                switch kind {
                case .time: event.instant(field).map { "\($0.nanoseconds / 1_000_000_000)s" }
                case .texts: event.texts(field).joined(separator: ",")
                default: event.scalar(field)?.description
                }
            line += field == .extras ? " \(value ?? "")" : " \(field.name)=\(value ?? "")"
        }
        return line
    }

    /// The source of the first event.
    static func source(_ elements: [Element]) -> String? {
        for element in elements {
            if case .event(let draft) = element.meaning { return text(.source, draft) }
        }
        return nil
    }
}
