import Assets
import Bytes
import Crypto
import Documents
import Events
import Storage

/// The report as a page that needs no network: charts, then the tables.
enum ReviewPage {
    /// Raise it with every change of the words or of the page.
    private static let version = 1

    /// What the words, the drawing and the local times of a report depend on: whoever verifies with
    /// another makes another report, and cannot compare.
    static var engine: String {
        let chart = Assets.chartJS.utf8Span.span.sha256
        let zones = (try? Descriptor.contents(of: "/usr/share/zoneinfo/tzdata.zi")) ?? []
        // The first line is "# version 2025b".
        let line = String(decoding: zones.prefix { $0 != 0x0A }, as: UTF8.self)
        let word = line.split(separator: " ").last ?? "missing"
        return "report \(version), chart.js \(chart.hex.prefix(8)), tzdata \(word)"
    }

    static func html(_ document: Document, _ review: Review) -> String {
        var head = Document()
        var rest = Document()
        for block in document.blocks {
            var isHead = rest.blocks.isEmpty
            if case .heading = block { isHead = false }
            if isHead { head.blocks.append(block) } else { rest.blocks.append(block) }
        }
        var title = ""
        if case .title(let text)? = document.blocks.first { title = text }
        return PageFrame.fill(
            ReviewTemplate.html,
            [
                "TITLE": Escape.html(title), "STYLE": PageFrame.style, "HEAD": head.html,
                "TABLES": rest.html, "CHARTJS": Assets.chartJS,
                "DATA": Escape.script(data(review)),
            ])
    }

    private static func data(_ review: Review) -> [UInt8] {
        let days = review.days.sorted { $0.key < $1.key }
        var json = JSONWriter()
        func write(_ name: String, _ numbers: [Int]) {
            json.key(name)
            json.beginArray()
            for number in numbers { json.value(number) }
            json.endArray()
        }
        json.beginObject()
        json.member("days", days.map { Review.day($0.key) })
        write("received", days.map(\.value.received))
        write("sent", days.map(\.value.sent))
        write("refused", days.map { $0.value.refused &+ $0.value.waited })
        write("inside", review.sends.hours.map(\.inside))
        write("outside", review.sends.hours.map(\.outside))
        json.endObject()
        return json.finish()
    }
}
