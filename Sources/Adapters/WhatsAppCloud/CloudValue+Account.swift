import Events

/// What happened to a business account, as far as it is known.
enum CloudAccountEvent {
    /// Kinds of messages may not be sent for a time.
    case restricted
    /// It broke a rule.
    case violated
    /// It is disabled, will be, or is again reinstated.
    case disabled
    /// It is no longer there, or no longer on the platform.
    case gone(String)
    /// It is back on the platform.
    case reconnected
    /// Partners, prices, terms, places, adverts.
    case other(String)

    init?(_ event: JSONNode) {
        guard let name = event.text else { return nil }
        switch name {
        case "ACCOUNT_RESTRICTION": self = .restricted
        case "ACCOUNT_VIOLATION": self = .violated
        case "DISABLED_UPDATE": self = .disabled
        case "ACCOUNT_DELETED", "ACCOUNT_OFFBOARDED": self = .gone(name)
        case "ACCOUNT_RECONNECTED": self = .reconnected
        case "AD_ACCOUNT_LINKED", "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
            "BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", "MM_LITE_TERMS_SIGNED", "PARTNER_ADDED",
            "PARTNER_APP_INSTALLED", "PARTNER_APP_UNINSTALLED",
            "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE", "PARTNER_REMOVED", "VERIFIED_ACCOUNT",
            "VOLUME_BASED_PRICING_TIER_UPDATE":
            self = .other(name)
        default: return nil
        }
    }
}

extension CloudValue {
    /// What closes the gate, or opens it again; the rest is noted.
    func read(_ notice: CloudAccountEvent, into reading: inout Reading) {
        switch notice {
        case .restricted: readRestriction(into: &reading)
        case .violated:
            let violation = node["violation_info"]?["violation_type"]
            restrict("ACCOUNT_VIOLATION", reason: violation, into: &reading)
        case .disabled:
            let state = node["ban_info"]?["waba_ban_state"]?.text ?? "DISABLED_UPDATE"
            let isOver = state == "REINSTATE" || state == "REINSTATED"
            restrict(state, until: isOver ? sent : nil, isOver: isOver, into: &reading)
        case .gone(let name): restrict(name, into: &reading)
        case .reconnected:
            restrict("ACCOUNT_RECONNECTED", until: sent, isOver: true, into: &reading)
        case .other(let name):
            reading.note("account_update.\(name.lowercased())", from: node)
        }
    }

    /// Several restrictions at once are one: of all their kinds, until the last of them ends.
    private func readRestriction(into reading: inout Reading) {
        var kinds: [String] = []
        var until: Instant? = .epoch
        var count = 0
        for restriction in node["restriction_info"]?.elements ?? node.elements {
            count += 1
            let kind = restriction["restriction_type"]?.text ?? "ACCOUNT_RESTRICTION"
            // Numbers that cannot be added keep nothing from being sent.
            if kind == "RESTRICTED_ADD_PHONE_NUMBER_ACTION" { continue }
            if !kinds.contains(kind) { kinds.append(kind) }
            guard let end = restriction["expiration"]?.seconds, let latest = until else {
                until = nil
                continue
            }
            until = max(latest, end)
        }
        if kinds.isEmpty, count > 0 {
            return reading.note("account_update.restricted_add_phone_number", from: node)
        }
        if kinds.isEmpty { until = nil }
        let kind = kinds.isEmpty ? "ACCOUNT_RESTRICTION" : kinds.joined(separator: " ")
        restrict(kind, until: until, into: &reading)
    }

    private func restrict(
        _ kind: String, reason: JSONNode? = nil, until: Instant? = nil, isOver: Bool = false,
        into reading: inout Reading
    ) {
        guard account != nil else {
            return reading.quarantine("invalid", "It does not say of which account.", from: node)
        }
        // Without a time it could not be said from when on it is over.
        guard !isOver || until != nil else {
            return reading.quarantine("invalid", "The entry needs a `time`.", from: node)
        }
        var event = notice(.accountRestricted)
        event.add(.kind, text: kind)
        if let reason, reason.isFilledText { event.add(.reason, text: reason) }
        if let until { event.add(.until, instant: until) }
        if !isNumber { event.add(.scope, text: "ledger") }
        event.keep(node, except: ["event"])
        reading.take(event, from: node)
    }
}
