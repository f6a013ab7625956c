public import Bytes
public import Events

/// When each person last wrote to each account.
enum Contacts: Projection {
    static let name = "contacts"
    static let version = 1

    /// A message that names no account counts for all of them.
    static func evolve(_ tables: inout Tables, by happened: borrowing Occurrence) {
        guard happened.person != .none else { return }
        let key = ContactRow.key(happened.person, happened.account)
        let slot = tables.contacts.touch(key, at: happened.position)
        if tables.contacts[slot].named == 0 { tables.contacts[slot].named = happened.position + 1 }
        tables.contacts[slot].lastInbound = max(tables.contacts[slot].lastInbound, happened.stamp)
        tables.contacts[slot].inbound += 1
    }
}

/// A person and an account of ours.
public struct ContactRow: TableRow {
    /// One more than the position of an event that names both.
    public var named: Position = 0
    /// The last message from the person to the account.
    public var lastInbound = Stamp.never
    /// Messages from the person to the account.
    public var inbound: UInt32 = 0

    /// An empty row.
    public init() {}

    static func key(_ person: Fingerprint, _ account: Fingerprint) -> Fingerprint {
        account == .none ? person : account.paired(with: person)
    }

    /// Reads a row.
    public init(decoding reader: inout RowReader) {
        named = reader.get()
        lastInbound = reader.stamp()
        inbound = reader.get()
    }

    /// Writes the row.
    public func encode(into writer: inout RowWriter) {
        writer.put(named)
        writer.put(lastInbound)
        writer.put(inbound)
    }
}

extension Tables {
    /// When a person last wrote to an account (to any, where none is named), or nil.
    ///
    /// What is said to happen later than now has not happened yet.
    public mutating func lastInbound(
        from person: Fingerprint, to account: Fingerprint, at now: Instant
    ) -> Stamp? {
        guard person != .none else { return nil }
        var last = Stamp.never
        if account == .none {
            if let slot = persons.find(person) { last = persons[slot].lastInbound }
        } else {
            if let slot = contacts.find(ContactRow.key(person, account)) {
                last = contacts[slot].lastInbound
            }
            if let slot = contacts.find(person) { last = max(last, contacts[slot].lastInbound) }
        }
        return last.isSet && last.time <= now ? last : nil
    }
}
