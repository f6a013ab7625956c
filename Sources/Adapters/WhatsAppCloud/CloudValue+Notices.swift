import Events

extension CloudValue {
    /// What a notice is about, by its members.
    func readNotice(into reading: inout Reading) {
        if node["message_template_name"] != nil || node["message_template_id"] != nil {
            return readTemplate(into: &reading)
        }
        if let event = node["event"], event.isFilledText {
            if node["display_phone_number"] != nil, node["requester"] == nil, field != "security",
                field != "account_update"
            {
                return readNumber(event, into: &reading)
            }
            if let notice = CloudAccountEvent(event) {
                return read(notice, into: &reading)
            }
            if field == "account_update" {
                return quarantine("The account update `\(Self.shown(event))` is unknown.", &reading)
            }
        }
        if let limit = Self.dailyLimit(of: node) { return read(limit: limit, into: &reading) }
        guard Self.noted.contains(field) else {
            return quarantine("A change of the field `\(field.prefix(40))` is unknown.", &reading)
        }
        reading.note(field, from: node)
    }

    private func quarantine(_ reason: String, _ reading: inout Reading) {
        reading.quarantine("unknown", reason, from: node)
    }

    static func shown(_ node: JSONNode) -> String { String((node.text ?? "").prefix(40)) }

    /// Fields whose changes mean nothing to the ledger, beside those that their members tell.
    private static let noted: Set<String> = [
        "messages", "message_echoes", "smb_message_echoes", "smb_app_state_sync", "history",
        "account_alerts", "account_review_update", "account_settings_update", "automatic_events",
        "business_status_update", "calls", "flows", "group_lifecycle_update",
        "group_participants_update", "group_settings_update", "group_status_update",
        "message_template_components_update", "messaging_handovers", "partner_solutions",
        "payment_configuration_update", "phone_number_name_update", "phone_number_settings_update",
        "security", "standby", "template_correct_category_detection", "tracking_events",
        "user_preferences",
    ]

    /// Begins the event of a notice, which the provider gives no id.
    func notice(_ type: EventType, _ part: String = "") -> DraftBuilder {
        var event = event(type)
        event.add(.id, text: "\(type.name)/\(fingerprint)\(part)")
        if let sent { event.happened(at: sent) }
        return event
    }

    // MARK: - Numbers and limits

    private static let limits = [
        "max_daily_conversations_per_business", "max_daily_conversation_per_business",
        "max_daily_conversations_per_phone", "max_daily_conversation_per_phone", "current_limit",
    ]
    private static let ratings = [
        "quality_rating", "new_quality_rating", "current_quality_rating", "quality_score",
        "new_quality_score", "current_quality_score",
    ]
    private static let previousRatings = [
        "old_quality_rating", "previous_quality_rating", "previous_quality_score",
    ]

    private static func dailyLimit(of node: JSONNode) -> JSONNode? { first(limits, of: node) }

    private static func first(_ names: [String], of node: JSONNode) -> JSONNode? {
        for name in names {
            if let value = node[name], value.isFilledText || value.kind == .number { return value }
        }
        return nil
    }

    /// A number's limit or rating, of both generations: the older one has both.
    private func readNumber(_ event: JSONNode, into reading: inout Reading) {
        let before = reading.elements.count
        if let limit = Self.dailyLimit(of: node) { read(limit: limit, into: &reading) }
        var rating = Self.first(Self.ratings, of: node)?.text
        // A number is flagged while its rating is low; after it the rating is another, unsaid.
        if rating == nil, event.equals("FLAGGED") { rating = "RED" }
        if rating == nil, event.equals("UNFLAGGED") { rating = "UNKNOWN" }
        if let rating {
            var quality = notice(.accountQuality)
            quality.add(.rating, text: rating)
            if let previous = Self.first(Self.previousRatings, of: node) {
                quality.add(.previous, scalar: previous)
            }
            quality.keep(node, except: ["display_phone_number"] + Self.limits + Self.ratings)
            reading.take(quality, from: node)
        }
        guard reading.elements.count == before else { return }
        reading.note("phone_number_quality_update", from: node)
    }

    /// How many persons may be written to in a day: a name, a number, or -1 for any number.
    private func read(limit: JSONNode, into reading: inout Reading) {
        var tier = notice(.accountTier)
        tier.add(.tier, scalar: limit)
        if let previous = Self.first(["old_limit", "previous_limit"], of: node) {
            tier.add(.previous, scalar: previous)
        }
        tier.keep(
            node,
            except: ["display_phone_number", "old_limit", "previous_limit"] + Self.limits)
        reading.take(tier, from: node)
    }
}
