import Events
import Gate

/// Random numbers from a seed: SplitMix64.
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func upTo(_ most: Int) -> Int { Int.random(in: 0...most, using: &self) }

    /// True once in so many times.
    mutating func one(in many: Int) -> Bool { upTo(many - 1) == 0 }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[upTo(values.count - 1)] }

    /// Mostly whole seconds, so that moments coincide; sometimes a nanosecond beside.
    mutating func duration(upTo seconds: Int) -> Nanoseconds {
        let beside = one(in: 5) ? Int64(upTo(2) - 1) : 0
        return Nanoseconds(max(0, Int64(upTo(seconds)) * 1_000_000_000 + beside))
    }

    /// A policy with some of the rules, tight enough to matter.
    mutating func policy() -> Policy {
        var policy = Policy()
        policy.reservations.lease = .seconds(Int64(1 + upTo(60)))
        if one(in: 3) { policy.rateLimits.messagesPerSecond = 1 + upTo(1) }
        if one(in: 2) { policy.rateLimits.messagesPerMinute = 1 + upTo(3) }
        if one(in: 2) { policy.rateLimits.messagesPerHour = 2 + upTo(15) }
        if one(in: 3) { policy.rateLimits.messagesPerDay = 5 + upTo(40) }
        if one(in: 2) { policy.rateLimits.minimumSpacing = .milliseconds(Int64(1 + upTo(9_999))) }
        if one(in: 2) { policy.rateLimits.cooldownBetweenSameDrop = .seconds(Int64(1 + upTo(300))) }
        if one(in: 2) { policy.rateLimits.startupGracePeriod = .seconds(Int64(1 + upTo(60))) }
        if one(in: 2) { policy.duplicates.contentWindow = .seconds(Int64(1 + upTo(300))) }
        if one(in: 4) { policy.limits.chat.perMinute = 1 + upTo(2) }
        if one(in: 4) { policy.limits.person.perMinute = 1 + upTo(2) }
        if one(in: 4) { policy.limits.pair.perMinute = 1 + upTo(2) }
        if one(in: 4) { policy.limits.category.perMinute = 1 + upTo(2) }
        if one(in: 4) { policy.people.messagesPerDay = 3 + upTo(20) }
        if one(in: 4) { policy.people.chain = 1 + upTo(6) }
        if one(in: 4) { policy.consent.serviceWindow = .seconds(Int64(60 + upTo(4_000))) }
        policy.consent.isRequired = one(in: 6)
        return policy
    }

    /// A request whose names repeat often.
    mutating func request() -> SendRequest {
        var request = SendRequest()
        request.account = pick(["a", "a", "b", nil])
        request.chat = pick(["g@g.us", "h@g.us", "p", nil])
        request.person = request.chat == nil ? pick(["p", "q"]) : pick(["p", "q", nil])
        request.subject = pick(["s", "t", "u", nil])
        request.steps = pick([[], [], ["1"], ["1", "2"], ["2", "1"]])
        request.submission = pick([nil, nil, 1, 2, 3])
        request.text = pick(["x", "y", "z", nil])
        request.category = pick(["utility", "marketing", nil])
        request.instance = pick(["i", "j", nil])
        request.critical = one(in: 10)
        if one(in: 4) { request.template = "\"hello\"" }
        return request
    }
}
