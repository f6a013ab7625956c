import Events

/// One key that two policies say differently.
public struct PolicyChange: Sendable, Equatable {
    /// Which of the two lets less through.
    public enum Direction: String, Sendable {
        /// The new one lets less through.
        case stricter
        /// The new one lets more through.
        case looser
    }

    /// The section and the key.
    public let path: String
    /// The unit of the values.
    public let unit: String
    /// The old value as JSON and YAML write it, or nil if it was off.
    public let old: String?
    /// The new value, or nil if it is off.
    public let new: String?
    /// What the change does, where that is clear.
    public let direction: Direction?
}

extension Policy {
    /// What changes from this policy to another, in the order of ``PolicyKey/all``.
    public func changes(to other: Policy) -> [PolicyChange] {
        zip(settings, other.settings).compactMap { old, new in
            guard old.value != new.value, let key = PolicyKey.named(old.path) else { return nil }
            return PolicyChange(
                path: old.path, unit: old.unit, old: old.value, new: new.value,
                direction: key.direction(from: old.value, to: new.value))
        }
    }
}

extension PolicyKey {
    /// What makes a key stricter.
    private enum Sense {
        /// A smaller number; off is the loosest.
        case smaller
        /// A larger number; off is the loosest.
        case larger
        /// A smaller number; off is the strictest.
        case smallerOrOff
        /// `true`.
        case yes
        /// `false`.
        case no
    }

    private static let senses: [String: Sense] = [
        "rate_limits.cooldown_between_same_drop": .larger,
        "rate_limits.startup_grace_period": .larger, "rate_limits.minimum_spacing": .larger,
        "people.messages_per_day": .smaller, "people.chain": .smaller,
        "people.minimum_spacing": .larger, "duplicates.content_window": .larger,
        "instances.required": .yes, "backlog.refuse": .yes, "backlog.new_for": .smaller,
        "platform.throughput": .smaller, "platform.pair_spacing": .larger,
        "platform.pair_burst": .smaller, "platform.recipients_per_day": .smaller,
        "platform.recipients_from_tier": .yes, "platform.marketing_backoff": .larger,
        "consent.required": .yes, "consent.service_window": .smaller, "templates.check": .yes,
        "pacing.floor": .larger, "pacing.per_500_characters": .larger,
        "pacing.length_max": .larger, "breaker.consecutive_errors": .smaller,
        "breaker.errors_in_window": .smaller, "breaker.window": .larger, "breaker.halt": .larger,
        "breaker.codes_check": .yes, "critical.trust_callers": .no,
        "critical.replies_within": .smallerOrOff, "quality.refuse_red": .yes,
        "quality.halve_yellow": .yes, "quality.yellow_per_10000": .smaller,
        "quality.red_per_10000": .smaller, "queue.batch": .smaller,
        "queue.batch_interval": .larger, "clock.require_sync": .yes,
    ]

    /// What a change of the key does, or nil where that depends.
    fileprivate func direction(from old: String?, to new: String?) -> PolicyChange.Direction? {
        let isWindow = path.hasPrefix("limits.") || path.hasPrefix("rate_limits.messages_per_")
        guard let sense = Self.senses[path] ?? (isWindow ? .smaller : nil) else { return nil }
        switch sense {
        case .yes: return new == "true" ? .stricter : .looser
        case .no: return new == "false" ? .stricter : .looser
        case .smaller, .larger, .smallerOrOff:
            guard let before = Self.thousandths(old) else {
                return sense == .smallerOrOff ? .looser : .stricter
            }
            guard let after = Self.thousandths(new) else {
                return sense == .smallerOrOff ? .stricter : .looser
            }
            return (after < before) == (sense != .larger) ? .stricter : .looser
        }
    }

    private static func thousandths(_ value: String?) -> Int64? {
        guard let value, case .success(let number) = PolicyNumber.read(value, decimals: 3) else {
            return nil
        }
        return number
    }
}
