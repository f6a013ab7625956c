import Bytes
public import Crypto

/// The private key of a log, which signs its notes.
public struct SignerKey: Sendable {
    /// The key that verifies what this one signs.
    public let verifier: VerifierKey
    private let key: Ed25519.PrivateKey

    private static let prefix = "PRIVATE+KEY+"

    /// A key of that name.
    ///
    /// - Throws: `malformed` if the name is empty or holds spaces or `+`.
    public init(name: String, key: Ed25519.PrivateKey) throws(EvidenceError) {
        verifier = try VerifierKey(name: name, key: key.publicKey)
        self.key = key
    }

    /// Reads a key as ``text`` spells it.
    ///
    /// - Throws: `malformed`, with a message that does not repeat the key.
    public init(text: String) throws(EvidenceError) {
        guard text.utf8.starts(with: Self.prefix.utf8) else {
            throw EvidenceError(
                .malformed, "This is not a signing key: it begins with \(Self.prefix).")
        }
        let (name, hex, seed) = try KeyName.split(
            text.dropFirst(Self.prefix.count), what: "a signing key")
        guard let key = Ed25519.PrivateKey(seed: seed.span) else {
            throw EvidenceError(.malformed, "This is not a signing key.")
        }
        try self.init(name: name, key: key)
        guard hex == KeyName.hex(verifier.id) else {
            throw EvidenceError(
                .malformed, "The signing key of '\(name)' is misspelt: its id does not fit it.")
        }
    }

    /// The key as one line for the file that keeps it: `PRIVATE+KEY+name+id+base64`.
    ///
    /// As Go's golang.org/x/mod/sumdb/note spells it; the base64 is of a byte of 1 and the seed.
    public var text: String {
        let base64 = Base64.text(([KeyName.ed25519] + key.seed).span)
        return "\(Self.prefix)\(verifier.name)+\(KeyName.hex(verifier.id))+\(base64)"
    }

    /// The signature of a note's text.
    func signature(of text: String) -> Note.Signature {
        Note.Signature(
            name: verifier.name, id: verifier.id, bytes: key.sign(Array(text.utf8).span))
    }
}
