/// Bytes that come one part after the other; nothing behind the part in hand is in memory.
public protocol ByteStream: AnyObject {
    /// The next bytes, at most `byteMax`; empty at the end.
    ///
    /// - Throws: ``ArchiveError``, or what the stream below throws.
    func read(byteMax: Int) throws -> [UInt8]
}

/// Why an archive or a compressed stream cannot be read.
public struct ArchiveError: Error, Sendable, Equatable {
    /// A sentence: what is wrong with it.
    public let message: String

    /// An error with a sentence.
    public init(_ message: String) { self.message = message }
}

/// What a stream is, told by its first bytes.
public enum ArchiveKind: Sendable {
    case plain, gzip, zip

    /// The kind of a stream that begins with these bytes, of which four are enough.
    public init(_ head: [UInt8]) {
        if head.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if head.starts(with: [0x50, 0x4B, 0x03, 0x04])
            || head.starts(with: [0x50, 0x4B, 0x05, 0x06])
        {
            self = .zip
        } else {
            self = .plain
        }
    }
}

/// A stream whose first bytes were looked at, and are given again.
public final class PeekedStream: ByteStream {
    private let rest: any ByteStream
    /// The first bytes: as many as were asked for, or fewer at the end.
    public let head: [UInt8]
    private var isGiven = false

    /// Looks at the first bytes.
    public init(_ stream: any ByteStream, byteCount: Int) throws {
        var head: [UInt8] = []
        while head.count < byteCount {
            let part = try stream.read(byteMax: byteCount - head.count)
            if part.isEmpty { break }
            head += part
        }
        self.head = head
        rest = stream
    }

    /// The next bytes.
    public func read(byteMax: Int) throws -> [UInt8] {
        guard isGiven || head.isEmpty else {
            isGiven = true
            return head
        }
        return try rest.read(byteMax: byteMax)
    }
}
