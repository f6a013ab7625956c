import Events

/// What bridges tell of the account itself: its connection, and what WhatsApp keeps it from.
extension Reading {
    /// Takes an error outside of messages.
    ///
    /// - Parameter id: the event's id where the bridge gives one; else it is made of code and time.
    mutating func take(
        error code: Scalar, scope: String, detail: Scalar?, at time: Timestamp?, id: String?,
        of account: BridgeAccount, from node: JSONNode
    ) {
        let moment = time.map { String($0.instant.nanoseconds) } ?? "undated"
        var builder = DraftBuilder(
            .errorObserved, source: account.source, id: id ?? "error/\(code.description)/\(moment)")
        if let time { builder.happened(at: time.instant, form: time.form) }
        builder.add(.account, text: account.name)
        builder.add(.code, scalar: code)
        builder.add(.scope, text: scope)
        builder.add(.detail, scalar: detail)
        take(builder, from: node)
    }

    /// Takes a reach-out timelock: until it ends the account may open no chats (error 463).
    ///
    /// One that is lifted is a restriction that ends when it was told.
    mutating func take(
        timelock lock: JSONNode, at time: Timestamp?, of account: BridgeAccount, from node: JSONNode
    ) {
        guard let name = account.name else {
            return quarantine("invalid", "The restriction names no account.", from: node)
        }
        let isActive = lock["isActive"]?.flag ?? true
        let ends = (lock["timeEnforcementEnds"] ?? lock["timeEnforcementEndsAt"])?.moment
        let moment = time.map { String($0.instant.nanoseconds) } ?? "undated"
        var builder = DraftBuilder(
            .accountRestricted, source: account.source, id: "timelock/\(moment)")
        if let time { builder.happened(at: time.instant, form: time.form) }
        builder.add(.account, text: name)
        builder.add(.kind, text: lock["enforcementType"]?.text ?? "REACHOUT_TIMELOCK")
        if let end = isActive ? ends : time ?? Timestamp(.epoch) {
            builder.add(.until, instant: end.instant, form: end.form)
        }
        builder.add(.reason, text: isActive ? "reach-out timelock" : "reach-out timelock lifted")
        take(builder, from: node)
    }
}

/// How a WhatsApp connection ends, by the codes that Baileys and what is built on it give.
///
/// | code | scope | meaning |
/// |---|---|---|
/// | 401 | account | logged out: the phone removed the device |
/// | 403 | account | forbidden: the account is blocked |
/// | 463 | account | it may open no chats for a time |
/// | 408, 428, 503 | instance | the connection was lost, closed, or not to be had |
/// | 440 | instance | another program took the connection over |
/// | 500, 515 | instance | the session is damaged; the connection has to begin anew |
///
/// Source: DisconnectReason of WhiskeySockets/Baileys, read 2026-08.
enum DisconnectCode {
    private static let accountCodes: Set<Int64> = [401, 402, 403, 406, 463]

    /// What a code speaks of.
    static func scope(_ code: Int64) -> String {
        accountCodes.contains(code) ? "account" : "instance"
    }
}
