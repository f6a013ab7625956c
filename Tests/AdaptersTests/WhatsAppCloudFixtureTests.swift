import Adapters
import Bytes
import Events
import Foundation
import Testing

struct WhatsAppCloudFixtureTests {
    @Test func dump() throws {
        let dir = "/work/shared/fixtures/pywa/updates"
        for file in try FileManager.default.contentsOfDirectory(atPath: dir).sorted() {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: dir + "/" + file)))
            let root = try JSONDocument(bytes).root
            for (key, body) in root.members {
                var reading = Reading("whatsapp-cloud", AdapterOptions())
                WhatsAppCloud.read(body, into: &reading)
                print("== \(file) \(key.text!)")
                for line in ElementLines.of(reading.elements) { print(line) }
            }
        }
    }
}
