import CommandLineKit
import Crypto
import Events
import Evidence
import Ledger
import Storage

/// Signs a log while it grows, in a process of its own: the one that opens the signing key.
struct CheckpointService {
    let ledger: Ledger
    let rhythm: Ledger.SigningRhythm
    let folder: String?
    let out: Output

    /// Nanoseconds between two looks at the log.
    private static let pause: Int64 = 100_000_000
    /// Nanoseconds until a disk that refused is tried again.
    private static let patience: Int64 = 10_000_000_000

    /// Signs until interrupted, and then once more if there is something new.
    ///
    /// - Throws: what cannot be mended by waiting, such as a log that lost its end.
    func run() throws {
        LocalHost.watchInterrupts()
        if let refusal = ledger.standing() { throw Failure(refusal) }
        let first = try ledger.unsigned()
        var size = try ledger.count() - first.events
        var since = SystemClock.monotonic - first.seconds * 1_000_000_000
        var earliest = Int64.min
        while !LocalHost.isInterrupted, out.results.failure == 0 {
            SystemThread.sleep(nanoseconds: Self.pause)
            let now = SystemClock.monotonic
            let count = try ledger.count()
            let growth = Ledger.Unsigned(
                events: count - min(count, size), seconds: (now - since) / 1_000_000_000)
            // A log that became shorter is what signing refuses, with a sentence.
            guard growth.isDue(rhythm) || count < size, now >= earliest else { continue }
            do {
                size = try sign()
                since = now
            } catch let error as LedgerError where error.code == .storage {
                // A full disk has room again one day.
                out.note("not signed: \(Terminal.escape(error.message))")
                earliest = now + Self.patience
            }
        }
        _ = try sign()
    }

    /// Signs, and answers how many records are signed by now.
    private func sign() throws -> Position {
        let (signed, isNew) = try ledger.signCheckpoint()
        if isNew { try tell(signed) }
        return signed.checkpoint.size
    }

    private func tell(_ signed: SignedCheckpoint) throws {
        try CheckpointVerb.publish(signed, to: folder)
        if out.isJSON {
            out.line(CheckpointVerb.json(signed, isNew: true))
        } else {
            out.line("signed \(signed.checkpoint.size) events, \(signed.checkpoint.root.base64)")
        }
        out.flush()
    }
}
