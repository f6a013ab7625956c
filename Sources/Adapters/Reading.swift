import Bytes
public import Events

/// The elements of one body, as its adapter finds them.
///
/// # Basics
/// For each thing in the body call exactly one of ``take(_:chat:from:)``, ``note(_:from:chat:)``,
/// ``quarantine(_:_:from:)``; before it ``link(_:_:evidence:at:)`` for each pair of aliases that
/// the thing shows.
public struct Reading: Sendable {
    /// The name of the format.
    public let format: String
    /// What the import knows beside the input.
    public let options: AdapterOptions
    /// What was found so far.
    public private(set) var elements: [Element] = []
    /// Links that the next element takes along.
    private var links: [Draft] = []

    /// No elements yet.
    public init(_ format: String, _ options: AdapterOptions) {
        self.format = format
        self.options = options
    }

    /// Takes an event that was built.
    ///
    /// A text without a subject is searched for the subjects of the policy, where the event is a
    /// message that somebody else wrote. An event that misses a member, or is too long for a
    /// record, is quarantined.
    /// - Parameters:
    ///   - chat: what the allow-list is asked for.
    ///   - value: where it lies.
    ///   - line: the number of its line, and `raw` its bytes, where the format has lines.
    ///   - isOwn: whether we wrote it: what we write posts no subject.
    public mutating func take(
        _ builder: consuming DraftBuilder, chat: String? = nil, from value: JSONNode? = nil,
        line: Int? = nil, raw: [UInt8] = [], isOwn: Bool = false
    ) {
        let range = value?.range ?? 0..<0
        if !isOwn { addSubjects(to: &builder) }
        addProvenance(to: &builder)
        do throws(EventError) {
            let draft = try builder.checked()
            add(.event(draft), chat, range, line, raw)
        } catch {
            add(
                .quarantined(code: error.code.name, reason: error.message), chat, range, line, raw)
        }
    }

    /// Says of our own message where it was read, where the adapter does not: so the same message
    /// in several formats is counted once.
    private func addProvenance(to builder: inout DraftBuilder) {
        guard builder.eventType == .sendAttempted, !builder.has(.reservation),
            !builder.has(.provenance), builder.has(.text) || builder.has(.message)
        else { return }
        let provenance: Provenance = format == "chat-export" ? .export : .webhook
        builder.add(.provenance, text: provenance.name)
    }

    private func addSubjects(to builder: inout DraftBuilder) {
        guard builder.eventType == .messageReceived || builder.eventType == .messageEdited,
            !builder.has(.subject), let text = builder.text(.text)
        else { return }
        let subjects = options.subjects(text)
        guard let first = subjects.first else { return }
        builder.add(.subject, text: first)
        if subjects.count > 1 { builder.add(.subjects, texts: subjects) }
    }

    /// Notes something that is known and means nothing to the ledger: `presence`, `call`.
    public mutating func note(
        _ kind: String, from value: JSONNode? = nil, chat: String? = nil, line: Int? = nil,
        raw: [UInt8] = []
    ) {
        add(.noted(kind: kind), chat, value?.range ?? 0..<0, line, raw)
    }

    /// Puts something aside that is malformed (`invalid`) or unknown (`unknown`).
    public mutating func quarantine(
        _ code: String, _ reason: String, from value: JSONNode? = nil, line: Int? = nil,
        raw: [UInt8] = []
    ) {
        add(.quarantined(code: code, reason: reason), nil, value?.range ?? 0..<0, line, raw)
    }

    /// Two aliases that the next element shows to be one person.
    ///
    /// The event's id is made of the two, so that the same pair is recorded once.
    /// - Parameters:
    ///   - evidence: what shows it: `contacts`, `lid`, `user_changed_number`.
    ///   - time: when that was.
    public mutating func link(
        _ first: String, _ second: String, evidence: String, at time: Instant?
    ) {
        let isSame = Alias.areSame(first.utf8Span.span, second.utf8Span.span)
        guard !isSame, !first.isEmpty, !second.isEmpty else { return }
        var event = DraftBuilder(.identityLinked, source: format, id: "link/\(first)/\(second)")
        if let time { event.happened(at: time) }
        event.add(.person, text: first)
        event.add(.alias, text: second)
        event.add(.evidence, text: evidence)
        if let draft = try? event.checked() { links.append(draft) }
    }

    /// Hands the elements over, for a format that is read in parts.
    public mutating func drain() -> [Element] {
        let found = elements
        elements = []
        return found
    }

    private mutating func add(
        _ meaning: Element.Meaning, _ chat: String?, _ range: Range<Int>, _ line: Int?,
        _ raw: [UInt8] = []
    ) {
        elements.append(
            Element(meaning, links: links, chat: chat, range: range, line: line, raw: raw))
        links.removeAll(keepingCapacity: true)
    }
}
