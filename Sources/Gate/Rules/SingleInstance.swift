public import Bytes
public import Events
public import Views

/// `instance`: a role is one process, and one that was fenced or has stopped sends no more.
///
/// It counts the live instances of the role: started, neither stopped nor fenced since, and not
/// silent for longer than the policy allows. Of several, one holds the role: where a second is
/// refused, the one whose start was recorded first; where a second fences the first, the one that
/// started last. A refusal has no time to ask again: it ends when the holder stops, is stopped or
/// falls silent, and none of these comes by waiting alone.
enum SingleInstance: Judge {
    static let isSkippedByCritical = false

    /// A request that names an instance and no role is judged by the role that it started in.
    static func judge(_ hearing: inout Hearing, in tables: inout Tables) {
        let keys = hearing.keys
        let isRequired = hearing.policy.instances.isRequired
        guard keys.role != .none || keys.instance != .none || isRequired else { return }
        let row = tables.instance(keys.instance)
        if let row, let end = row.end {
            return hearing.find(refusal(.instance, observed: 0, Finding.Evidence(end)))
        }
        let isRecorded = row?.isLive ?? false
        if isRequired, keys.role == .none || !isRecorded {
            return hearing.find(refusal(.instance, observed: 0, nil))
        }
        let role = keys.role == .none ? row?.role ?? .none : keys.role
        guard role != .none else { return }
        let standing = tables.standing(
            in: role, under: hearing.policy.instances, at: hearing.now, asker: keys.instance)
        let others = standing.count { $0.instance != keys.instance }
        guard let holder = hearing.policy.instances.holder(of: standing),
            holder.instance != keys.instance
        else {
            return hearing.find(
                Finding(
                    .instance, scope: .role, verdict: .send, observed: isRecorded ? 1 : 0, limit: 1)
            )
        }
        hearing.find(
            refusal(
                .role, observed: Int64(others) + 1, Finding.Evidence(holder.started.position)))
    }

    private static func refusal(
        _ scope: Scope, observed: Int64, _ evidence: Finding.Evidence?
    ) -> Finding {
        Finding(
            .instance, scope: scope, verdict: .refuse, observed: observed, limit: 1,
            evidence: evidence)
    }
}

extension InstanceRow {
    /// The event that ended it, a fence or a stop; nil for one that runs or never started.
    var end: Position? {
        if isFenced { return fenced - 1 }
        return stopped.isSet && !isRunning ? stopped.position : nil
    }

    /// Whether it gave no sign of life for longer than `length`.
    public func isSilent(for length: Nanoseconds?, at now: Instant) -> Bool {
        guard let length else { return false }
        return now.since(max(active, started.time)) > length
    }
}

extension Gate {
    /// The terms that hold for the instances of a role.
    public static func instanceTerms(
        of role: String, under policy: Policy
    ) -> Policy.InstanceTerms {
        var request = SendRequest()
        request.role = role
        return policy.effective(for: PreparedRequest(request)).instances
    }
}

extension Policy.InstanceTerms {
    /// Which of several live instances, in the order in which their starts became known, holds the
    /// role; nil where there is none.
    public func holder(of live: [RoleRow.Live]) -> RoleRow.Live? {
        switch second {
        case .refuse: live.first
        case .fence: live.max { $0.started < $1.started }
        }
    }
}

extension Tables {
    /// The live instances of a role that stand in another's way; `asker`, which gives a sign of
    /// life at this moment, is never silent.
    public mutating func standing(
        in role: Fingerprint, under terms: Policy.InstanceTerms, at now: Instant,
        asker: Fingerprint = .none
    ) -> [RoleRow.Live] {
        var standing: [RoleRow.Live] = []
        for live in live(in: role) {
            let isSilent =
                live.instance != asker
                && instance(live.instance)?.isSilent(for: terms.silentAfter, at: now) ?? false
            if !isSilent { standing.append(live) }
        }
        return standing
    }
}
