import Adapters
import Archives
import Bytes
import Events
import Ledger

/// `import postgres-feedback` and `import spam-rules`: a CSV, row by row.
struct TableImport<Table: TableAdapter> {
    private let options: AdapterOptions

    /// An import of tables of that kind.
    init(_ table: Table.Type, _ options: AdapterOptions) { self.options = options }

    /// Imports one table.
    ///
    /// - Throws: ``Failure`` for titles that are not the table's, or where an option is missing.
    func run(
        _ input: InputFile, into pipeline: inout ImportPipeline, _ progress: (Int) -> Void
    ) async throws {
        var table = Table(options)
        var reader = CSVReader()
        var isFirst = true
        var isEnd = false
        while !isEnd {
            let bytes = try input.stream.read(byteMax: 1 << 18)
            isEnd = bytes.isEmpty
            if isFirst, let problem = TextEncoding.problem(in: bytes.span) {
                throw Failure(EventError(problem.code, "\(input.name): \(problem.message)"))
            }
            // The first part may be the few bytes that told how the input is packed.
            isFirst = isFirst && bytes.count < 64
            if isEnd { reader.finish() } else { reader.take(bytes.span) }
            do throws(EventError) {
                for row in reader.drain() { try table.take(row) }
                if isEnd { try table.finish() }
            } catch {
                throw Failure(
                    EventError(error.code, "\(input.name): \(error.message)", line: error.line))
            }
            try await pipeline.take(table.drain().map(ReadElement.init))
            progress(pipeline.totals.read)
        }
    }
}
