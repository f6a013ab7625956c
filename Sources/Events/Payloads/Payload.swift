import Bytes

/// The typed form of one event type's members, for callers that do not count nanoseconds.
///
/// ```swift
/// var sent = SendAccepted()
/// sent.names.chat = "120363000000000001@g.us"
/// sent.reservation = reservation
/// let draft = try sent.draft(source: "qa-monitor/host-1", id: "a-1")
/// ```
/// Members that are nil are absent. Unknown members are not part of it: to keep them, keep the
/// record.
public protocol Payload: Sendable, Equatable {
    /// The event type.
    static var type: EventType { get }
    /// Its own members, beside those of ``Names``.
    static var members: [Member<Self>] { get }
    /// What every event may carry.
    var names: Names { get set }
    /// An event without members.
    init()
}

extension Payload {
    /// The version of the type's schema.
    public static var version: Int { type.version }

    /// Reads a record, raised to the current version where it is older.
    ///
    /// - Throws: `wrong_member` if the record is of another type, or a member of another kind.
    public init(_ event: borrowing EventView) throws(EventError) {
        guard event.type == Self.type else {
            throw EventError(.invalid, "This record is no `\(Self.type.name)`.")
        }
        guard let current = Upcasters.all.current(event) else {
            try self.init(current: event)
            return
        }
        guard let view = EventView(current.span) else {
            throw EventError(.damaged, "The upcasters of `\(Self.type.name)` gave no record.")
        }
        try self.init(current: view)
    }

    private init(current event: borrowing EventView) throws(EventError) {
        self.init()
        for member in Names.members { try member.read(&names, event) }
        for member in Self.members { try member.read(&self, event) }
    }

    /// Lays out an event with these members.
    ///
    /// - Parameter time: when it happened; nil if that is when the ledger learns of it.
    /// - Throws: `missing_member`, `wrong_member` or `too_large`.
    public func draft(
        source: String, id: String, time: Timestamp? = nil
    ) throws(EventError) -> Draft {
        var builder = DraftBuilder(Self.type, source: source, id: id)
        if let time { builder.happened(at: time.instant, form: time.form) }
        for member in Names.members { member.write(names, &builder) }
        for member in Self.members { member.write(self, &builder) }
        return try builder.checked()
    }
}

/// One member of a payload: its number in the record, and how it is read and written.
public struct Member<Root>: Sendable {
    /// The member's number and name.
    public let field: Field
    let read: @Sendable (inout Root, borrowing EventView) throws(EventError) -> Void
    let write: @Sendable (Root, inout DraftBuilder) -> Void

    /// The member `field`, kept at `path`.
    public init<Value: MemberValue>(
        _ field: Field, _ path: any WritableKeyPath<Root, Value?> & Sendable
    ) {
        self.field = field
        read = { (root: inout Root, event: borrowing EventView) throws(EventError) in
            guard let kind = event.kind(of: field), let range = event.range(of: field) else {
                return
            }
            guard let value = Value(kind, event.bytes.extracting(range)) else {
                throw .wrongMember(field.name, field.expectation)
            }
            root[keyPath: path] = value
        }
        write = { root, builder in
            if let value = root[keyPath: path] { value.add(to: &builder, as: field) }
        }
    }
}
