import CommandLineKit
import Events

/// One event as one line for people: when, where, what, and the fields that tell most.
enum EventLine {
    /// Fields that are shown with their names, in this order.
    private static let shown: [Field] = [
        .account, .chat, .person, .message, .role, .instance, .category, .kind, .label, .code,
        .outcome, .verdict, .until, .by, .why, .hash, .error, .detail,
    ]

    /// The line, with control characters made visible.
    static func text(_ event: borrowing EventView) -> String {
        var parts = [
            event.effective.local, "@\(event.position)",
            event.type?.name ?? "unknown.\(event.typeNumber)",
        ]
        if let subject = event.text(.subject) { parts.append(subject) }
        if let reservation = event.reservation { parts.append(reservation.description) }
        for field in shown {
            if let value = value(field, event) { parts.append("\(field.name)=\(value)") }
        }
        if let sealed = event.sealedNames { parts.append("sealed=\(sealed)") }
        if let source = event.text(.source) { parts.append("source=\(source)") }
        if event.type != .policyChanged, let text = event.text(.text) {
            parts.append("\u{201C}\(Terminal.fit(text, columns: 200))\u{201D}")
        }
        return Terminal.escape(parts.joined(separator: "  "))
    }

    /// A field's value as text, or nil.
    static func value(_ field: Field, _ event: borrowing EventView) -> String? {
        switch event.kind(of: field) {
        case .text, .json: event.text(field)
        case .integer: event.integer(field).map { String($0) }
        case .time: event.instant(field)?.local
        case .boolean: event.flag(field) ? "true" : "false"
        case .texts: event.texts(field).joined(separator: ",")
        default: nil
        }
    }
}
