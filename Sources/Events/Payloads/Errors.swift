// Errors and complaints.

/// A provider or a process answered with an error.
public struct ErrorObserved: Payload {
    /// `error.observed`.
    public static let type = EventType.errorObserved
    /// What every event may carry.
    public var names = Names()
    /// The provider's code.
    public var code: Scalar?
    /// What the code speaks of.
    public var scope: String?
    /// What the provider or the caller adds.
    public var detail: Scalar?
    /// The reservation of the send that met it.
    public var reservation: Reservation?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.code, \.code), Member(.scope, \.scope), Member(.detail, \.detail),
        Member(.reservation, \.reservation),
    ]

    /// An event without members.
    public init() {}
}

/// A person blocked or reported us.
public struct ComplaintReported: Payload {
    /// `complaint.reported`.
    public static let type = EventType.complaintReported
    /// What every event may carry.
    public var names = Names()
    /// Which kind it is.
    public var kind: String?
    /// Where it is known from.
    public var provenance: String?

    /// Its own members, in the order of their declaration.
    public static let members: [Member<Self>] = [
        Member(.kind, \.kind), Member(.provenance, \.provenance),
    ]

    /// An event without members.
    public init() {}
}
