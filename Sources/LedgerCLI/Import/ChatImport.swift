import Adapters
import Archives
import Bytes
import CommandLineKit
import Events
import Ledger

/// `import chat-export`: reads each exported chat twice, first for how its dates are written.
struct ChatImport {
    private static let chunkBytes = 1 << 18

    let options: AdapterOptions
    let order: DateOrder?
    /// Which files of folders and archives are read.
    let isWanted: (String) -> Bool

    /// What the first pass found in an input.
    private enum Finding {
        case chat(ChatExportDialect, AdapterOptions)
        /// No line is a message's, as in a text that was sent to the chat.
        case none(EventError)
    }

    /// Imports the chats that a path names.
    ///
    /// - Throws: ``Failure`` where a chat cannot be read without an option; before its first event.
    func run(
        _ path: String, into pipeline: inout ImportPipeline, _ progress: (Int) -> Void
    ) async throws {
        let spool = try path == "-" ? SpooledFile.ofStandardInput() : nil
        let place = spool?.path ?? path
        var findings: [(name: String, finding: Finding)] = []
        try await InputFiles.forEach(place, where: isWanted) { input in
            let finding = try survey(input, isNamed: spool == nil)
            findings.append((input.name, finding))
        }
        if findings.count == 1, case .none(let error) = findings[0].finding {
            throw Failure(EventError(error.code, "\(path): \(error.message)"))
        }
        var next = 0
        try await InputFiles.forEach(place, where: isWanted) { input in
            guard next < findings.count, findings[next].name == input.name else {
                throw Failure("invalid", "\(path) was changed while it was read")
            }
            let finding = findings[next].finding
            next += 1
            switch finding {
            case .chat(let dialect, let options):
                let reader = try ChatExportReader(dialect, options)
                try await read(input, reader, &pipeline, progress)
            case .none(let error): try await putAside(input, error, &pipeline)
            }
        }
    }

    private func survey(_ input: InputFile, isNamed: Bool) throws -> Finding {
        var survey = ChatExportSurvey()
        var splitter = LineSplitter()
        var isFirst = true
        while case let bytes = try input.stream.read(byteMax: Self.chunkBytes), !bytes.isEmpty {
            if isFirst, let problem = TextEncoding.problem(in: bytes.span) {
                throw Failure(EventError(problem.code, "\(input.name): \(problem.message)"))
            }
            // The first part may be the few bytes that told how the input is packed.
            isFirst = isFirst && bytes.count < 64
            for line in splitter.feed(bytes) { survey.take(line.span) }
        }
        for line in splitter.finish() { survey.take(line.span) }
        var options = options
        if isNamed { options.title = Self.title(of: input.name) }
        do throws(EventError) {
            let dialect = try survey.dialect(order: order)
            // What an option is missing for is told before the first event.
            _ = try ChatExportReader(dialect, options)
            return .chat(dialect, options)
        } catch {
            if survey.isEmpty { return .none(error) }
            throw Failure(
                EventError(error.code, "\(input.name): \(error.message)", line: error.line))
        }
    }

    private func read(
        _ input: InputFile, _ chat: ChatExportReader, _ pipeline: inout ImportPipeline,
        _ progress: (Int) -> Void
    ) async throws {
        var reader = chat
        var splitter = LineSplitter()
        var number = 0
        var isEnd = false
        while !isEnd {
            let bytes = try input.stream.read(byteMax: Self.chunkBytes)
            isEnd = bytes.isEmpty
            for line in isEnd ? splitter.finish() : splitter.feed(bytes) {
                number += 1
                reader.take(line.span, number: number)
            }
            if isEnd { reader.finish() }
            try await pipeline.take(reader.drain().map(ReadElement.init))
            progress(pipeline.totals.read)
        }
    }

    private func putAside(
        _ input: InputFile, _ error: EventError, _ pipeline: inout ImportPipeline
    ) async throws {
        while case let bytes = try input.stream.read(byteMax: Self.chunkBytes), !bytes.isEmpty {
            let element = Element(
                .quarantined(code: "unknown", reason: "\(input.name): \(error.message)"),
                line: 1, raw: bytes)
            try await pipeline.take([ReadElement(element)])
        }
    }

    /// What the name of a file says of its chat; of `_chat.txt` in an archive, the archive's.
    private static func title(of name: String) -> String? {
        var path = name
        for ending in [".gz", ".GZ"] where path.hasSuffix(ending) { path.removeLast(3) }
        guard let range = path.lowercased().firstRange(of: ".zip:") else {
            return ChatExport.title(ofFile: path)
        }
        let archive = String(path.lowercased()[..<range.lowerBound]).utf8.count
        let outer = String(decoding: path.utf8.prefix(archive), as: UTF8.self)
        let inner = String(decoding: path.utf8.dropFirst(archive + 5), as: UTF8.self)
        return ChatExport.title(ofFile: inner) ?? ChatExport.title(ofFile: outer)
    }
}

extension ReadElement {
    /// An element of a format that is read line by line.
    init(_ element: Element) {
        self.init(element: element, body: element.raw, line: element.line ?? 0)
    }
}
