import Bytes
import Events
import Ledger

/// An event of a file, with the place that errors name.
struct FileEvent: Sendable {
    let event: IncomingEvent
    /// The line, the first being 1.
    var line: Int
    /// Where the text lies in the file.
    let range: Range<Int>
}

/// A line that is no event, and why.
struct BadLine: Sendable {
    var line: Int
    let range: Range<Int>
    let failure: Failure

    /// The failure with the line that is at fault.
    var placed: Failure {
        Failure(failure.code, "line \(line): \(failure.message)")
    }
}

/// A part of a file, parsed: whole lines, about 256 KiB.
struct Piece: Sendable {
    var events: [FileEvent] = []
    var bad: [BadLine] = []
    /// How many lines it has.
    var lineCount = 0

    /// Counts lines from the file's beginning instead of the piece's.
    mutating func shift(by lines: Int) {
        guard lines > 0 else { return }
        for index in events.indices { events[index].line += lines }
        for index in bad.indices { bad[index].line += lines }
    }
}

extension InputText {
    private static let pieceBytes = 1 << 18
    /// Pieces that are parsed ahead: enough for all cores while one is committed.
    private static let piecesAhead = 4

    /// Parses the file on all cores, and lends its pieces in order.
    func forEachPiece(_ body: (Piece) async throws -> Void) async throws {
        let ranges = pieceRanges()
        var tasks: [Task<Piece, Never>] = []
        var next = 0
        var lines = 0
        defer { for task in tasks { task.cancel() } }
        while next < ranges.count || !tasks.isEmpty {
            while next < ranges.count, tasks.count < Self.piecesAhead {
                let range = ranges[next]
                tasks.append(Task { parse(range) })
                next += 1
            }
            var piece = await tasks.removeFirst().value
            piece.shift(by: lines)
            lines += piece.lineCount
            try await body(piece)
        }
    }

    private func pieceRanges() -> [Range<Int>] {
        guard layout == .lines else { return [0..<bytes.count] }
        var ranges: [Range<Int>] = []
        var start = 0
        let span = bytes.span
        while start < bytes.count {
            let end = min(
                bytes.count, span.endOfLine(from: min(bytes.count, start + Self.pieceBytes)) + 1)
            ranges.append(start..<end)
            start = end
        }
        return ranges
    }

    private func parse(_ range: Range<Int>) -> Piece {
        switch layout {
        case .lines: parseLines(range)
        case .single: parseWhole(range) { try [CloudEvent.parse(bytes.span)] }
        case .array: parseWhole(range) { try CloudEvent.parseBatch(bytes.span) }
        }
    }

    private func parseLines(_ range: Range<Int>) -> Piece {
        var piece = Piece()
        let span = bytes.span
        var start = range.lowerBound
        while start < range.upperBound, !Task.isCancelled {
            let end = min(span.endOfLine(from: start), range.upperBound)
            piece.lineCount += 1
            let line = span.extracting(start..<end)
            if !line.isBlank {
                do {
                    let event = try CloudEvent.parse(line, line: piece.lineCount)
                    try Ledger.permit(event.draft)
                    piece.events.append(
                        FileEvent(event: event, line: piece.lineCount, range: start..<end))
                } catch {
                    piece.bad.append(
                        BadLine(
                            line: piece.lineCount, range: start..<end,
                            failure: Self.failure(error)))
                }
            }
            start = end + 1
        }
        return piece
    }

    private func parseWhole(_ range: Range<Int>, _ read: () throws -> [IncomingEvent]) -> Piece {
        var piece = Piece()
        do {
            for event in try read() {
                try Ledger.permit(event.draft)
                piece.events.append(FileEvent(event: event, line: 1, range: range))
            }
        } catch {
            let line = (error as? EventError)?.line ?? 1
            piece = Piece(
                bad: [BadLine(line: line, range: range, failure: Self.failure(error))])
        }
        return piece
    }

    /// The failure without its line, which ``BadLine`` names.
    private static func failure(_ error: any Error) -> Failure {
        guard let error = error as? EventError else { return Failure(error) }
        return Failure(error.code.name, error.message)
    }
}
