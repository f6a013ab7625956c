import Events

/// Who orders something that cannot be undone, and why.
public struct Authority: Sendable, Equatable {
    /// Who says so.
    public let by: String
    /// The reason.
    public let why: String
    /// The user of the operating system.
    public let user: String?
    /// The login that the user came from.
    public let login: String?

    /// An authority; none of the texts may hold personal data that is to be forgotten.
    public init(by: String, why: String, user: String? = nil, login: String? = nil) {
        self.by = by
        self.why = why
        self.user = user
        self.login = login
    }

    /// Adds who and why to an event.
    func add(to builder: inout DraftBuilder) {
        builder.add(.by, text: by)
        builder.add(.why, text: why)
        builder.add(.user, text: user)
        builder.add(.login, text: login)
    }
}
