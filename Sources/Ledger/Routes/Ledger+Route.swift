import Bytes
public import Events
public import Gate
import Storage
import Views

extension Ledger {
    /// Routes a request with `subject` and `reply` to whoever posted the subject last: a direct
    /// message, or a mention in the group, always with the message to quote.
    ///
    /// A submission is a message from somebody else: our own sends and their echoes are none. Where
    /// nobody posted the subject, or whoever did is erased, the request goes as it was asked. Who
    /// shares an open reservation goes where that goes; `now` is when, on a driven clock.
    /// - Throws: ``LedgerError`` with `invalid` where the request names nobody and nobody posted
    ///   the subject.
    public func routed(
        _ request: SendRequest, now: Instant? = nil
    ) throws(LedgerError) -> SendRequest {
        guard let reply = request.reply, let subject = request.subject, request.route == nil else {
            return request
        }
        do {
            let key = Fingerprint(of: subject)
            let asked = try request.key.map { try sealer.fingerprint(of: $0, as: .key) } ?? .none
            // Who shares a reservation sends where that goes, whoever posted the subject since.
            let (found, open): (Position?, Position?) = try withState { moment in
                var open: Position?
                let time = max(moment.now, now ?? moment.now)
                if case .open(let position, _) = moment.tables.use(ofKey: asked, at: time) {
                    open = position
                }
                return (moment.tables.latestSubmission(of: key), open)
            }
            if let open, let route = try route(at: open) {
                return request.repeating(route)
            }
            guard let found, let posted = try poster(at: found) else {
                guard request.chat != nil || request.person != nil else {
                    throw LedgerError(
                        .invalid,
                        "nobody is known to have posted \(subject); name `chat` or `person`")
                }
                return request
            }
            return request.routed(as: reply, to: posted, at: found)
        } catch { throw LedgerError(any: error) }
    }

    /// How the request of a reservation was routed; nil where it was not, or where that cannot be
    /// read any more.
    private func route(at position: Position) throws -> SendRequest? {
        try withOpenEvent(at: position) { event in
            let first = PreparedRequest(recorded: event).request
            return first.reply == nil ? nil : first
        }
    }

    /// Who posted the message at a position; nil where that cannot be read any more.
    private func poster(at position: Position) throws -> Poster? {
        try withOpenEvent(at: position) { event in
            guard let person = event.text(.person) else { return nil }
            return Poster(
                person: person, chat: event.text(.chat), name: event.text(.name),
                message: event.text(.message))
        }
    }
}

/// Who posted a subject, and where.
private struct Poster {
    let person: String
    let chat: String?
    let name: String?
    let message: String?
}

extension SendRequest {
    /// The request on the way that it took the first time.
    fileprivate func repeating(_ first: SendRequest) -> SendRequest {
        var route = SendRoute(submission: .max)
        route.askedChat = chat
        route.askedPerson = person
        route.quote = first.route?.quote
        route.mention = first.route?.mention
        var request = self
        request.chat = first.chat
        request.person = first.person
        request.route = route
        return request
    }

    fileprivate func routed(
        as reply: String, to poster: Poster, at position: Position
    ) -> SendRequest {
        var route = SendRoute(submission: position)
        route.askedChat = chat
        route.askedPerson = person
        route.quote = poster.message
        var request = self
        switch reply {
        case "direct":
            request.chat = nil
            request.person = poster.person
        case "mention":
            request.chat = poster.chat ?? chat
            request.person = poster.person
            route.mention = SendRoute.Mention(alias: poster.person, name: poster.name)
        default:
            request.chat = poster.chat ?? chat
            if request.chat == nil { request.person = poster.person }
        }
        request.route = route
        return request
    }
}

extension Tables {
    /// The position of the message that posted a subject last, or nil.
    mutating func latestSubmission(of subject: Fingerprint) -> Position? {
        guard let slot = subjects.find(subject) else { return nil }
        return subjects[slot].recent.last?.stamp.position
    }
}
