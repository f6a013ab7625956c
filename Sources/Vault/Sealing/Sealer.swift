public import Bytes
import Crypto

/// Seals, opens and fingerprints: what a caller does with an event before it queues.
///
/// One thread at a time uses it; ``Sealers`` lends them out. Nothing here takes a lock or touches a
/// file.
public final class Sealer: @unchecked Sendable {
    /// One value, so that Swift checks the exclusivity of access once a call and not once a field.
    private var tools = SealerTools()

    init() {}

    /// Seals the fields of one event under one key, and appends their values in order to `sealed`.
    ///
    /// - Parameters:
    ///   - fields: in ascending order of their numbers; ranges in `values`.
    ///   - identity: the fingerprint of the event's source and id, which the seal is bound to.
    ///   - sealed: gets ``SealedField/sealedByteCount(_:isFirst:)`` bytes for each field.
    public func seal(
        _ fields: [SealedField], of values: Span<UInt8>, identity: Fingerprint, under key: DataKey,
        into sealed: inout [UInt8]
    ) {
        tools.seal(fields, of: values, identity: identity, under: key, into: &sealed)
    }

    /// Opens all sealed fields of one event, each with its salt.
    ///
    /// - Parameters:
    ///   - fields: all sealed fields of the event, in ascending order; ranges of their sealed
    ///     values in `values`.
    /// - Throws: ``VaultError`` `damaged` where the values are not those that were sealed under
    ///   this key for this event, or where a text is not the one that was committed to.
    public func open(
        _ fields: [SealedField], of values: Span<UInt8>, identity: Fingerprint, under key: DataKey
    ) throws(VaultError) -> [Disclosure] {
        try tools.open(fields, of: values, identity: identity, under: key)
    }

    /// A digest of a content that says nothing of it to whoever has not the key.
    public func digest(of content: Span<UInt8>, under key: DataKey) -> Fingerprint {
        tools.fingerprint(key.digest, content)
    }

    /// The fingerprint of a name in records and indexes.
    public func fingerprint(
        _ kind: NameKind, _ name: Span<UInt8>, keys: NameKeys
    ) -> Fingerprint {
        tools.fingerprint(keys.index, kind.rawValue, name)
    }

    /// The fingerprint of the ordered pair of a source and an id.
    public func identity(source: Span<UInt8>, id: Span<UInt8>, keys: NameKeys) -> Fingerprint {
        tools.identity(keys.index, source, id)
    }

    /// The hash that leads from an alias to its slot in the vault, and from nothing else.
    public func alias(_ kind: OwnerKind, _ name: Span<UInt8>, keys: NameKeys) -> Fingerprint {
        tools.fingerprint(keys.alias, kind.rawValue, name)
    }

    /// The alias of the ledger itself: the hash of the empty name.
    public func ledgerAlias(keys: NameKeys) -> Fingerprint {
        let name: [UInt8] = []
        return alias(.ledger, name.span, keys: keys)
    }

    /// The alias of a day, counted from 1970-01-01.
    public func alias(day: UInt32, keys: NameKeys) -> Fingerprint {
        var name: [UInt8] = []
        name.append(littleEndian: day)
        return alias(.day, name.span, keys: keys)
    }
}

/// What a name names: equal texts of two kinds have unrelated fingerprints.
public enum NameKind: UInt8, Sendable {
    /// Where an event came from, and its id there: two texts.
    case identity = 1
    /// The provider's id of a message.
    case message = 2
    /// A group chat.
    case chat = 3
    /// Anything else that a table is looked up by.
    case other = 4
    /// A caller's idempotency key.
    case key = 5
    /// What is sent.
    case text = 6
    /// A template.
    case template = 7
}
