import Adapters
import Events

/// Bodies of the Cloud API with this project's own values, and what is read from them.
enum CloudBodies {
    /// A body with one change.
    static func body(_ value: String, field: String = "messages", time: Int? = nil) -> String {
        let sent = time.map { "\"time\":\($0)," } ?? ""
        return """
            {"object":"whatsapp_business_account","entry":[{"id":"200000000000001",\(sent)\
            "changes":[{"field":"\(field)","value":\(value)}]}]}
            """
    }

    /// The value of a change of our number.
    static func value(_ members: String, contacts: String? = nil) -> String {
        let contacts = contacts.map { "\"contacts\":[\($0)]," } ?? ""
        return """
            {"messaging_product":"whatsapp","metadata":{"display_phone_number":"27000000001",\
            "phone_number_id":"300000000000001"},\(contacts)\(members)}
            """
    }

    /// The contact of the person who writes in these tests.
    static let thandi = #"{"profile":{"name":"Thandi M."},"wa_id":"27820000001"}"#

    /// A body with one message of a person.
    static func message(_ rest: String, id: String = "wamid.M1", contacts: String = thandi)
        -> String
    {
        body(
            value(
                """
                "messages":[{"from":"27820000001","id":"\(id)","timestamp":"1760000000",\(rest)}]
                """, contacts: contacts))
    }

    /// A body with one status.
    static func status(_ rest: String) -> String {
        body(value("\"statuses\":[{\"id\":\"wamid.S1\",\"timestamp\":\"1760000001\",\(rest)}]"))
    }

    /// What is read from a body.
    static func read(_ body: String, _ options: AdapterOptions = .init()) throws -> [Element] {
        var reading = Reading(WhatsAppCloud.format, options)
        WhatsAppCloud.read(try JSONDocument(Array(body.utf8)).root, into: &reading)
        return reading.elements
    }

    /// What is read from a body, as lines.
    static func lines(
        _ body: String, hiding hidden: Set<Field> = [.source, .account, .provenance],
        _ options: AdapterOptions = .init()
    ) throws -> [String] {
        ElementLines.of(try read(body, options), hiding: hidden)
    }
}
