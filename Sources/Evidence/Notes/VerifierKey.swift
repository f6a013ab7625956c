import Bytes
public import Crypto

/// The public key of a log, by which anybody checks its notes: the one line of a `vkey` file.
public struct VerifierKey: Hashable, Sendable {
    /// What the key is called: the origin of its log.
    public let name: String
    /// The number that the signatures of this key carry.
    public let id: UInt32
    /// The key itself.
    public let key: Ed25519.PublicKey

    /// A key of that name.
    ///
    /// - Throws: `malformed` if the name is empty or holds spaces or `+`.
    public init(name: String, key: Ed25519.PublicKey) throws(EvidenceError) {
        try KeyName.check(name)
        self.name = name
        self.key = key
        id = KeyName.id(name, key)
    }

    /// Reads a key as ``text`` spells it.
    ///
    /// - Throws: `malformed`.
    public init(text: String) throws(EvidenceError) {
        let (name, hex, bytes) = try KeyName.split(text, what: "a verifier key")
        guard let key = Ed25519.PublicKey(bytes.span) else {
            throw EvidenceError(.malformed, "This is not a verifier key.")
        }
        try self.init(name: name, key: key)
        guard hex == KeyName.hex(id) else {
            throw EvidenceError(
                .malformed, "The verifier key of '\(name)' is misspelt: its id does not fit it.")
        }
    }

    /// The key as one line: `name+id+base64`, without the end of the line.
    public var text: String {
        "\(name)+\(KeyName.hex(id))+\(Base64.text(([KeyName.ed25519] + key.bytes).span))"
    }
}
