/// A field that is sealed: its number and kind, and where its value lies in a buffer of values.
public struct SealedField: Sendable, Equatable {
    /// The number of the field.
    public let number: UInt8
    /// The kind of its value, without the bit that says sealed.
    public let kind: UInt8
    /// Where the value lies.
    public let range: Range<Int>

    /// A field and where its value lies.
    public init(number: UInt8, kind: UInt8, range: Range<Int>) {
        self.number = number
        self.kind = kind
        self.range = range
    }

    /// How many bytes the commitment has, which a sealed value begins with.
    public static let commitmentByteCount = 32

    /// How many bytes the first sealed value of an event has at its end: nonce and tag.
    public static let sealByteCount = 28

    /// How many bytes a text of `byteCount` bytes has when it is sealed.
    @inlinable
    public static func sealedByteCount(_ byteCount: Int, isFirst: Bool) -> Int {
        commitmentByteCount + byteCount + (isFirst ? sealByteCount : 0)
    }
}
