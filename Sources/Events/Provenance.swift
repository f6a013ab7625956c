import Bytes

/// Where an adapter read a message: the member `provenance`, the worst identified first.
public enum Provenance: UInt8, CaseIterable, Comparable, Sendable, BitwiseCopyable {
    /// A chat export: a name for the author, the minute, and no id of the provider.
    case export
    /// The store of a bridge: the provider's id, and what its rows hold now.
    case bridge
    /// A live delivery: what the provider or the bridge said when it happened.
    case webhook

    /// The value of the member `provenance`.
    public var name: String {
        switch self {
        case .export: "export"
        case .bridge: "bridge"
        case .webhook: "webhook"
        }
    }

    /// Reads a value; nil for any other, which says nothing of how well a message is identified.
    public init?(_ name: Span<UInt8>) {
        for value in Self.allCases {
            let own = Self.names[Int(value.rawValue)]
            guard name.equals(own.span) else { continue }
            self = value
            return
        }
        return nil
    }

    private static let names = allCases.map { Array($0.name.utf8) }

    /// The worse identified is the lesser.
    public static func < (left: Provenance, right: Provenance) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension EventView {
    /// Where an adapter read it; nil for an event that does not say so.
    public var provenance: Provenance? {
        guard let range = range(of: .provenance) else { return nil }
        return Provenance(bytes.extracting(range))
    }
}
