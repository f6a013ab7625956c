import CommandLineKit
import Events
import Ledger
import PhoneNumbers
import Synchronization

extension Ledger {
    /// Opens the ledger that the command line names; a rebuild that is needed shows a bar.
    static func open(
        _ arguments: Arguments, _ out: Output, folder: String? = nil
    ) throws -> Ledger {
        var options = Options()
        let bar = RebuildBar(out)
        options.progress = { bar.show($0) }
        options.numbers = { (text, region) throws(LedgerError) in
            do throws(PhoneNumbers.Missing) {
                return try PhoneNumbers.load().e164(text, region: region)
            } catch { throw LedgerError(.invalid, error.description) }
        }
        do {
            let ledger = try Ledger.open(
                folder ?? LedgerInUse.folder(arguments), options: options)
            bar.finish()
            return ledger
        } catch { throw Failure(opening: error) }
    }

    /// Runs a verb that writes: answers first, then closes, which may flush the views.
    static func writing(
        _ arguments: Arguments, _ out: Output, _ body: (Ledger, Instant?) async throws -> Int32
    ) async throws -> Int32 {
        let ledger = try open(arguments, out)
        defer { ledger.close() }
        if let refusal = ledger.standing() { throw Failure(refusal) }
        let now = try TimeWord.now(arguments)
        let code = try await body(ledger, now)
        out.flush()
        return code
    }

    /// Runs a verb that only reads.
    static func reading(
        _ arguments: Arguments, _ out: Output, looksAtPages: Bool = false,
        _ body: (Ledger) throws -> Int32
    ) throws -> Int32 {
        // Whoever walks the whole log looks first whether it can be walked.
        if looksAtPages { try refuseDamagedPages(in: LedgerInUse.folder(arguments)) }
        if arguments(Global.now) != nil {
            throw UsageError(
                "\(arguments.command) only reads: --now moves the clock on a verb that writes",
                command: arguments.command)
        }
        let ledger = try open(arguments, out)
        defer { ledger.close() }
        return try body(ledger)
    }
}

/// A bar for rebuilds, made when the first word of one comes.
final class RebuildBar: Sendable {
    private let out: Output
    private let bar = Mutex<Progress?>(nil)

    init(_ out: Output) { self.out = out }

    func show(_ progress: RebuildProgress) {
        bar.withLock { bar in
            if bar == nil {
                out.note("rebuilding the views: \(Terminal.escape(progress.reason))")
                bar = Progress("rebuild", unit: "events", total: Int(progress.total), out: out)
            }
            bar?.advance(to: Int(progress.done))
        }
    }

    func finish() {
        bar.withLock { bar in
            bar?.finish()
            bar = nil
        }
    }
}
