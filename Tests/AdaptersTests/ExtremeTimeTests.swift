import Adapters
import Bytes
import Events
import Testing

/// Times that no clock shows, as bridges could send them.
@Suite struct `A time beyond all clocks` {
    static let numbers = [
        "9223372037", "27821234567", "99999999999", "100000000000", "9000000000001",
        "9223372036854775807", "-1", "-9223372036854775808", "1e300", "18446744073709551616",
    ]

    private func elements<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ body: String
    ) throws -> [Element] {
        var reading = Reading(Adapter.format, Bridge.options)
        Adapter.read(try JSONDocument(Array(body.utf8)).root, into: &reading)
        return reading.elements
    }

    @Test(arguments: numbers, [false, true])
    func `ends no import`(_ number: String, _ isText: Bool) throws {
        let time = isText ? "\"\(number)\"" : number
        let waha =
            #"{"event":"message","session":"s","payload":{"id":"false_27820000001@c.us_A","#
            + #""from":"27820000001@c.us","fromMe":false,"body":"x","timestamp":\#(time)}}"#
        let gowa =
            #"{"event":"message","payload":{"id":"4","chat_id":"27820000001@s.whatsapp.net","#
            + #""from":"27820000001@s.whatsapp.net","body":"x","timestamp":\#(time)}}"#
        let wassenger =
            #"{"object":"message","event":"message:in:new","data":{"id":"m","type":"text","#
            + #""body":"x","fromNumber":"+27820000001","timestamp":\#(time),"date":\#(time)}}"#
        let evolution =
            #"{"event":"messages.upsert","instance":"s","data":{"key":{"id":"A","#
            + #""remoteJid":"27820000001@s.whatsapp.net","fromMe":false},"message":{"conversation":"x"},"#
            + #""messageTimestamp":\#(time)}}"#
        let baileys =
            #"{"event":"messages.upsert","data":{"type":"notify","messages":[{"key":{"#
            + #""remoteJid":"27820000001@s.whatsapp.net","fromMe":false,"id":"A"},"message":"#
            + #"{"conversation":"x"},"messageTimestamp":{"low":\#(time),"high":0}}]}}"#
        #expect(try !elements(WAHA.self, waha).isEmpty)
        #expect(try !elements(GOWA.self, gowa).isEmpty)
        #expect(try !elements(Wassenger.self, wassenger).isEmpty)
        #expect(try !elements(Evolution.self, evolution).isEmpty)
        #expect(try !elements(Baileys.self, baileys).isEmpty)
        let cloud = CloudBodies.message(#""type":"text","text":{"body":"x"}"#)
            .replacing("\"timestamp\":\"", with: "\"timestamp\":\"\(number)")
        #expect(try !elements(WhatsAppCloud.self, cloud).isEmpty)
    }

    @Test func `is taken as far as a record can say it`() {
        func moment(_ time: BridgeRow.Time) -> Instant? { time.moment?.instant }
        for number in [Int64.min, -1, 0, .max, .max - 1] {
            if let time = moment(.integer(number)) { #expect(time <= .latest) }
        }
        for number in [Double.infinity, -.infinity, .nan, 1e300, -1e300, 1e18, 5e10] {
            if let time = moment(.real(number)) { #expect(time <= .latest) }
        }
    }
}
