import Bytes
public import Events
public import Gate
import Views

/// When a limit will be reached if sending goes on as in the last ten minutes.
public struct Forecast: Sendable, Equatable {
    /// The limit.
    public let rule: Rule
    /// The account; nil for sends that name none.
    public let account: String?
    /// What the window holds now.
    public let count: Int
    /// What the policy allows.
    public let limit: Int
    /// Sends of the last ten minutes.
    public let recent: Int
    /// When the window is full; now where it is full already, nil where it never will be.
    public let reachedAt: Instant?
}

extension Ledger {
    /// How long the rate is taken over.
    private static let span = Nanoseconds.seconds(600)

    /// When each limit of an account's policy will be reached, for accounts that sent something in
    /// the last ten minutes.
    ///
    /// It goes on from the sends of the last ten minutes, evenly, while what lies in the windows
    /// leaves them as it will.
    public func forecasts(under policy: Policy, accounts: [String?]) throws -> [Forecast] {
        try withState { moment in
            var found: [Forecast] = []
            let limits = policy.rateLimits
            let windows: [(Rule, Int?, Nanoseconds)] = [
                (.limitMinute, limits.messagesPerMinute, .seconds(60)),
                (.limitHour, limits.messagesPerHour, .seconds(3_600)),
                (.limitDay, limits.messagesPerDay, .day),
            ]
            for account in accounts {
                let name = account.map { Alias.account($0) } ?? .none
                let scope: RateScope = account == nil ? .ledger : .account
                let start = moment.now.advanced(by: Nanoseconds(-Self.span.count))
                let recent = moment.tables.sends(
                    scope, of: PersonGroup(name), after: start, at: moment.now
                ).count
                guard recent > 0 else { continue }
                for (rule, limit, length) in windows {
                    guard let limit else { continue }
                    found.append(
                        Self.forecast(
                            rule, account, (scope, name), limit, length, recent, moment.now,
                            &moment.tables))
                }
            }
            return found
        }
    }

    private static func forecast(
        _ rule: Rule, _ account: String?, _ scope: (RateScope, Fingerprint), _ limit: Int,
        _ length: Nanoseconds, _ recent: Int, _ now: Instant, _ tables: inout Tables
    ) -> Forecast {
        func held(at time: Instant) -> Int {
            let start = time.advanced(by: Nanoseconds(-length.count))
            return tables.sends(
                scope.0, of: PersonGroup(scope.1), after: start, at: time
            ).count
        }
        let count = held(at: now)
        var reached: Instant? = count >= limit ? now : nil
        // After one window only what is still to come lies in it: later it gets no fuller.
        var coming = 1
        while reached == nil, coming <= limit {
            let (product, overflow) = Int64(coming).multipliedReportingOverflow(by: span.count)
            let later = product / Int64(recent)
            guard !overflow, later <= length.count else { break }
            let time = now.advanced(by: Nanoseconds(later))
            if held(at: time) + coming >= limit { reached = time }
            coming += 1
        }
        return Forecast(
            rule: rule, account: account, count: count, limit: limit, recent: recent,
            reachedAt: reached)
    }
}
