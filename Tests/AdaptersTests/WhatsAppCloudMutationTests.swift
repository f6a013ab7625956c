import Adapters
import Events
import Testing

@Suite struct `Damaged bodies of the Cloud API` {
    /// Bodies of most kinds.
    private static let bodies: [String] = [
        CloudBodies.message(#""type":"text","text":{"body":"DR1854951 \u00e9 done"}"#),
        CloudBodies.message(
            #""type":"image","image":{"id":"9","caption":"box"},"context":{"id":"q"}"#),
        CloudBodies.message(
            #""type":"edit","edit":{"original_message_id":"wamid.T","#
                + #""message":{"type":"text","text":{"body":"new"}}}"#),
        CloudBodies.message(
            #""type":"system","system":{"type":"user_changed_number","wa_id":"27820000002"}"#),
        CloudBodies.message(#""type":"reaction","reaction":{"message_id":"wamid.T"}"#),
        CloudBodies.status(
            #""status":"failed","recipient_id":"27820000001","errors":[{"code":131049}],"#
                + #""biz_opaque_callback_data":"r1041.9f3a2c1b""#),
        CloudBodies.body(
            CloudBodies.value(
                #""user_preferences":[{"wa_id":"27820000001","category":"marketing_messages","#
                    + #""value":"stop","timestamp":1760000003}],"errors":[{"code":1}]"#)),
        CloudBodies.body(
            #"{"event":"ACCOUNT_RESTRICTION","restriction_info":[{"restriction_type":"R","#
                + #""expiration":1760100000}]}"#, field: "account_update", time: 1_760_000_000),
        CloudBodies.body(
            #"{"event":"PAUSED","message_template_name":"visit","reason":"NONE"}"#,
            time: 1_760_000_000),
        CloudBodies.body(
            #"{"display_phone_number":"27000000001","event":"FLAGGED","current_limit":"TIER_1K"}"#),
        CloudBodies.body(
            CloudBodies.value(
                #""history":[{"threads":[{"id":"27820000001","messages":[{"from":"27000000001","#
                    + #""id":"h","timestamp":"1750000000","type":"text"}]}]}]"#)),
    ]

    /// Values that stand where others were.
    private static let values = [
        "null", "7", "-1", "1e400", "true", "\"\"", "\"x\"", "[]", "{}", "[[]]", "[null]",
        "\"\\u0000\"", "99999999999999999999", "{\"id\":{}}", "\"messages\"",
    ]

    @Test func `give at least one element each, and never an event without a name`() throws {
        var chance = SplitMix(seed: 5)
        var read = 0
        for round in 0..<10_000 {
            let body = Self.bodies[round % Self.bodies.count]
            let damaged = Self.damage(Array(body.utf8), &chance)
            guard let document = try? JSONDocument(damaged) else { continue }
            read += 1
            var reading = Reading(WhatsAppCloud.format, AdapterOptions())
            WhatsAppCloud.read(document.root, into: &reading)
            #expect(!reading.elements.isEmpty)
            for element in reading.elements {
                #expect(element.range.upperBound <= damaged.count)
                guard case .event(let draft) = element.meaning else { continue }
                let line = ElementLines.line(draft)
                #expect(line.contains(" id=") && line.contains(" source=whatsapp-cloud"))
            }
        }
        #expect(read > 3_000)
    }

    /// Things of each list, and what is wrong with the last of each.
    private static let things: [(list: String, things: [String])] = [
        (
            "messages",
            [
                #"{"from":"27820000001","id":"a","timestamp":"1","type":"text"}"#,
                #"{"from":"27820000001","id":"b","timestamp":"1","type":"request_welcome"}"#,
                #"{"from":"27820000001"}"#,
            ]
        ),
        ("message_echoes", [#"{"to":"27820000001","id":"c","timestamp":"1","type":"text"}"#, "7"]),
        ("statuses", [#"{"id":"d","status":"read","timestamp":"1"}"#, #"{"id":"d"}"#]),
        ("errors", [#"{"code":131000}"#, "{}"]),
        ("calls", [#"{"id":"e"}"#, "null"]),
        ("state_sync", [#"{"type":"contact"}"#]),
        (
            "user_preferences",
            [
                #"{"wa_id":"27820000001","category":"marketing_messages","value":"stop","#
                    + #""timestamp":1}"#,
                "{}",
            ]
        ),
        ("history", ["{}", #"{"errors":[{"code":1}]}"#]),
    ]

    @Test func `have as many elements as things, whichever stand together`() throws {
        var chance = SplitMix(seed: 7)
        for _ in 0..<500 {
            var count = 0
            let entries = (0...chance.next() % 2).map { _ in
                let changes = (0...chance.next() % 2).map { _ in
                    var members: [String] = []
                    var inside = 0
                    for (list, things) in Self.things where chance.next() % 3 == 0 {
                        let some = (0..<chance.next() % 4).map { _ in
                            things[Int(chance.next() % UInt64(things.count))]
                        }
                        inside += some.count
                        members.append("\"\(list)\":[\(some.joined(separator: ","))]")
                    }
                    // A change in which nothing is found is one element.
                    count += max(1, inside)
                    return "{\"value\":{\(members.joined(separator: ","))}}"
                }
                return "{\"id\":\"1\",\"changes\":[\(changes.joined(separator: ","))]}"
            }
            let body = "{\"entry\":[\(entries.joined(separator: ","))]}"
            #expect(try CloudBodies.read(body).count == count, "\(body)")
        }
    }

    /// Flips bytes, cuts, or puts another value in the place of one.
    private static func damage(_ body: [UInt8], _ chance: inout SplitMix) -> [UInt8] {
        var body = body
        switch chance.next() % 4 {
        case 0:
            for _ in 0...Int(chance.next() % 3) {
                body[Int(chance.next() % UInt64(body.count))] = UInt8(
                    truncatingIfNeeded: 32 + chance.next() % 96)
            }
        case 1 where chance.next() % 4 == 0:
            body.removeLast(Int(chance.next() % UInt64(body.count)))
        default:
            // Another value in the place of one, once or twice.
            for _ in 0...Int(chance.next() % 2) {
                guard let root = try? JSONDocument(body).root else { return body }
                var nodes: [JSONNode] = []
                collect(root, &nodes)
                let node = nodes[Int(chance.next() % UInt64(nodes.count))]
                let isText = node.kind == .text
                let range =
                    isText
                    ? node.range.lowerBound - 1..<node.range.upperBound + 1 : node.range
                let value = values[Int(chance.next() % UInt64(values.count))]
                body.replaceSubrange(range, with: Array(value.utf8))
            }
        }
        return body
    }

    private static func collect(_ node: JSONNode, _ nodes: inout [JSONNode]) {
        nodes.append(node)
        for member in node.members {
            // Names too are damaged.
            nodes.append(member.key)
            collect(member.value, &nodes)
        }
        for element in node.elements { collect(element, &nodes) }
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SplitMix {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
