import Bytes
public import Events

/// What a decision knows beside the request, the policy and the views; gathered once, recorded.
public struct Facts: Sendable, Equatable {
    /// The ledger's clock; the decision is recorded at this moment.
    public var now: Instant
    /// The position of the `policy.changed` in force.
    public var policy: Position
    /// One random number for every choice that the decision leaves to chance.
    public var random: UInt64
    /// What was looked up for the request.
    public var circumstances: Circumstances

    /// Facts of a decision at `now`.
    public init(
        now: Instant, policy: Position, random: UInt64,
        circumstances: Circumstances = Circumstances()
    ) {
        self.now = now
        self.policy = policy
        self.random = random
        self.circumstances = circumstances
    }

    /// The facts of a stored decision, or nil if the event holds none.
    public init?(recorded event: borrowing EventView) {
        guard let text = event.text(.facts), let policy = event.integer(.policy),
            let json = try? JSONValue.parse(text), let random = json["random"]?.text,
            let number = UInt64(random, radix: 16)
        else { return nil }
        self.init(
            now: event.recorded, policy: Position(bitPattern: policy), random: number,
            circumstances: Circumstances(json))
    }

    /// `{"engine":2,"random":"00000000deadbeef",…}`: what the record does not say elsewhere.
    var json: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(96)
        bytes.append(contentsOf: Self.opening)
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: random >> UInt64(shift)) & 15
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
        bytes.append(UInt8(ascii: "\""))
        circumstances.write(to: &bytes)
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    private static let opening = Array("{\"engine\":\(Gate.engineVersion),\"random\":\"".utf8)
}
