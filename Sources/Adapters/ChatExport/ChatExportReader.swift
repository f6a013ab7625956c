import Bytes
import Crypto
public import Events
import TimeZones

/// The second pass over an exported chat: makes elements of its lines.
///
/// ```swift
/// var reader = try ChatExportReader(survey.dialect(), options)
/// for (number, line) in lines { reader.take(line.span, number: number); use(reader.drain()) }
/// reader.finish()
/// use(reader.drain())
/// ```
public struct ChatExportReader: Sendable {
    /// The most bytes of one message that are held; a longer one is quarantined in parts.
    public static let messageBytesMax = 256 << 10

    private let dialect: ChatExportDialect
    private let parties: ChatParties
    private let zone: ZoneRules
    private var reading: Reading
    /// The head of the message that is being read; nil before the first.
    private var head: ChatHead?
    /// The number of its first line, and its bytes so far.
    private var line = 0
    private var raw: [UInt8] = []
    private var isOverlong = false
    private var ordinals = ChatOrdinals()
    /// How many messages were ours so far: 0 in the end where `--account-name` fits nobody.
    public private(set) var own = 0

    /// A reader of one file.
    ///
    /// - Throws: `invalid` with the option that is missing: a zone, our name, the chat's name.
    public init(
        _ dialect: ChatExportDialect, _ options: AdapterOptions
    ) throws(EventError) {
        guard let zone = options.zone else {
            throw EventError(
                .invalid,
                "The times of an exported chat have no zone; say whose clocks showed them: --zone, "
                    + "such as --zone Africa/Johannesburg.")
        }
        self.zone = zone
        self.dialect = dialect
        parties = try ChatParties(dialect, options)
        reading = Reading(ChatExport.format, options)
    }

    /// Takes the next line, without its line end; `number` counts from 1.
    public mutating func take(_ bytes: Span<UInt8>, number: Int) {
        let end = bytes.count > 0 && bytes[bytes.count - 1] == 0x0D ? bytes.count - 1 : bytes.count
        let text = bytes.extracting(0..<end)
        if let next = ChatHead(text), next.shape == dialect.shape {
            close()
            head = next
            line = number
            raw.append(text)
            return
        }
        if raw.count + end > Self.messageBytesMax {
            isOverlong = true
            quarantineRaw()
        }
        if raw.isEmpty, !isOverlong { line = number }
        if line != number { raw.append(0x0A) }
        raw.append(text)
    }

    /// Ends the last message.
    public mutating func finish() { close() }

    /// Hands over what was found since the last time.
    public mutating func drain() -> [Element] { reading.drain() }

    private mutating func close() {
        defer {
            raw.removeAll(keepingCapacity: true)
            isOverlong = false
            head = nil
        }
        if isOverlong || raw.count > Self.messageBytesMax {
            quarantineRaw()
        } else if let head {
            message(head)
        } else if raw.contains(where: { $0 > 0x20 }) {
            reading.quarantine(
                "unknown", "These lines stand before the first message of the chat.", line: line,
                raw: raw)
        }
    }

    private mutating func quarantineRaw() {
        reading.quarantine(
            EventError.Code.tooLarge.name,
            "A part of a message of more than \(Self.messageBytesMax) bytes.", line: line, raw: raw)
        raw.removeAll(keepingCapacity: true)
    }

    private mutating func message(_ head: ChatHead) {
        guard let day = dialect.order.day(head) else {
            reading.quarantine(
                "invalid", "The date does not exist in the order \(dialect.order.rawValue).",
                line: line, raw: raw)
            return
        }
        guard let rest = String(validating: raw[head.rest...], as: UTF8.self) else {
            reading.quarantine("invalid", "The message is no UTF-8.", line: line, raw: raw)
            return
        }
        guard let (author, body) = ChatText.parted(rest) else {
            system(rest[...], day.time(minute: head.minute, second: head.second, in: zone))
            return
        }
        let name = ChatText.spaced(author)
        // iPhones let the group itself say what the system says.
        let isGroup = ChatPhrases.isMarked(body) && parties.isTitle(name)
        if let kind = isGroup ? "system" : ChatPhrases.kind(ofBody: body) {
            reading.note(kind, chat: parties.group ?? parties.other, line: line, raw: raw)
            return
        }
        take(name, body, head, day)
    }

    private mutating func system(_ text: Substring, _ time: Timestamp) {
        if let (old, new) = ChatPhrases.change(text) {
            reading.link(old, new, evidence: ChatExport.format, at: time.instant)
        }
        reading.note(
            ChatPhrases.kind(ofLine: text), chat: parties.group ?? parties.other, line: line,
            raw: raw)
    }

    private mutating func take(
        _ author: String, _ body: Substring, _ head: ChatHead, _ day: LocalDay
    ) {
        let (words, marks, isEdited) = ExportMark.parted(String(body))
        let isOurs = parties.isOurs(author)
        var builder = DraftBuilder(
            isOurs ? .sendAttempted : .messageReceived, source: ChatExport.format,
            id: id(author, body, head, day))
        let time = day.time(minute: head.minute, second: head.second, in: zone)
        builder.happened(at: time.instant, form: time.form)
        builder.add(.account, text: reading.options.account)
        builder.add(.chat, text: parties.group)
        if isOurs {
            own += 1
            if parties.group == nil { builder.add(.person, text: parties.alias(author)) }
        } else {
            builder.add(.person, text: parties.alias(author))
            builder.add(.name, text: parties.name(author))
        }
        let text = ChatText.trimmed(words[...])
        if !text.isEmpty { builder.add(.text, text: String(text)) }
        builder.add(.provenance, text: "export")
        Self.add(marks, isEdited, to: &builder)
        reading.take(
            builder, chat: parties.group ?? parties.alias(author), line: line, raw: raw)
    }

    private mutating func id(
        _ author: String, _ body: Substring, _ head: ChatHead, _ day: LocalDay
    ) -> String {
        let minute = "\(day.year)-\(day.month)-\(day.day) \(head.minute)"
        var named = Array("\(parties.key)\n\(minute)\n\(author)\n".utf8)
        named += FoldedText.bytes(of: String(body))
        let digest = String(named.span.sha256.hex.prefix(32))
        let ordinal = ordinals.next(digest, minute: minute)
        return ordinal == 0 ? digest : "\(digest)-\(ordinal)"
    }

    private static func add(
        _ marks: [ExportMark], _ isEdited: Bool, to builder: inout DraftBuilder
    ) {
        guard !marks.isEmpty || isEdited else { return }
        var names: [String] = []
        var omitted: [String] = []
        for mark in marks {
            switch mark {
            case .file(let name): names.append(name)
            case .omitted(let words): omitted.append(words)
            }
        }
        var json = JSONWriter()
        json.beginObject()
        for (key, texts) in [("attachments", names), ("omitted", omitted)] where !texts.isEmpty {
            json.key(key)
            json.beginArray()
            for text in texts { json.value(text) }
            json.endArray()
        }
        if isEdited { json.member("edited", true) }
        json.endObject()
        let text = Array(json.text.utf8)
        builder.add(.extras, .json, text.span)
    }
}

/// The how-manieth of equal messages in its minute each is.
///
/// The last 64 minutes are remembered: an exported chat is in order but for a few messages.
struct ChatOrdinals: Sendable {
    private var minutes: [(minute: String, counts: [String: Int])] = []

    /// How many of the same digest came before, in that minute.
    mutating func next(_ digest: String, minute: String) -> Int {
        let at: Int
        if let found = minutes.lastIndex(where: { $0.minute == minute }) {
            at = found
        } else {
            if minutes.count == 64 { minutes.removeFirst() }
            minutes.append((minute, [:]))
            at = minutes.count - 1
        }
        let count = minutes[at].counts[digest, default: 0]
        minutes[at].counts[digest] = count + 1
        return count
    }
}
