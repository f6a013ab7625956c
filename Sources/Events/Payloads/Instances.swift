// Processes that send.

/// A process began.
public struct InstanceStarted: Payload {
    /// `instance.started`.
    public static let type = EventType.instanceStarted
    /// What every event may carry.
    public var names = Names()
    /// The machine.
    public var host: String?
    /// The process id.
    public var process: Int64?
    /// The fencing token.
    public var token: Int64?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.host, \.host), Member(.process, \.process), Member(.token, \.token),
    ]

    /// An event without members.
    public init() {}
}

/// A process ended.
public struct InstanceStopped: Payload {
    /// `instance.stopped`.
    public static let type = EventType.instanceStopped
    /// What every event may carry.
    public var names = Names()
    /// The machine.
    public var host: String?
    /// The process id.
    public var process: Int64?
    /// The fencing token.
    public var token: Int64?
    /// The provider's code.
    public var code: Scalar?
    /// Why.
    public var reason: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.host, \.host), Member(.process, \.process), Member(.token, \.token),
        Member(.code, \.code), Member(.reason, \.reason),
    ]

    /// An event without members.
    public init() {}
}
