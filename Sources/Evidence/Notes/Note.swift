import Bytes
import Crypto

/// A text with signatures, as C2SP signed-note spells it.
///
/// ```
/// the text, whose last line ends too
///
/// — name base64(id and signature)
/// ```
public struct Note: Equatable, Sendable {
    /// A line below the text: who signed, with which key, and the signature.
    public struct Signature: Equatable, Sendable {
        /// What the key is called.
        public let name: String
        /// The number of the key.
        public let id: UInt32
        /// The signature itself; of an Ed25519 key 64 bytes.
        public let bytes: [UInt8]
    }

    /// How many bytes a note may have.
    public static let bytesMax = 1_000_000
    /// How many signatures a note may have.
    public static let signaturesMax = 100

    /// The text, which ends with a line feed: what is signed.
    public let text: String
    /// The signatures, in their order.
    public private(set) var signatures: [Signature]

    /// A note without signatures.
    ///
    /// - Throws: `malformed` if the text does not end with a line feed or holds other control
    ///   characters.
    public init(text: String) throws(EvidenceError) {
        try self.init(text: text, signatures: [])
    }

    init(text: String, signatures: [Signature]) throws(EvidenceError) {
        guard text.utf8.last == 0x0A, text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A }) else {
            throw EvidenceError(
                .malformed, "The text of a note is lines, each with its end, and nothing else.")
        }
        self.text = text
        self.signatures = signatures
    }

    /// Adds the signature of a key below those that are there.
    public mutating func sign(with key: SignerKey) { signatures.append(key.signature(of: text)) }

    /// The note as it is written: text, empty line, signatures.
    public var serialised: String {
        var note = text + "\n"
        for signature in signatures {
            var bytes: [UInt8] = []
            bytes.append(littleEndian: signature.id.byteSwapped)
            bytes += signature.bytes
            note += "\u{2014} \(signature.name) \(Base64.text(bytes.span))\n"
        }
        return note
    }

    /// Checks the signatures of the keys that are known; others are ignored.
    ///
    /// - Throws: `wrongSignature` if one of a known key does not fit the text; `unsigned` if there
    ///   is none of a known key.
    /// - Returns: The keys that signed, in the order of their signatures.
    @discardableResult
    public func verify(by keys: [VerifierKey]) throws(EvidenceError) -> [VerifierKey] {
        let message = Array(text.utf8)
        var signers: [VerifierKey] = []
        for signature in signatures {
            for key in keys where signature.isNamed(as: key) {
                guard key.key.verifies(signature.bytes.span, of: message.span) else {
                    throw EvidenceError(
                        .wrongSignature,
                        "The signature of '\(key.name)' does not fit the text: it was altered.")
                }
                signers.append(key)
            }
        }
        guard !signers.isEmpty else {
            throw EvidenceError(.unsigned, "Nobody signed this whose key is known here.")
        }
        return signers
    }
}

extension Note.Signature {
    /// Whether it says that it is by this key; names are compared byte by byte.
    fileprivate func isNamed(as key: VerifierKey) -> Bool {
        id == key.id && name.utf8.elementsEqual(key.name.utf8)
    }
}
