public import Bytes

/// An event that has no place yet: a record whose position, recorded time and checksum are missing.
///
/// Drafts are made by the callers, outside the writer's lock; the writer only copies the bytes and
/// fills in what it decides (``seal(into:at:recorded:)``).
public struct Draft: Sendable {
    /// The record's bytes without the checksum; position and recorded time are zero.
    public let bytes: [UInt8]

    /// Bytes of the finished record, checksum included.
    public var recordBytes: Int { bytes.count + 8 }

    /// The most bytes of a record: a Merkle entry bundle has 16 bits for its length.
    public static let recordBytesMax = 65_535

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// The fingerprint of (source, id).
    public var identity: Fingerprint {
        Fingerprint(bytes.span, at: 40)
    }

    /// The digest of the content.
    public var digest: Fingerprint {
        Fingerprint(bytes.span, at: 56)
    }

    /// The event type.
    public var type: EventType { EventType(rawValue: bytes.span.load(at: 2, as: UInt16.self))! }

    /// The time that the event gives, or nil if it gives none.
    public var time: Instant? {
        bytes[6] & 32 != 0 ? nil : Instant(nanoseconds: bytes.span.load(at: 24, as: Int64.self))
    }

    /// Writes the finished record into `record`, which has ``recordBytes`` bytes.
    public func seal(
        into record: inout MutableSpan<UInt8>, at position: Position, recorded: Instant
    ) {
        let count = bytes.count
        record.copy(bytes.span)
        record.store(position, at: 8)
        record.store(recorded.nanoseconds, at: 16)
        if bytes[6] & 32 != 0 { record.store(recorded.nanoseconds, at: 24) }
        record.store(record.span.extracting(0..<count).checksum, at: count)
    }

    /// The finished record as an array of its own.
    public func sealed(at position: Position, recorded: Instant) -> [UInt8] {
        var record = [UInt8](repeating: 0, count: recordBytes)
        var span = record.mutableSpan
        seal(into: &span, at: position, recorded: recorded)
        return record
    }
}
