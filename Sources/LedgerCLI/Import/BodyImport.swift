import Adapters
import Archives
import Events
import Ledger

/// Imports bodies of JSON: read as a stream, made into elements on all cores, appended in order.
struct BodyImport {
    /// Makes elements of one body; pure, and called from any thread.
    typealias Reader = @Sendable (BodySplitter.Piece) -> [ReadElement]

    private static let chunkBytes = 1 << 18
    /// Chunks that are read ahead: enough for all cores while one is committed.
    private static let chunksAhead = 3

    let reader: Reader

    /// Imports one input.
    func run(
        _ input: InputFile, into pipeline: inout ImportPipeline, _ progress: (Int) -> Void
    ) async throws {
        var splitter = BodySplitter()
        var tasks: [Task<[ReadElement], Never>] = []
        defer { for task in tasks { task.cancel() } }
        var isEnd = false
        while !isEnd || !tasks.isEmpty {
            while !isEnd, tasks.count < Self.chunksAhead {
                let bytes: [UInt8]
                do {
                    bytes = try input.stream.read(byteMax: Self.chunkBytes)
                } catch {
                    // What was read before is taken; then the fault is told.
                    for task in tasks { try await pipeline.take(await task.value) }
                    try await pipeline.finish()
                    throw error
                }
                isEnd = bytes.isEmpty
                let pieces = isEnd ? splitter.finish() : splitter.feed(bytes)
                guard !pieces.isEmpty else { continue }
                let reader = reader
                tasks.append(Task { pieces.flatMap { reader($0) } })
            }
            guard !tasks.isEmpty else { continue }
            try await pipeline.take(await tasks.removeFirst().value)
            progress(pipeline.totals.read)
        }
    }
}

extension BodyImport {
    /// Imports bodies of a format of elsewhere.
    init<Adapter: BodyAdapter>(_ adapter: Adapter.Type, _ options: AdapterOptions) {
        reader = { piece in
            var reading = Reading(Adapter.format, options)
            let bytes = piece.bytes
            guard piece.fault == nil else {
                let kept = Adapter.redacted(bytes)
                return [Self.broken(piece, "not_json", piece.fault ?? "", kept)]
            }
            do throws(EventError) {
                let root = try JSONDocument(bytes, line: piece.line).root
                Self.read(adapter, root, &reading)
            } catch {
                return [
                    Self.broken(piece, error.code.name, error.message, Adapter.redacted(bytes))
                ]
            }
            return reading.elements.map {
                ReadElement(element: $0, body: bytes, line: piece.line)
            }
        }
    }

    /// Imports forms, one a line, or JSON objects of the same parameters.
    ///
    /// A line that does not begin with a bracket is no JSON to the splitter; here it is a form.
    init<Adapter: FormAdapter>(forms adapter: Adapter.Type, _ options: AdapterOptions) {
        reader = { piece in
            var reading = Reading(Adapter.format, options)
            Adapter.read(piece.bytes, line: piece.line, into: &reading)
            return reading.elements.map {
                ReadElement(element: $0, body: piece.bytes, line: piece.line)
            }
        }
    }

    private static func read<Adapter: BodyAdapter>(
        _ adapter: Adapter.Type, _ root: JSONNode, _ reading: inout Reading
    ) {
        if root.kind == .array {
            for element in root.elements { read(adapter, element, &reading) }
            if root.elements.isEmpty { reading.note("empty", from: root) }
            return
        }
        // A file whose top level maps names to bodies is read as its bodies.
        let isMap =
            !adapter.isBody(root) && root.members.contains { adapter.isBody($0.value) }
        guard isMap else { return adapter.read(root, into: &reading) }
        for (_, value) in root.members { adapter.read(value, into: &reading) }
    }

    /// CloudEvents, one a body: structured, or the elements of a batch.
    static let cloudEvents = BodyImport { piece in
        guard piece.fault == nil else { return [broken(piece, "not_json", piece.fault ?? "")] }
        do throws(EventError) {
            let event = try CloudEvent.parse(piece.bytes.span, line: piece.line)
            let element = Element(.event(event.draft), chat: event.draft.chat, now: event.now)
            return [ReadElement(element: element, body: piece.bytes, line: piece.line)]
        } catch {
            return [broken(piece, error.code.name, error.message)]
        }
    }

    /// - Parameter kept: the bytes as they may be kept; nil for those of the piece.
    private static func broken(
        _ piece: BodySplitter.Piece, _ code: String, _ reason: String, _ kept: [UInt8]? = nil
    ) -> ReadElement {
        ReadElement(
            element: Element(.quarantined(code: code, reason: reason)),
            body: kept ?? piece.bytes, line: piece.line)
    }
}

extension Draft {
    /// The chat that the event names, or the person of a direct one; nil where it names neither.
    fileprivate var chat: String? {
        let record = sealed(at: 0, recorded: .epoch)
        guard let event = EventView(record.span) else { return nil }
        return event.text(.chat) ?? event.text(.person)
    }
}
