import Bytes
import Events

extension CloudValue {
    /// What a person decided about marketing messages in the app.
    mutating func read(preference node: JSONNode, into reading: inout Reading) {
        let (number, user) = (node["wa_id"], node["user_id"])
        guard let person = alias(number) ?? self.user(user) else {
            return reading.quarantine(
                "invalid", "A preference needs `wa_id` or `user_id`.", from: node)
        }
        guard let time = node["timestamp"]?.seconds else {
            return reading.quarantine(
                "invalid", "A preference needs a `timestamp`, seconds since 1970.", from: node)
        }
        guard let word = node["category"], let category = Self.category(word) else {
            return reading.quarantine(
                "unknown", "The preference is about an unknown `category`.", from: node)
        }
        guard let value = node["value"], let type = Self.type(ofPreference: value) else {
            return reading.quarantine(
                "unknown", "The preference has an unknown `value`.", from: node)
        }
        _ = meet(number, user, node["parent_user_id"], at: time, into: &reading)
        var event = event(type)
        event.add(.id) { id in
            id.append(contentsOf: "user_preferences/\(person.prefix(200))/".utf8)
            id.append(contentsOf: "\(category)/\(time.nanoseconds / 1_000_000_000)/".utf8)
            value.appendText(to: &id)
        }
        event.happened(at: time)
        event.add(.person, text: person)
        event.add(.category, text: category)
        var evidence = Array(#"{"webhook":"user_preferences","value":"#.utf8)
        value.append(to: &evidence)
        if let detail = node["detail"] {
            evidence.append(contentsOf: #","detail":"#.utf8)
            detail.append(to: &evidence)
        }
        evidence.append(UInt8(ascii: "}"))
        event.add(.evidence, .json, evidence.span)
        event.keep(
            node,
            except: [
                "wa_id", "user_id", "parent_user_id", "timestamp", "category", "value", "detail",
            ])
        reading.take(event, chat: person, from: node)
    }

    /// `marketing_messages` is marketing.
    private static func category(_ word: JSONNode) -> String? {
        Shape.categories.first { word.equals($0) || word.equals($0 + "_messages") }
    }

    private static func type(ofPreference value: JSONNode) -> EventType? {
        if value.equals("stop") { return .consentWithdrawn }
        return value.equals("resume") || value.equals("signup") ? .consentGranted : nil
    }
}
