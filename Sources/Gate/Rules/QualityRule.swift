public import Bytes
public import Events
public import Views

/// `quality`: while the account's rating is RED only critical answers go.
///
/// The official rating holds where there is one; else the estimate of the last 7 days, which is
/// UNKNOWN below the least sample and stops nothing. The estimate is of whole days (UTC): at
/// midnight it can change without any event, so that another rule's wait that lasts beyond
/// midnight may meet a RED of the days that are left. `observed` is the estimate's rate per 10,000,
/// `limit` the rate from which it is RED; evidence is the event with the official rating.
enum QualityRule: Judge {
    static let isSkippedByCritical = true

    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        guard let ratings = hearing.ratings else { return }
        let terms = hearing.policy.quality
        let isRefused = terms.refusesRed && ratings.rating == .red
        hearing.find(
            Finding(
                .quality, scope: .account, verdict: isRefused ? .refuse : .send,
                observed: ratings.estimate.per10000, limit: Int64(terms.redPer10000 ?? 0),
                evidence: ratings.position.map { Finding.Evidence($0) }))
    }

    /// The ratings of the request's account, which limits may hang on too; nil where the policy
    /// does not ask, or the request names no account.
    static func ratings(for hearing: Hearing, in tables: inout Tables) -> AccountRatings? {
        let terms = hearing.policy.quality
        guard terms != Policy.QualityTerms(), hearing.keys.account != .none else { return nil }
        return AccountRatings(
            of: hearing.keys.account, at: hearing.now, under: terms, in: &tables)
    }
}

/// Both ratings of an account.
public struct AccountRatings: Sendable, Equatable {
    /// What the platform said; unknown where it said nothing.
    public let official: Rating
    /// The event that said it.
    public let position: Position?
    /// What the counts say.
    public let estimate: QualityEstimate

    /// The ratings at a moment.
    public init(
        of account: Fingerprint, at now: Instant, under terms: Policy.QualityTerms,
        in tables: inout Tables
    ) {
        let row = tables.account(account)
        official = row?.rating ?? .unknown
        position = row.flatMap { $0.rated.isSet ? $0.rated.position : nil }
        let day = now.nanoseconds / Nanoseconds.day.count
        estimate = QualityEstimate(tables.qualityCounts(of: account, through: day), under: terms)
    }

    /// The one that holds: the official rating if there is one.
    public var rating: Rating { official == .unknown ? estimate.rating : official }
}

/// The rating that the counts of 7 days suggest.
public struct QualityEstimate: Sendable, Equatable {
    /// The rating; unknown below the least sample.
    public let rating: Rating
    /// Failures, complaints and blocks per 10,000 accepted sends, rounded down.
    public let per10000: Int64
    /// Accepted sends.
    public let sample: Int64

    /// Rates counts as a policy says.
    public init(_ counts: (sent: Int64, bad: Int64), under terms: Policy.QualityTerms) {
        sample = counts.sent
        per10000 = counts.bad * 10_000 / max(1, counts.sent)
        if counts.sent < Int64(max(1, terms.minimumSample)) {
            rating = .unknown
        } else if let red = terms.redPer10000, per10000 >= Int64(red) {
            rating = .red
        } else if let yellow = terms.yellowPer10000, per10000 >= Int64(yellow) {
            rating = .yellow
        } else {
            rating = terms.redPer10000 == nil && terms.yellowPer10000 == nil ? .unknown : .green
        }
    }
}
