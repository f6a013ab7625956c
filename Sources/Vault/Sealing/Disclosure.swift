import Bytes
import Crypto

/// What opens one commitment for a stranger: the salt and the text, and nothing of other fields.
public struct Disclosure: Sendable, Equatable {
    /// How many bytes a salt has.
    public static let saltByteCount = 16

    /// The number of the field.
    public let field: UInt8
    /// The salt, 16 bytes.
    public let salt: [UInt8]
    /// The value as it was before it was sealed.
    public let text: [UInt8]

    /// A disclosure as it stands in an export.
    public init(field: UInt8, salt: [UInt8], text: [UInt8]) {
        self.field = field
        self.salt = salt
        self.text = text
    }

    /// Whether `commitment`, or a sealed value that begins with it, is one to this text.
    ///
    /// How long it takes does not depend on where they differ.
    public func matches(_ commitment: Span<UInt8>) -> Bool {
        guard salt.count == Self.saltByteCount,
            commitment.count >= SealedField.commitmentByteCount
        else { return false }
        var hasher = SHA256()
        hasher.update(salt.span)
        hasher.update(text.span)
        let digest = hasher.finish().bytes
        return commitment.extracting(0..<SealedField.commitmentByteCount)
            .equalsInConstantTime(digest.span)
    }
}
