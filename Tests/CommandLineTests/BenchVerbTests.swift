import Events
import TestSupport
import Testing

@Suite(.enabled(if: EndToEnd.isBuilt, "build the product ledger first, or set LEDGER_BINARY"))
struct `The verb bench` {
    @Test func `does every work in its small size`() async throws {
        try await withTemporaryFolder { folder in
            let measured = try EndToEnd.run(
                ["bench", "--small", "--json", "--folder", folder + "/bench"], seconds: 120)
            #expect(measured.code == 0, "\(measured.err)")
            let works = measured.json.compactMap { $0["work"]?.text }
            #expect(works.count == 18)
            #expect(
                Set(works).isSuperset(of: ["append-1", "append-4x16", "fold", "rebuild", "ids"]))
            for line in measured.json {
                #expect(line["count"]?.integer ?? 0 > 0, "\(line)")
                #expect(line["hash"]?.text?.isEmpty == false)
            }
            let rebuilt = measured.json.first { $0["work"]?.text == "rebuild" }
            var differing = JSONWriter()
            rebuilt?["differing_rows"]?.write(to: &differing)
            #expect(differing.text == "0")
        }
    }

    @Test func `refuses a work that is none`() async throws {
        let answer = try EndToEnd.run(["bench", "dance", "--small"])
        #expect(answer.code == 1)
        #expect(answer.err.contains("dance is no work"))
    }
}
