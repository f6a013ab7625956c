import Adapters
import Bytes
import CommandLineKit
import Events
import SQLite
import Storage

/// Imports the store of a bridge, and follows it while the bridge goes on writing.
struct BridgeImport {
    /// Nanoseconds between two looks at the store.
    private static let pause: UInt64 = 200_000_000
    /// How often a store that is locked is tried before a single import gives up: a minute.
    private static let triesMax = 60

    let path: String
    let options: AdapterOptions
    let out: Output

    private var store: BridgeStore?
    private var identity: [UInt64]?
    private var version: Int64?
    /// The highest number of a row that was read.
    private var last: Int64 = 0
    private var window = BridgeWindow()
    /// Whether the store was read whole once.
    private var hasRead = false
    /// What was said last of a state that lasts, so that it is said once.
    private var said = ""

    init(_ path: String, _ options: AdapterOptions, _ out: Output) {
        self.path = path
        self.options = options
        self.out = out
    }

    /// Imports what the store holds; with `follows`, goes on until interrupted.
    ///
    /// - Throws: ``Failure`` for a store that is missing, damaged, or of another kind, and for one
    ///   that stays locked; what was read before is appended.
    mutating func run(
        into pipeline: inout ImportPipeline, follows: Bool, _ progress: (Int) -> Void
    ) async throws {
        guard Folder.exists(path) else {
            throw Failure("not_found", "there is no file \(path)")
        }
        if follows { LocalHost.watchInterrupts() }
        var tries = 0
        while true {
            do {
                try await look(into: &pipeline, progress)
                tries = 0
                try await pipeline.finish()
                guard follows else { return }
            } catch let error as SQLiteError {
                try await pipeline.finish()
                tries += 1
                // A file that went away between two looks is waited for below.
                let isGone = follows && Folder.identity(of: path) == nil
                guard isGone || error.meaning == .busy, follows || tries < Self.triesMax else {
                    throw failure(error)
                }
                if !isGone { say("\(path) is locked by another process; waiting for it") }
            } catch let error as Failure where error.code == BridgeStore.wrongShape {
                // A bridge that is set up anew makes its tables a moment after the file.
                guard follows, hasRead else { throw error }
                say(error.message)
            }
            repeat {
                if LocalHost.isInterrupted { return }
                try? await Task.sleep(nanoseconds: Self.pause)
            } while follows && isMissing()
        }
    }

    private func failure(_ error: SQLiteError) -> Failure {
        switch error.meaning {
        case .busy:
            Failure(
                "busy", "\(path) stays locked by another process; try again, or stop the bridge",
                exitCode: ExitCode.busy)
        case .damaged:
            Failure(
                "damaged",
                "\(path) is no whole SQLite database: it is damaged, or was cut short or half "
                    + "written (\(error.message)); what was read before is kept")
        case .closed: Failure("not_permitted", "\(path) cannot be opened (\(error.message))")
        case .other: Failure("failed", "\(path) cannot be read: \(error.message)")
        }
    }

    private mutating func say(_ sentence: String) {
        guard said != sentence else { return }
        said = sentence
        out.note(Terminal.escape(sentence))
    }

    /// Whether the file is gone, which a bridge that is set up anew may do for a while.
    private mutating func isMissing() -> Bool {
        guard Folder.identity(of: path) == nil else { return false }
        store = nil
        say("\(path) is gone; waiting for it")
        return true
    }

    /// Reads what is new or changed since the last look.
    private mutating func look(
        into pipeline: inout ImportPipeline, _ progress: (Int) -> Void
    ) async throws {
        let now = Folder.identity(of: path)
        if store == nil || now != identity {
            if identity != nil, now != identity { say("\(path) is another file now; reading it") }
            if now != identity { restart() }
            store = nil
            store = try BridgeStore(path)
            identity = now
            version = nil
        }
        guard let store else { return }
        let current = try store.dataVersion()
        guard current != version else { return }
        if last > 0 { try await compare(store, into: &pipeline) }
        while true {
            let page = try store.page(after: last)
            guard let end = page.last else { break }
            let read = page.flatMap { elements(of: $0) }
            last = end.rowid
            try await pipeline.take(read)
            progress(pipeline.totals.read)
            if LocalHost.isInterrupted { return }
        }
        // Only now is what that version held read whole.
        version = current
        hasRead = true
        said = ""
    }

    /// Everything is read again from the first row; what is there already adds nothing.
    private mutating func restart() {
        window.renumber()
        last = 0
    }

    /// Reads the newest rows again: a row may have been changed in its place.
    private mutating func compare(
        _ store: BridgeStore, into pipeline: inout ImportPipeline
    ) async throws {
        let rows = try store.page(
            after: window.start, through: last, limit: 3 * BridgeWindow.rowMax)
        let highest = try store.highestRow()
        guard let edited = window.compare(rows), highest >= last || window.knows(highest) else {
            return restart()
        }
        last = min(last, highest)
        try await pipeline.take(edited.flatMap { edit(of: $0) })
    }

    private mutating func elements(of row: BridgeRow) -> [ReadElement] {
        if window.enter(row) == .edited { return edit(of: row) }
        var reading = Reading(WhatsAppBridge.format, options)
        WhatsAppBridge.read(row, into: &reading)
        return reading.elements.map { read($0, of: row) }
    }

    private func edit(of row: BridgeRow) -> [ReadElement] {
        var reading = Reading(WhatsAppBridge.format, options)
        WhatsAppBridge.readEdit(row, into: &reading)
        return reading.elements.map { read($0, of: row) }
    }

    private func read(_ element: Element, of row: BridgeRow) -> ReadElement {
        var read = ReadElement(
            element: element, body: row.json, line: Int(clamping: row.rowid))
        guard case .event(let draft) = element.meaning, draft.type != .messageEdited else {
            return read
        }
        // The store may have been imported before this row was changed.
        let options = options
        read.edit = {
            var reading = Reading(WhatsAppBridge.format, options)
            WhatsAppBridge.readEdit(row, into: &reading)
            return reading.elements.first
        }
        return read
    }
}
