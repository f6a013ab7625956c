public import Events

extension Rule {
    /// The scopes that findings of the rule may name.
    ///
    /// What the gate says beyond this fails in every test that runs it, and each pair of rule and
    /// scope needs a case at the front door.
    public var scopes: Set<Scope> {
        switch self {
        case .stop, .pause: [.ledger, .account, .chat]
        case .mode, .duplicateKey, .platformRecipients: [.ledger]
        case .instance: [.instance, .role]
        case .grace: [.instance]
        case .backlog, .duplicateBusiness, .cooldownSubject: [.subject]
        case .duplicateContent: [.chat, .person]
        case .limitSecond, .limitMinute, .limitHour, .limitDay:
            [.account, .ledger, .chat, .person, .pair, .category, .role]
        case .spacing: [.account, .ledger, .person]
        case .personDay, .chain, .platformMarketing, .quiet: [.person]
        case .platformThroughput, .quality: [.account]
        case .platformPair: [.pair]
        case .consent: [.person, .category]
        case .windowService, .inflight: [.pair, .person]
        case .template: [.template, .category]
        case .pacing: [.account, .ledger]
        case .breaker: [.ledger, .account, .person, .pair, .category, .template]
        }
    }
}

extension Finding {
    /// Whether its rule may name its scope.
    public var isScoped: Bool { rule.scopes.contains(scope) }
}
