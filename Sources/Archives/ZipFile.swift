import CZip

/// A zip archive: its members are read one after the other.
@safe
public final class ZipFile {
    private let handle: OpaquePointer

    /// One file in the archive.
    public struct Member: Sendable, Equatable {
        /// Its place in the archive.
        public let index: UInt64
        /// Its path in the archive.
        public let name: String
        /// Bytes once unpacked.
        public let byteCount: UInt64
        /// Bytes as packed.
        let packedByteCount: UInt64
    }

    /// Opens an archive that lies in a file.
    ///
    /// - Throws: ``ArchiveError`` where it is none, or is damaged.
    public init(path: String) throws(ArchiveError) {
        var code: Int32 = 0
        guard let opened = unsafe zip_open(path, ZIP_RDONLY, &code) else {
            throw ArchiveError(Self.message(code))
        }
        unsafe handle = opened
    }

    deinit { unsafe zip_discard(handle) }

    private static func message(_ code: Int32) -> String {
        switch code {
        case ZIP_ER_NOZIP, ZIP_ER_INCONS: "it is no zip archive, or is cut short"
        case ZIP_ER_OPEN, ZIP_ER_NOENT: "it cannot be opened"
        case ZIP_ER_MEMORY: "there is no memory to read it"
        default: "it cannot be read as a zip archive (code \(code))"
        }
    }

    /// Its files, without folders, by name.
    public var members: [Member] {
        var members: [Member] = []
        let count = unsafe zip_get_num_entries(handle, 0)
        for index in 0..<UInt64(max(0, count)) {
            var status = unsafe zip_stat_t()
            guard unsafe zip_stat_index(handle, index, 0, &status) == 0,
                let name = unsafe zip_get_name(handle, index, 0)
            else { continue }
            let text = unsafe String(cString: name)
            if text.hasSuffix("/") { continue }
            let byteCount = unsafe status.size
            let packed = unsafe status.comp_size
            members.append(
                Member(
                    index: index, name: text, byteCount: byteCount, packedByteCount: packed))
        }
        return members.sorted { $0.name < $1.name }
    }

    /// What a member holds.
    ///
    /// - Throws: ``ArchiveError`` where it is encrypted, or packed in a way that nobody knows.
    public func stream(of member: Member) throws(ArchiveError) -> any ByteStream {
        guard let file = unsafe zip_fopen_index(handle, member.index, 0) else {
            throw ArchiveError(
                "\u{201C}\(member.name)\u{201D} in the archive cannot be opened: is it encrypted?")
        }
        return unsafe ZipMemberStream(file, of: self, member)
    }
}

/// One member of an archive, unpacked as it is read.
@safe
private final class ZipMemberStream: ByteStream {
    private let handle: OpaquePointer
    private let archive: ZipFile
    private let name: String
    private let packed: Int
    private var unpacked = 0

    init(_ handle: OpaquePointer, of archive: ZipFile, _ member: ZipFile.Member) {
        unsafe self.handle = handle
        self.archive = archive
        name = member.name
        packed = Int(clamping: member.packedByteCount)
    }

    deinit { unsafe zip_fclose(handle) }

    func read(byteMax: Int) throws -> [UInt8] {
        var count: Int64 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: byteMax) { buffer, filled in
            unsafe count = zip_fread(handle, buffer.baseAddress, UInt64(byteMax))
            filled = max(0, Int(count))
        }
        guard count >= 0 else {
            throw ArchiveError("\u{201C}\(name)\u{201D} in the archive is damaged")
        }
        unpacked += bytes.count
        try Archives.check(unpacked: unpacked, packed: packed)
        return bytes
    }
}
