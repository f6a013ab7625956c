import Bytes
import Events
import Gate
import Views

// Instances and the backlog by brute force.

extension StateOracle {
    /// The start of an instance that counts: the newest by its time, not the last one told.
    func start(of instance: String?, before end: Position = .max) -> Happening? {
        guard let instance else { return nil }
        return Self.newest(
            log.filter {
                $0.type == .instanceStarted && $0.instance == instance && $0.position < end
            })
    }

    /// Whether something ended an instance: a stop after its start, or a fence that was told after
    /// it.
    private func isEnded(_ instance: String, before end: Position = .max) -> Bool {
        let start = start(of: instance, before: end)
        return log.contains { event in
            guard event.position < end else { return false }
            switch event.type {
            case .instanceStopped:
                guard event.instance == instance else { return false }
                return start.map { ($0.time, $0.position) < (event.time, event.position) } ?? true
            case .instanceFenced:
                if let fenced = event.instance {
                    return fenced == instance && start.map { event.position > $0.position } ?? true
                }
                // All that live in the role at that moment.
                guard let start, event.position > start.position else { return false }
                let then = self.start(of: instance, before: event.position)
                return then?.position == start.position && start.role == event.role
                    && isLive(instance, before: event.position)
            default: return false
            }
        }
    }

    func isLive(_ instance: String, before end: Position = .max) -> Bool {
        start(of: instance, before: end) != nil && !isEnded(instance, before: end)
    }

    private func lastSign(of instance: String) -> Instant {
        log.filter { event in
            switch event.type {
            case .instanceStarted, .sendReserved, .sendRefused: event.instance == instance
            case .sendAttempted, .sendAccepted, .sendFailed, .sendCancelled:
                sender(of: event).instance == instance
            default: false
            }
        }.map(\.time).max() ?? Instant(nanoseconds: .min)
    }

    func instance(_ request: SendRequest, _ now: Instant) -> Oracle.Judgement? {
        let terms = policy.instances
        guard request.role != nil || request.instance != nil || terms.isRequired else { return nil }
        let refusal = Oracle.Judgement(verdict: .refuse)
        if let instance = request.instance, isEnded(instance) { return refusal }
        let isLive = request.instance.map { self.isLive($0) } ?? false
        if terms.isRequired, request.role == nil || !isLive { return refusal }
        guard let role = request.role ?? start(of: request.instance)?.role else { return nil }
        let names = Set(log.filter { $0.type == .instanceStarted }.compactMap(\.instance))
        let standing = names.filter { name in
            guard self.isLive(name), start(of: name)?.role == role else { return false }
            guard name != request.instance, let length = terms.silentAfter else { return true }
            return now.since(lastSign(of: name)) <= length
        }.compactMap { start(of: $0) }
        let holder =
            terms.second == .fence
            ? Self.newest(standing) : standing.min { $0.position < $1.position }
        guard let holder, holder.instance != request.instance else {
            return Oracle.Judgement(verdict: .send)
        }
        return refusal
    }

    // MARK: - Backlog

    private struct Flagged {
        let first: Happening
        let isReleased: Bool
    }

    /// The events of the reading before the one at `end`, or of the last one: all flags of the
    /// subject in a row that name the same snapshot, back to where all was resolved.
    private func reading(_ subject: String, before end: Position) -> [Happening] {
        var reading: [Happening] = []
        for event in log.reversed()
        where event.subject == subject && event.position < end {
            if event.type == .itemResolved { break }
            guard event.type == .itemFlagged else { continue }
            if let last = reading.last, last.snapshot == nil || last.snapshot != event.snapshot {
                break
            }
            reading.append(event)
        }
        return reading.reversed()
    }

    private static func isSame(_ left: Happening, _ right: Happening) -> Bool {
        Set(left.steps) == Set(right.steps) && left.submission == right.submission
    }

    /// An item is the same from reading to reading, as long as none leaves it out.
    private func item(_ flag: Happening, _ subject: String) -> Flagged {
        var first = flag
        var end = flag.position + 1
        while true {
            let reading = reading(subject, before: end)
            guard let same = reading.first(where: { Self.isSame($0, flag) }) else { break }
            first = same
            end = reading[0].position
        }
        let isReleased = log.contains {
            $0.type == .cooldownReset && $0.subject == subject && $0.position > first.position
        }
        return Flagged(first: first, isReleased: isReleased)
    }

    func backlog(_ request: SendRequest, _ now: Instant) -> Bool? {
        guard policy.backlog.isRefused, let subject = request.subject,
            let start = start(of: request.instance)
        else { return nil }
        let flags = reading(subject, before: .max)
        let asked = flags.filter {
            Set($0.steps) == Set(request.steps) && $0.submission == request.submission
        }
        let items = (asked.isEmpty ? flags : asked).map { item($0, subject) }
            .filter { !$0.isReleased }
        guard !flags.isEmpty else { return nil }
        let baseline = baseline(of: start)
        let isOld = items.contains { item in
            if item.first.time.advanced(by: policy.backlog.newFor) <= now { return true }
            guard let baseline else {
                return item.first.position < start.position || item.first.snapshot != nil
            }
            return item.first.position <= baseline.position
                || item.first.snapshot == baseline.snapshot
        }
        return isOld
    }

    /// The first reading after a start that is for the instance: its own, its role's, everybody's.
    private func baseline(of start: Happening) -> Happening? {
        guard let instance = start.instance else { return nil }
        return log.first { event in
            guard event.type == .itemFlagged || event.type == .itemResolved,
                event.snapshot != nil, event.position > start.position,
                isLive(instance, before: event.position)
            else { return false }
            if let reader = event.instance { return reader == instance }
            return event.role == nil || event.role == start.role
        }
    }
}
