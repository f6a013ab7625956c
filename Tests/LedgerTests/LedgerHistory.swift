import Events
import Gate
import Ledger
import TestSupport

/// A random history of a ledger: events of all families, requests, reports, orders.
struct LedgerHistory {
    private var events: RandomEvents
    private var reservations: [Reservation] = []
    private var attempts: [Reservation: String] = [:]

    /// A policy under which some requests pass and some do not.
    let policy = """
        rate_limits:
          messages_per_minute: 6
          messages_per_hour: 60
          cooldown_between_same_drop: 600
        """

    init(seed: UInt64) { events = RandomEvents(seed: seed) }

    /// Appends at least so many events.
    mutating func run(on ledger: Ledger, events count: Position) async throws {
        let start = try ledger.count()
        while try ledger.count() < start + count {
            switch events.below(40) {
            case 0..<14: try await ask(ledger)
            case 14..<26: try await report(ledger)
            case 26: _ = try await ledger.append([events.nextOrder()], as: .verb)
            default:
                let many = 1 + events.below(events.isOne(in: 4) ? 400 : 10)
                _ = try await ledger.append((0..<many).map { _ in events.next() })
            }
        }
    }

    private mutating func ask(_ ledger: Ledger) async throws {
        events.seconds += Int64(events.below(20))
        let subject = "DR\(1_854_000 + events.below(8))"
        var asked = request(
            subject, chat: "\(events.below(3))@g.us",
            submission: events.isOne(in: 2) ? Int64(events.below(500)) : nil,
            text: "answer \(events.below(400))")
        if events.isOne(in: 2) {
            var request = asked.request
            request.attempt = "a\(events.below(100_000))"
            if events.isOne(in: 2) {
                // Under one key the same is asked, now and then something else.
                let key = events.below(40)
                request.key = "k\(key)"
                request.subject = "DR\(1_854_000 + key % 8)"
                request.chat = "0@g.us"
                request.submission = nil
                if !events.isOne(in: 8) { request.text = "answer \(key)" }
            }
            asked = PreparedRequest(request)
        }
        do {
            let outcome = try await ledger.ask(asked, now: events.now)
            guard let reservation = outcome.reservation else { return }
            reservations.append(reservation)
            attempts[reservation] = asked.request.attempt
        } catch {
            guard error.code == .conflict else { throw error }
        }
    }

    private mutating func report(_ ledger: Ledger) async throws {
        guard !reservations.isEmpty else { return }
        let recent = min(reservations.count, 5)
        let reservation = reservations[reservations.count - 1 - events.below(recent)]
        let outcomes = SendReport.Outcome.allCases
        var report = SendReport(reservation, outcomes[events.below(outcomes.count)])
        if events.isOne(in: 2) { report.message = "wamid.\(events.below(50))" }
        if !events.isOne(in: 6) { report.attempt = attempts[reservation] }
        do { _ = try await ledger.report(report, now: events.now) } catch {
            // A send with an outcome cannot be cancelled, nor that of another attempt.
            guard error.code == .conflict else { throw error }
        }
    }
}
