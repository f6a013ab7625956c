import Bytes

/// One step from a version of a type's schema to the next: a pure function on the decoded members.
public struct Upcaster: Sendable {
    /// The type that changed.
    public let type: EventType
    /// The version that the step takes.
    public let from: Int
    /// The version that it gives.
    public let to: Int
    /// Changes the members; it sees nothing else, so that every replay gives the same.
    public let step: @Sendable (inout Members) -> Void

    /// A step of `type` from one version to the next.
    public init(
        _ type: EventType, from: Int, to: Int, step: @escaping @Sendable (inout Members) -> Void
    ) {
        self.type = type
        self.from = from
        self.to = to
        self.step = step
    }
}

/// The members of an event, decoded from a record so that a step can change them.
public struct Members: Sendable, Equatable {
    /// A member's value as it is laid out in the record.
    public struct Value: Sendable, Equatable {
        /// How the bytes are to be read.
        public var kind: FieldKind
        /// The bytes.
        public var bytes: [UInt8]

        /// A value of that kind.
        public init(_ kind: FieldKind, _ bytes: [UInt8]) {
            self.kind = kind
            self.bytes = bytes
        }

        /// A text.
        public static func text(_ text: String) -> Value { Value(.text, Array(text.utf8)) }
    }

    private var values: [Field: Value] = [:]

    /// The members that this version knows and that are not sealed.
    public init(_ event: borrowing EventView) {
        for index in 0..<event.fieldCount {
            let entry = event.entry(index)
            guard !entry.isSealed, let field = Field(rawValue: entry.number),
                let kind = FieldKind(rawValue: entry.kind)
            else { continue }
            values[field] = Value(kind, event.bytes.extracting(entry.range).array)
        }
    }

    /// A member's value; nil removes it.
    public subscript(field: Field) -> Value? {
        get { values[field] }
        set { values[field] = newValue }
    }

    func fill(_ builder: inout DraftBuilder) {
        for (field, value) in values { builder.add(field, value.kind, value.bytes.span) }
    }
}

/// All steps, applied when records are read: what is stored never changes.
public struct Upcasters: Sendable {
    private let steps: [EventType: [Upcaster]]

    /// The steps of this version of the ledger: none, every type is at version 1 so far.
    public static let all: Upcasters = {
        do throws(EventError) {
            return try Upcasters([], versions: { $0.version })
        } catch {
            preconditionFailure(error.message)
        }
    }()

    /// Takes the steps, if they lead every type from version 1 to its current one.
    ///
    /// - Throws: `broken_chain` where a step is missing, stands twice, leads back or jumps.
    public init(
        _ steps: [Upcaster], versions: (EventType) -> Int
    ) throws(EventError) {
        var chains: [EventType: [Upcaster]] = [:]
        for step in steps { chains[step.type, default: []].append(step) }
        for type in EventType.allCases {
            let chain = (chains[type] ?? []).sorted { $0.from < $1.from }
            for (index, step) in chain.enumerated() {
                guard step.to == step.from + 1 else {
                    throw Self.broken(type, "a step leads from v\(step.from) to v\(step.to)")
                }
                guard step.from == index + 1 else {
                    let isTwice = step.from <= index
                    throw Self.broken(
                        type, isTwice ? "v\(step.from) has two steps" : "v\(index + 1) has no step")
                }
            }
            guard chain.count + 1 == versions(type) else {
                throw Self.broken(
                    type, "the steps end at v\(chain.count + 1), the type is at v\(versions(type))")
            }
            chains[type] = chain
        }
        self.steps = chains
    }

    private static func broken(_ type: EventType, _ why: String) -> EventError {
        EventError(.brokenChain, "The upcasters of `\(type.name)` do not form a chain: \(why).")
    }

    /// The record in its type's current version, or nil if it is in it already or of no known type.
    public func current(_ event: borrowing EventView) -> [UInt8]? {
        guard let type = event.type, let chain = steps[type], event.version >= 1,
            event.version <= chain.count
        else { return nil }
        return raise(event, through: chain[(event.version - 1)...], of: type)
    }

    private func raise(
        _ event: borrowing EventView, through chain: ArraySlice<Upcaster>, of type: EventType
    ) -> [UInt8]? {
        var members = Members(event)
        for step in chain { step.step(&members) }
        var builder = DraftBuilder(type, version: chain.endIndex + 1)
        builder.happened(at: event.time, form: event.timeForm)
        members.fill(&builder)
        return builder.finish()?.sealed(at: event.position, recorded: event.recorded)
    }
}
