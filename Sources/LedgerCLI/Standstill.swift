import CommandLineKit
import Events
import Ledger
import Storage

/// An order that nothing is sent: the mark first, which holds at once, and then the event.
struct Standstill {
    let mark: StopMark
    /// What is told once it holds.
    let sentence: String
    /// Whom it is for.
    let scope: OrderScope

    init(_ mark: StopMark, _ sentence: String, _ scope: OrderScope) {
        self.mark = mark
        self.sentence = sentence
        self.scope = scope
    }

    /// Gives the order; answers the exit code, which is 0 as soon as it holds.
    func order(_ arguments: Arguments, _ out: Output) async throws -> Int32 {
        let now = try TimeWord.now(arguments)
        guard mark.canBeLeft else { return try await append(arguments, now, out) }
        do { try Ledger.leave(mark, in: LedgerInUse.folder(arguments)) } catch {
            throw Failure(opening: error)
        }
        do {
            let ledger = try Ledger.open(arguments, out)
            defer { ledger.close() }
            if let refusal = ledger.standing() { throw refusal }
            let place = try await ledger.tell(of: mark, now: now)
            defer { CheckpointVerb.signByTheWay(ledger, out) }
            tell(place.position, nil, SeenNames.warn(scope, in: ledger, out), out)
        } catch {
            tell(nil, Failure(error).message, nil, out)
        }
        out.flush()
        return ExitCode.done
    }

    private func tell(
        _ position: Position?, _ pending: String?, _ seen: SeenNames?, _ out: Output
    ) {
        guard out.isJSON else {
            let place = position.map { " (position \($0))" } ?? ""
            out.line(Terminal.escape(sentence) + place)
            if let pending {
                out.note(
                    Terminal.escape(
                        "it holds by the file STOPPED; the next commit that can appends its event: "
                            + pending))
            }
            return
        }
        var json = JSONWriter()
        json.beginObject()
        json.key("position")
        if let position { json.value(position) } else { json.null() }
        json.member("type", mark.kind == .stop ? "sending.stopped" : "sending.paused")
        json.member("holds", true)
        if let pending { json.member("pending", pending) }
        seen?.write(to: &json)
        json.endObject()
        out.line(json.text)
    }

    /// A direct chat is a person's, whom only the keys know: there the order is the event.
    private func append(_ arguments: Arguments, _ now: Instant?, _ out: Output) async throws
        -> Int32
    {
        try await Ledger.writing(arguments, out) { ledger, now in
            var names = Names()
            names.chat = mark.chat
            let draft: Draft
            if mark.kind == .stop {
                var order = SendingStopped()
                order.names = names
                order.scope = "chat"
                (order.by, order.why) = (mark.by, mark.why)
                (order.user, order.login) = (mark.user, mark.login)
                draft = try order.draft(source: Ledger.ownSource, id: mark.id)
            } else {
                var order = SendingPaused()
                order.names = names
                order.scope = "chat"
                order.until = mark.until.map { Timestamp($0) }
                (order.by, order.why) = (mark.by, mark.why)
                (order.user, order.login) = (mark.user, mark.login)
                draft = try order.draft(source: Ledger.ownSource, id: mark.id)
            }
            return try await Operator.record(
                draft, sentence, ledger, now, out, for: scope)
        }
    }
}

extension StopMark {
    /// The order of an operator.
    init(_ kind: Kind, id: String, _ scope: OrderScope, _ person: Operator) {
        self.init(kind, id: id, by: person.by)
        account = scope.names.account
        chat = scope.names.chat
        why = person.why.isEmpty ? nil : person.why
        user = person.user
        login = person.login
        time = Instant(nanoseconds: SystemClock.wall)
    }

    /// `stopped for the whole ledger by ann: wrong messages`.
    var text: String {
        let what = kind == .stop ? "stopped" : "paused"
        let end = until.map { " until \($0.local)" } ?? ""
        let reason = why.map { ": \($0)" } ?? ""
        return "\(what)\(end) for \(scopeText) by \(by)\(reason)"
    }

    /// Writes `{"kind","scope","name","until","by","why","time","position"}`.
    func write(to json: inout JSONWriter, _ position: Position?) {
        json.beginObject()
        json.member("kind", kind.rawValue)
        json.member("scope", account != nil ? "account" : chat != nil ? "chat" : "ledger")
        json.member(orNull: "name", account ?? chat)
        json.key("until")
        if let until { json.value(until) } else { json.null() }
        json.member("by", by)
        json.member(orNull: "why", why)
        json.key("time")
        if let time { json.value(time) } else { json.null() }
        json.key("position")
        if let position { json.value(position) } else { json.null() }
        json.endObject()
    }
}
