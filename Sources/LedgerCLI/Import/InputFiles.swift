import Archives
import Storage

/// One input of an import, opened as a stream: a file, a member of an archive, or standard input.
struct InputFile {
    /// What messages call it.
    let name: String
    /// What it holds, unpacked.
    let stream: any ByteStream
}

/// The inputs that a path names: a file, all files of a folder, or `-` for standard input; gzip is
/// unpacked, and of a zip archive every member is an input.
enum InputFiles {
    /// Opens the inputs one after the other.
    ///
    /// - Parameter isWanted: which files of folders and archives are read, by their names.
    /// - Throws: ``Failure`` for an input that is not there, cut short or damaged.
    static func forEach(
        _ path: String, where isWanted: (String) -> Bool = { _ in true },
        _ body: (InputFile) async throws -> Void
    ) async throws {
        if path == "-" {
            return try await open("standard input", DescriptorStream(0), nil, isWanted, body)
        }
        guard Folder.isFolder(path) else {
            return try await open(path, FileStream(path), path, isWanted, body)
        }
        let names = Folder.names(in: path).sorted().filter { !$0.hasPrefix(".") }
        for name in names {
            let inner = path.hasSuffix("/") ? path + name : path + "/" + name
            if Folder.isFolder(inner) {
                try await forEach(inner, where: isWanted, body)
            } else if isWanted(name) || isPacked(name) {
                try await open(inner, FileStream(inner), inner, isWanted, body)
            }
        }
    }

    private static func isPacked(_ name: String) -> Bool {
        name.hasSuffix(".gz") || name.hasSuffix(".zip")
    }

    private static func open(
        _ name: String, _ source: any ByteStream, _ path: String?, _ isWanted: (String) -> Bool,
        _ body: (InputFile) async throws -> Void
    ) async throws {
        do {
            let peeked = try PeekedStream(source, byteCount: 4)
            switch ArchiveKind(peeked.head) {
            case .plain:
                try refuse(peeked.head)
                try await body(InputFile(name: name, stream: peeked))
            case .gzip:
                let inner = try PeekedStream(GzipStream(peeked), byteCount: 4)
                try refuse(inner.head)
                try await body(InputFile(name: name, stream: inner))
            case .zip:
                // An archive's index lies at its end: what comes through a pipe is put aside first.
                let spool = try path == nil ? SpooledFile(peeked) : nil
                let archive = try ZipFile(path: spool?.path ?? path ?? "")
                let members = archive.members
                for member in members where members.count == 1 || isWanted(member.name) {
                    let stream = try PeekedStream(archive.stream(of: member), byteCount: 4)
                    try refuse(stream.head)
                    try await body(InputFile(name: "\(name):\(member.name)", stream: stream))
                }
            }
        } catch let error as ArchiveError {
            throw Failure("invalid", "\(name): \(error.message)")
        } catch let error as Failure {
            let place = error.message.hasPrefix(name) ? "" : "\(name): "
            throw Failure(error.code, place + error.message, exitCode: error.exitCode)
        }
    }

    /// Refuses text in an encoding that its first bytes give away.
    private static func refuse(_ head: [UInt8]) throws {
        let isUTF16 =
            head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF])
            || (head.count == 4 && (head[0] == 0) != (head[1] == 0)
                && (head[2] == 0) == (head[0] == 0))
        if isUTF16 {
            throw Failure(
                "invalid",
                "the text is UTF-16; convert it with iconv -f UTF-16 -t UTF-8, and import that")
        }
    }
}

/// The bytes of an open descriptor.
private final class DescriptorStream: ByteStream {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    func read(byteMax: Int) throws -> [UInt8] {
        try Descriptor.read(descriptor, byteMax: byteMax)
    }
}

/// The bytes of a file.
private final class FileStream: ByteStream {
    private var reader: FileReader

    init(_ path: String) throws(StorageError) { reader = try FileReader(path: path) }

    func read(byteMax: Int) throws -> [UInt8] { try reader.read(min(byteMax, 1 << 20)) }
}

/// What came through a pipe, in a file of its own that goes with it.
final class SpooledFile {
    let path: String

    /// All that comes from standard input.
    static func ofStandardInput() throws -> SpooledFile {
        try SpooledFile(DescriptorStream(0))
    }

    init(_ stream: any ByteStream) throws {
        let folder = LocalHost.environment(["TMPDIR"])["TMPDIR"] ?? "/tmp"
        path = "\(folder)/ledger-import-\(UInt64.random(in: .min ... .max))"
        var file = try FileWriter(path: path)
        do {
            while case let part = try stream.read(byteMax: 1 << 18), !part.isEmpty {
                try file.write(part.span)
            }
            try file.finish()
        } catch {
            try? Folder.remove(path)
            throw error
        }
    }

    deinit { try? Folder.remove(path) }
}
