import Bytes
import Events
public import Ledger
import Views

extension Replay {
    /// Tells what happened in a stretch of the log.
    ///
    /// - Throws: ``LedgerError`` where a record is damaged.
    public static func story(_ ledger: Ledger, _ range: ReplayRange) throws -> Story {
        var story = Story(
            from: try range.from?.instant(in: ledger), to: try range.to?.instant(in: ledger))
        var reader = AttemptReader()
        let repeats = try Repeats(ledger)
        var lives = Lives()
        try Walk.run(ledger, range) { event in
            lives.add(event, isInside: false)
            story.tally.addStart(event)
        } inside: { event in
            story.events += 1
            lives.add(event, isInside: true)
            story.tally.addStart(event)
            story.addStopped(event)
            guard event.type != .sendJoined, !repeats.contain(event),
                let attempt = try reader.read(event, of: ledger)
            else { return }
            if story.attempts.isEmpty { story.offset = Int(event.timeForm.offset) }
            story.attempts.append(attempt)
            story.tally.add(attempt)
        }
        try story.settle(ledger)
        lives.sort()
        story.restarts = lives.restarts
        story.findDuplicates(lives)
        story.count(lives)
        try story.findPostings(ledger, range)
        return story
    }
}

extension Story {
    /// Notes a try that the gate stopped because another was first.
    fileprivate mutating func addStopped(_ event: borrowing EventView) {
        guard event.isDenied, let reservation = event.reservation else { return }
        let because = event.texts(.because)
        guard because.contains(where: { $0.hasPrefix("duplicate.") }) else { return }
        stopped.append(
            Stopped(
                position: event.position, time: event.effective, reservation: reservation,
                instance: event.text(.instance), because: because,
                count: Int(min(max(1, event.integer(.count) ?? 1), AttemptReader.countMax))))
    }

    /// Learns what became of each reservation, and which were sent more than once.
    fileprivate mutating func settle(_ ledger: Ledger) throws {
        let tags = ledger.identity.tags
        try ledger.withState { moment in
            for (index, attempt) in attempts.enumerated() where attempt.recorded == .send {
                guard let row = moment.tables.reservation(at: attempt.position) else { continue }
                attempts[index].state = row.state(at: moment.now)
                let isMany = row.messages.count > 1
                guard isMany || row.isUnannounced else { continue }
                doubles.append(
                    Double(
                        reservation: tags.reservation(at: attempt.position),
                        subject: attempt.subject, chat: attempt.chat,
                        kind: isMany ? .messages : .unannounced, messages: row.messages.count,
                        position: row.outcome))
            }
        }
    }

    /// Compares each message with those before it that have the same key.
    fileprivate mutating func findDuplicates(_ lives: Lives) {
        var first: [Fingerprint: Int] = [:]
        var latest: [Fingerprint: Int] = [:]
        for (index, attempt) in attempts.enumerated()
        where attempt.went && attempt.key != .none {
            let life = lives.number(of: attempt)
            // One life of one process: what it has sent since its start, it could remember.
            let memory = attempt.key.paired(with: Fingerprint(of: "\(attempt.process)\n\(life)"))
            if let mine = latest[memory] {
                duplicates.append(
                    Duplicate(attempt: attempt, earlier: attempts[mine], cause: .itself))
            } else if let other = first[attempt.key] {
                let isSame = attempts[other].process == attempt.process
                duplicates.append(
                    Duplicate(
                        attempt: attempt, earlier: attempts[other],
                        cause: isSame ? .restart : .otherProcess))
            } else {
                first[attempt.key] = index
            }
            latest[memory] = index
        }
    }

    fileprivate mutating func count(_ lives: Lives) {
        var processes: [String: Process] = [:]
        var subjects: [String: Subject] = [:]
        var chats: [String: Chat] = [:]
        for attempt in attempts {
            processes[
                attempt.process,
                default: Process(
                    name: attempt.process, first: attempt.time, last: attempt.time,
                    starts: lives.starts(of: attempt))
            ].add(attempt)
            guard attempt.went else { continue }
            if let name = attempt.subject {
                subjects[name, default: Subject(name: name)].add(attempt)
            }
            if let name = attempt.chat { chats[name, default: Chat(name: name)].add(attempt) }
        }
        for again in duplicates.lazy.map(\.attempt) {
            processes[again.process]?.duplicates += 1
            if let name = again.subject { subjects[name]?.duplicates += 1 }
            if let name = again.chat { chats[name]?.duplicates += 1 }
        }
        self.processes = Array(processes.values).sorted(byName: \.name)
        self.subjects = Array(subjects.values).sorted(byName: \.name)
        self.chats = Array(chats.values).sorted(byName: \.name)
    }

    /// Who posted the subjects: the newest message about each, wherever it lies before the end.
    fileprivate mutating func findPostings(_ ledger: Ledger, _ range: ReplayRange) throws {
        guard !subjects.isEmpty else { return }
        var wanted: [Fingerprint: Int] = [:]
        for (index, subject) in subjects.enumerated() {
            wanted[Fingerprint(of: subject.name)] = index
        }
        try ledger.forEachEvent(to: try ledger.count()) { event in
            guard event.type == .messageReceived, range.side(of: event) != .after,
                let index = wanted[event.subject]
            else { return true }
            if let known = subjects[index].posting, known.time > event.effective { return true }
            subjects[index].posting = Posting(
                person: try ledger.withOpened(event) {
                    $0.text(.name) ?? $0.text(.person) ?? "unknown"
                },
                chat: try ledger.withOpened(event) { $0.text(.chat) }, time: event.effective,
                position: event.position)
            return true
        }
    }
}

extension Story.Process {
    fileprivate mutating func add(_ attempt: Attempt) {
        if attempt.went {
            sent += 1
        } else if attempt.recorded != .send {
            held += attempt.count
        }
        last = attempt.time
    }
}

extension Story.Subject {
    fileprivate mutating func add(_ attempt: Attempt) {
        sent += 1
        processes.insert(attempt.process)
        if let chat = attempt.chat { chats.insert(chat) }
    }
}

extension Story.Chat {
    fileprivate mutating func add(_ attempt: Attempt) {
        sent += 1
        processes.insert(attempt.process)
        if let subject = attempt.subject { subjects.insert(subject) }
    }
}
