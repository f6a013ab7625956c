import Bytes
import Crypto
import Events
public import Gate
public import Ledger
import Views

/// A consent receipt in the shape of the Kantara Consent Receipt 1.1, with the event history that
/// ISO/IEC TS 27560:2023 asks of a consent record.
///
/// What the policy does not name is left null rather than made up. Timestamps of the receipt are
/// whole seconds since 1970, as Kantara writes them; those of the events are RFC 3339.
public struct ConsentReceipt: Sendable {
    private let history: ConsentHistory
    private let terms: Policy.ConsentTerms
    private let origin: String

    /// A receipt of a person's history.
    public init(of history: ConsentHistory, in ledger: Ledger, under policy: Policy?) {
        self.history = history
        terms = policy?.consent ?? .init()
        origin = ledger.identity.origin
    }

    /// The receipt as one JSON object.
    public var json: [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("version", "KI-CR-v1.1.0")
        json.member(orNull: "jurisdiction", terms.business.jurisdiction)
        json.key("consentTimestamp")
        if let given = history.entries.last(where: { $0.type == "consent.granted" }) {
            json.value(given.time.nanoseconds / 1_000_000_000)
        } else {
            json.null()
        }
        json.member("collectionMethod", method)
        json.member("consentReceiptID", identifier)
        json.member(orNull: "language", terms.business.language)
        json.member("piiPrincipalId", history.alias)
        json.key("piiControllers")
        json.beginArray()
        json.beginObject()
        json.member(orNull: "piiController", terms.business.name)
        json.member(orNull: "contact", terms.business.contact)
        json.member("onBehalf", false)
        json.endObject()
        json.endArray()
        json.member(orNull: "policyUrl", terms.business.policyURL)
        writeServices(to: &json)
        json.member("sensitive", false)
        json.key("spiCat")
        json.beginArray()
        json.endArray()
        json.member("ledger", origin)
        history.writeEvents(to: &json)
        json.endObject()
        return json.finish()
    }

    /// How the last consent came about.
    private var method: String {
        guard let given = history.entries.last(where: { $0.type == "consent.granted" }) else {
            return "none"
        }
        return given.evidence?.contains("\"rule\"") == true ? "message" : "recorded by the operator"
    }

    /// One identifier for one state of the record: 16 bytes of its SHA-256, as a UUID is written.
    private var identifier: String {
        let last = history.entries.last?.position ?? 0
        let text = "\(origin)\n\(history.alias)\n\(history.entries.count)\n\(last)"
        let hex = Array(text.utf8Span.span.sha256.hex.prefix(32))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hex[$0]) }
            .joined(separator: "-")
    }

    private func writeServices(to json: inout JSONWriter) {
        json.key("services")
        json.beginArray()
        json.beginObject()
        json.member("service", "messages")
        json.key("purposes")
        json.beginArray()
        for (category, standing) in history.standings {
            json.beginObject()
            json.member("purpose", Self.purpose(category))
            json.key("purposeCategory")
            json.beginArray()
            json.value(category.name)
            json.endArray()
            json.member("consentType", "EXPLICIT")
            json.key("piiCategory")
            json.beginArray()
            json.value("contact")
            json.value("correspondence")
            json.endArray()
            json.member("primaryPurpose", category != .marketing)
            json.member("termination", termination)
            json.member("thirdPartyDisclosure", false)
            json.member("state", standing.rawValue)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endArray()
    }

    private var termination: String {
        "until the person writes STOP, or another word to opt out"
    }

    private static func purpose(_ category: ConsentCategory) -> String {
        switch category {
        case .all: "Messages of every kind"
        case .utility: "Messages about something that is under way"
        case .marketing: "Offers and news"
        case .authentication: "Codes to log in"
        case .service: "Answers to the person's own messages"
        }
    }
}
