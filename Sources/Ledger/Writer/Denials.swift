import Bytes
import Events
import Gate
import Storage

/// What `attempted` was answered with `go: false` a moment ago: the same again is counted, and
/// recorded as one number with a later commit.
///
/// Only the writer's thread touches it. A crash may lose the numbers, and nothing reads them.
final class Denials {
    /// How long the same is only counted.
    static let interval = Nanoseconds.seconds(1)
    private static let keptMax = 1_024

    /// An answer that was repeated, and how often.
    struct Repeated {
        let report: SealedReport
        let verdict: ReportVerdict
        let policy: Position
        let count: Int64
    }

    private struct Entry {
        let report: SealedReport
        let verdict: ReportVerdict
        let policy: Position
        let position: Position
        let made: Instant
        var repeats: Int64 = 0
    }

    private struct Key: Hashable {
        let reservation: Reservation
        let attempt: String?
        let because: [String]
    }

    private var entries: [Key: Entry] = [:]

    /// Where the same answer was recorded within the last second, which is counted; nil where it
    /// was not.
    func first(of report: SendReport, _ because: [String], at now: Instant) -> Position? {
        let key = Key(
            reservation: report.reservation, attempt: report.attempt, because: because)
        guard let entry = entries[key], now.since(entry.made) < Self.interval else { return nil }
        entries[key]?.repeats += 1
        return entry.position
    }

    /// Keeps an answer that was recorded.
    func keep(
        _ sealed: SealedReport, _ verdict: ReportVerdict, _ policy: Position,
        at position: Position, _ now: Instant
    ) {
        if entries.count >= Self.keptMax {
            entries = entries.filter {
                $0.value.repeats > 0 || now.since($0.value.made) < Self.interval
            }
        }
        guard entries.count < 2 * Self.keptMax else { return }
        let report = sealed.report
        let key = Key(
            reservation: report.reservation, attempt: report.attempt, because: verdict.because)
        entries[key] = Entry(
            report: sealed, verdict: verdict, policy: policy, position: position, made: now)
    }

    /// Forgets what a commit recorded that did not happen: what stands from a position on.
    func forget(from position: Position) {
        entries = entries.filter { $0.value.position < position }
    }

    /// Takes what is to be counted and is over by now, in the order of the first answers.
    func take(at now: Instant) -> [Repeated] {
        let over = entries.filter {
            $0.value.repeats > 0 && now.since($0.value.made) >= Self.interval
        }
        for key in over.keys { entries[key] = nil }
        return over.values.sorted { $0.position < $1.position }.map {
            Repeated(
                report: $0.report, verdict: $0.verdict, policy: $0.policy, count: $0.repeats)
        }
    }
}

extension Writer {
    /// Records how often `go: false` was answered again.
    func recordDenials(
        _ now: Instant, _ transaction: borrowing WriteTransaction
    ) throws(LedgerError) {
        for denied in denials.take(at: now) {
            let draft = try? denied.report.report.draft(
                source: Ledger.ownSource, id: "\(state.applied)", fields: denied.report.fields,
                verdict: (denied.verdict, denied.policy), count: denied.count)
            // A number that does not fit beside its report is lost, as in a crash: no rule reads
            // it.
            if let draft { try emit(draft, now, transaction) }
        }
    }
}
