/// Why something proves nothing.
public struct EvidenceError: Error, Sendable, Equatable {
    /// What kind of fault it is.
    public enum Code: String, Sendable {
        /// The text or the file does not have the form that it must have.
        case malformed
        /// A file is shorter or longer than it must be.
        case truncated
        /// No signature is by a key that is known.
        case unsigned
        /// A signature by a known key does not fit the text.
        case wrongSignature = "wrong_signature"
        /// The proof does not lead to the root that was signed.
        case wrongRoot = "wrong_root"
        /// A position or a size lies outside of the log.
        case outOfRange = "out_of_range"
        /// A hash or a file that is needed is not there.
        case missing
        /// Something is larger than its format allows.
        case tooLarge = "too_large"
    }

    /// What kind of fault it is.
    public let code: Code
    /// A sentence that says what is wrong.
    public let message: String
    /// What a source of hashes or files failed with.
    public let cause: (any Error)?

    /// An error of that kind.
    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// Errors are equal when their codes are.
    public static func == (left: EvidenceError, right: EvidenceError) -> Bool {
        left.code == right.code
    }
}
