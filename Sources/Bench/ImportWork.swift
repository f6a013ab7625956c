import Events
import Ledger
import Storage

/// `import whatsapp-cloud`, as a whole process: read, split, parse, make events, seal, append,
/// durable.
enum ImportWork {
    static func webhooks(folder: String, size: Works.Size) async throws -> Measurement {
        let file = folder + "/webhooks.ndjson"
        let count = min(size.events, 500_000)
        let bytes = lines(count, size.persons)
        try Descriptor.create(file, bytes)
        let path = folder + "/import"
        try Folder.removeAll(path)
        try Ledger.create(path, origin: "bench.example/import", isDevelopment: true)
        let run = try ProcessWork.wholeProcess(work: "import", runs: 1) { _ in
            ["--ledger", path, "--quiet", "import", "whatsapp-cloud", file]
        }
        let elapsed = (run.p50 ?? 0) / 1e6
        let ledger = try Ledger.open(path)
        defer { ledger.close() }
        guard try ledger.count() >= Position(count) else {
            throw LedgerError(.invalid, "import of \(count) webhooks left \(try ledger.count())")
        }
        return Measurement(
            work: "import", perSecond: Double(count) / elapsed, count: count, hash: UInt64(count),
            extra: [("bytes_per_message", Double(bytes.count) / Double(count))])
    }

    /// Webhooks as the platform sends them: one message each, of one of so many persons.
    private static func lines(_ count: Int, _ persons: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count * 620)
        for number in 0..<count {
            let person = 27_821_000_000 + number % persons
            let time = 1_750_000_000 + number / 2
            let text =
                number % 10 == 0
                ? "DR\(1_000_000 + number % 900_000) done, photos follow"
                : "Good morning, is my order number \(number) on its way already?"
            bytes +=
                """
                {"object":"whatsapp_business_account","entry":[{"id":"100000000000001","changes":\
                [{"value":{"messaging_product":"whatsapp","metadata":{"display_phone_number":\
                "27110000001","phone_number_id":"200000000000001"},"contacts":[{"profile":\
                {"name":"Person \(number % persons)"},"wa_id":"\(person)"}],"messages":[{"from":\
                "\(person)","id":"wamid.HBgLMjc4MjEwMDAwMDAVAgASGBQzQUEw\(1_000_000_000 + number)AA=",\
                "timestamp":"\(time)","text":{"body":"\(text)"},"type":"text"}]},"field":"messages"}]}]}

                """.utf8
        }
        return bytes
    }
}
