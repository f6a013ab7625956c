import Bytes
import Events
public import Gate
import Storage
import Views

extension Ledger {
    /// Routes a request with `subject` and `reply` to whoever posted the subject last: a direct
    /// message, or a mention in the group, always with the message to quote.
    ///
    /// A submission is a message from somebody else: our own sends and their echoes are none. Where
    /// nobody posted the subject, or whoever did is erased, the request goes as it was asked.
    /// - Throws: ``LedgerError`` with `invalid` where the request names nobody and nobody posted
    ///   the subject.
    public func routed(_ request: SendRequest) throws(LedgerError) -> SendRequest {
        guard let reply = request.reply, let subject = request.subject, request.route == nil else {
            return request
        }
        do {
            let key = Fingerprint(of: subject)
            let found: Position? = try withState { moment in
                moment.tables.latestSubmission(of: key)
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
