extension EventType {
    /// The typed form of this type's members.
    public var payload: any Payload.Type {
        switch self {
        case .messageReceived: MessageReceived.self
        case .messageEdited: MessageEdited.self
        case .messageRevoked: MessageRevoked.self
        case .messageReacted: MessageReacted.self
        case .messageSent: MessageSent.self
        case .messageDelivered: MessageDelivered.self
        case .messageRead: MessageRead.self
        case .messageFailed: MessageFailed.self
        case .sendQueued: SendQueued.self
        case .sendReserved: SendReserved.self
        case .sendRefused: SendRefused.self
        case .sendExpired: SendExpired.self
        case .sendCancelled: SendCancelled.self
        case .sendJoined: SendJoined.self
        case .sendAttempted: SendAttempted.self
        case .sendAccepted: SendAccepted.self
        case .sendFailed: SendFailed.self
        case .errorObserved: ErrorObserved.self
        case .complaintReported: ComplaintReported.self
        case .consentRequested: ConsentRequested.self
        case .consentGranted: ConsentGranted.self
        case .consentDeclined: ConsentDeclined.self
        case .consentWithdrawn: ConsentWithdrawn.self
        case .itemFlagged: ItemFlagged.self
        case .itemResolved: ItemResolved.self
        case .messageClassified: MessageClassified.self
        case .messageLabelled: MessageLabelled.self
        case .instanceStarted: InstanceStarted.self
        case .instanceStopped: InstanceStopped.self
        case .accountRestricted: AccountRestricted.self
        case .accountQuality: AccountQuality.self
        case .accountTier: AccountTier.self
        case .templateStatus: TemplateStatus.self
        case .templateQuality: TemplateQuality.self
        case .templateCategory: TemplateCategory.self
        case .policyChanged: PolicyChanged.self
        case .rulesetChanged: RulesetChanged.self
        case .sendingPaused: SendingPaused.self
        case .sendingResumed: SendingResumed.self
        case .sendingStopped: SendingStopped.self
        case .modeChanged: ModeChanged.self
        case .cooldownReset: CooldownReset.self
        case .instanceFenced: InstanceFenced.self
        case .identityLinked: IdentityLinked.self
        case .identityUnlinked: IdentityUnlinked.self
        case .personErased: PersonErased.self
        case .alertRaised: AlertRaised.self
        case .alertCleared: AlertCleared.self
        case .inputQuarantined: InputQuarantined.self
        case .inputNoted: InputNoted.self
        case .retentionApplied: RetentionApplied.self
        case .exportMade: ExportMade.self
        case .ledgerAdopted: LedgerAdopted.self
        }
    }

    /// The members that the type gives a meaning of its own, beside those of ``Names``.
    public var members: [Field] { Self.fields(of: payload) }

    private static func fields<P: Payload>(of payload: P.Type) -> [Field] {
        P.members.map(\.field)
    }
}
