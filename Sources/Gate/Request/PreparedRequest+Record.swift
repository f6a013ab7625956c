import Bytes
public import Events
import Views

extension PreparedRequest {
    /// Rebuilds the request of a stored `send.reserved`, `send.joined` or `send.refused`, or reads
    /// a `send.attempted` without a reservation as the request that nobody made.
    ///
    /// What it is judged by is read from the names at the head of the record: texts that are sealed
    /// may be missing.
    public convenience init(recorded event: borrowing EventView) {
        var request = SendRequest()
        request.key = event.text(.key)
        request.account = event.text(.account)
        request.chat = event.text(.chat)
        request.person = event.text(.person)
        request.subject = event.text(.subject)
        request.steps = event.texts(.steps)
        request.submission = event.integer(.submission)
        request.category = event.text(.category)
        request.purpose = event.text(.purpose)
        request.template = Self.template(event)
        request.text = event.text(.text)
        request.zone = event.text(.zone)
        request.reply = event.text(.reply)
        request.critical = event.flag(.critical)
        request.role = event.text(.role)
        request.instance = event.text(.instance)
        request.attempt = event.text(.attempt)
        request.traceparent = event.text(.traceparent)
        request.queued = event.queuedPositions
        if let quote = event.text(.quoted) {
            var route = SendRoute(submission: 0)
            route.quote = quote
            if request.reply == "mention", let person = request.person {
                route.mention = SendRoute.Mention(alias: person, name: event.text(.name))
            }
            request.route = route
        }
        self.init(recorded: event, as: request)
    }

    /// The template as JSON text, in whatever kind an event from outside holds it.
    private static func template(_ event: borrowing EventView) -> String? {
        switch event.kind(of: .template) {
        case .text:
            guard let name = event.text(.template) else { return nil }
            var json = JSONWriter()
            json.value(name)
            return json.text
        case .integer: return event.integer(.template).map { String($0) }
        default: return event.text(.template)
        }
    }
}

extension DraftBuilder {
    /// Adds the members of a request, in the order of their numbers.
    public mutating func add(_ request: SendRequest) {
        add(.subject, text: request.subject)
        add(.account, text: request.account)
        add(.chat, text: request.chat)
        add(.person, text: request.person)
        add(.category, text: request.category)
        add(.text, text: request.text)
        add(.zone, text: request.zone)
        add(.role, text: request.role)
        add(.instance, text: request.instance)
        add(.attempt, text: request.attempt)
        add(.traceparent, text: request.traceparent)
        if !request.steps.isEmpty { add(.steps, texts: request.steps) }
        if let submission = request.submission { add(.submission, integer: submission) }
        if let route = request.route {
            add(.quoted, text: route.quote)
            add(.name, text: route.mention?.name)
        }
        add(.key, text: request.key)
        add(.purpose, text: request.purpose)
        if let template = request.template { add(.template, .json, template.utf8Span.span) }
        add(.reply, text: request.reply)
        if request.critical { add(.critical, flag: true) }
    }
}
