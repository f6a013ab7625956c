import Events

extension PersonPage {
    /// What happened, for the person that it happened to.
    static func deed(_ event: borrowing EventView) -> String {
        guard let type = event.type else { return "unknown.\(event.typeNumber)" }
        return switch type {
        case .messageReceived: "they wrote"
        case .messageEdited: "they changed a message"
        case .messageRevoked: "they took a message back"
        case .messageReacted: "they reacted"
        case .messageSent: "sent on by the provider"
        case .messageDelivered: "reached their device"
        case .messageRead: "they read it"
        case .messageFailed: "could not be delivered"
        case .sendQueued: "a message to them was queued"
        case .sendReserved: "a message to them was allowed"
        case .sendRefused: "a message to them was not sent"
        case .sendExpired: "nobody said what became of the message"
        case .sendCancelled: "the message was given up"
        case .sendAttempted: "a message was sent to them"
        case .sendAccepted: "the provider took the message"
        case .sendFailed: "the provider refused the message"
        case .consentRequested: "they were asked for consent"
        case .consentGranted: "they agreed"
        case .consentDeclined: "they said no"
        case .consentWithdrawn: "they took their consent back"
        case .complaintReported: "they complained"
        default: type.name
        }
    }

    /// What was said: the text, the reasons, and what else tells most.
    static func words(_ event: borrowing EventView) -> String {
        var words: [String] = []
        if let text = event.text(.text) { words.append(text.onOneLine) }
        if event.type == .sendRefused { words += PersonRecord.Refusal(event).reasons }
        for field in told {
            if let value = event.shown(field) { words.append("\(field.name): \(value.onOneLine)") }
        }
        return words.joined(separator: " · ")
    }

    private static let told: [Field] = [
        .subject, .message, .category, .name, .alias, .recipient, .zone, .purpose, .template,
        .code, .detail, .scope, .reason, .evidence, .wording, .label, .score, .reasons, .quoted,
        .extras,
    ]
}
