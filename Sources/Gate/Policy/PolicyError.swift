/// Why a text is no policy: a sentence that names the line and the key.
public struct PolicyError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The line at fault, from 1.
    public let line: Int
    /// The section and key at fault, such as `rate_limits.lease`; empty for the file as a whole.
    public let keyPath: String
    /// The sentence, without the line; it names the key.
    public let message: String

    /// The line and the sentence.
    public var description: String { "line \(line): \(message)" }
}
