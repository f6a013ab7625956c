public import Events

/// Webhooks of Meta's WhatsApp Cloud API: `whatsapp-cloud`.
///
/// What a change is follows from the members of its `value`; its `field` is asked only where they
/// say nothing, because Meta's own examples carry wrong ones. Each thing in the table is one
/// element. Sources: developers.facebook.com, webhooks reference (2026-05), and payloads of pywa.
///
/// | in `value` | what | becomes |
/// |---|---|---|
/// | `messages[]` | text, media, places, contacts, orders, answers | `message.received` |
/// | | reaction | `message.reacted`; taken away: text `""` |
/// | | edit, revoke | `message.edited`, `message.revoked` of the original |
/// | | system: number or user id changed | a link of both aliases, noted |
/// | | system: else; request_welcome | noted |
/// | `message_echoes[]` | what a human sent from the phone app | `send.attempted`: it counts |
/// | | reaction | noted |
/// | | edit, revoke | the same events with `recipient` and no person |
/// | `history[]` | messages of before, of both parties | as above |
/// | | a chunk without messages; sharing declined | noted |
/// | `statuses[]` | sent, delivered, failed | `message.sent`, `.delivered`, `.failed` |
/// | | read, played | `message.read` |
/// | | deleted, warning; of a call | noted |
/// | `errors[]` | | `error.observed`; of calls noted |
/// | `user_preferences[]` | stop; resume, signup | `consent.withdrawn`; `.granted` |
/// | `state_sync[]`, `calls[]` | contacts of the phone app, calls | noted |
/// | `event` | restriction, violation, disabled, deleted, offboarded | `account.restricted` |
/// | | reinstated, reconnected | `account.restricted` that ends at once |
/// | | partners, prices, terms, places | noted |
/// | | of a number: a limit, a rating | `account.tier`, `account.quality` |
/// | `max_daily_conversation…` | | `account.tier` |
/// | `message_template_name` | status | `template.status` |
/// | | quality, category | `template.quality`, `template.category` |
/// | | components | noted |
/// | else, by `field` | alerts, security, flows, groups, reviews, payments | noted |
///
/// - `account` is our number, else its id, else the id of the business account; what holds for a
///   business account holds for all our numbers: `scope` is `ledger`.
/// - A group is spelt with `@g.us` behind its `group_id`.
/// - Links: the aliases of `contacts[]` (`contacts`), and `user_changed_number`.
public enum WhatsAppCloud: BodyAdapter {
    /// `whatsapp-cloud`.
    public static let format = "whatsapp-cloud"

    /// Whether a value is a webhook body, one change of it, or the value of one.
    public static func isBody(_ value: JSONNode) -> Bool {
        value["entry"]?.kind == .array || value["messaging_product"] != nil
            || (value["field"] != nil && value["value"]?.kind == .object)
    }

    /// Reads one body.
    public static func read(_ body: JSONNode, into reading: inout Reading) {
        let before = reading.elements.count
        if let entries = body["entry"] {
            guard entries.kind == .array else {
                return reading.quarantine("invalid", "`entry` is no list.", from: body)
            }
            for entry in entries.elements { read(entry: entry, into: &reading) }
            // Collections nest bodies beside the entries.
            for member in body.members where member.value.kind == .object && isBody(member.value) {
                read(member.value, into: &reading)
            }
        } else if isBody(body) {
            read(change: body, of: nil, into: &reading)
        }
        guard reading.elements.count == before else { return }
        reading.quarantine("unknown", "There is no webhook of the Cloud API in it.", from: body)
    }

    private static func read(entry: JSONNode, into reading: inout Reading) {
        guard let changes = entry["changes"], changes.kind == .array else {
            return reading.quarantine("invalid", "An entry needs `changes`, a list.", from: entry)
        }
        for change in changes.elements { read(change: change, of: entry, into: &reading) }
    }

    private static func read(
        change: JSONNode, of entry: JSONNode?, into reading: inout Reading
    ) {
        guard change.kind == .object else {
            return reading.quarantine("invalid", "A change is no object.", from: change)
        }
        var node = change["value"] ?? change
        guard node.kind == .object else {
            return reading.quarantine(
                "invalid", "The `value` of a change is no object.", from: change)
        }
        var field = change["field"]
        // An example of Meta's has a whole change in the place of its value.
        if let inner = node["value"], inner.kind == .object, node["messaging_product"] == nil {
            field = node["field"] ?? field
            node = inner
        }
        field = field ?? node["field"]
        var value = CloudValue(node, field: field?.text ?? "", of: entry, reading.options)
        value.read(into: &reading)
    }
}
