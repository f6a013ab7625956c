import Bytes
import Events
import Gate

/// What the drafts of one append say to a conversation about consent, read in the caller's thread:
/// which come from persons, and the folded texts of those that are short enough to be a word.
///
/// Which words mean something is left to the writer: it knows the policy in force.
struct HeardMessages: Sendable {
    /// A message from a person, or a reviewer's label of one.
    struct Message: Sendable {
        /// Where its folded text lies; empty for one that is no word.
        fileprivate(set) var folded = 0..<0
        /// Whether others read it too.
        fileprivate(set) var isInGroup = false
        /// Whether it changes an earlier message.
        fileprivate(set) var isEdit = false
        /// Whether it is a reviewer's label that says that the message opts out.
        fileprivate(set) var isLabel = false
        /// Whether who imported it does not vouch for who wrote it when.
        fileprivate(set) var isUncertain = false
    }

    private var bytes: [UInt8] = []
    private var messages: [Message] = []
    /// For each draft one more than the place of its message; empty where no draft is one.
    private var places: [Int32] = []

    init(_ drafts: [Draft]) {
        for (index, draft) in drafts.enumerated() {
            guard let message = read(draft) else { continue }
            if places.isEmpty { places = Array(repeating: 0, count: drafts.count) }
            messages.append(message)
            places[index] = Int32(messages.count)
        }
    }

    /// The message of a draft; nil for one that no person wrote to us.
    subscript(index: Int) -> Message? {
        guard !places.isEmpty, places[index] > 0 else { return nil }
        return messages[Int(places[index]) - 1]
    }

    /// What the words of a message say; nil for nothing.
    func reading(_ message: Message, by words: ConsentWords) -> Reading? {
        message.folded.isEmpty ? nil : words.read(bytes.span.extracting(message.folded))
    }

    private mutating func read(_ draft: Draft) -> Message? {
        var message = Message()
        switch draft.type {
        case .messageReceived: break
        case .messageEdited: message.isEdit = true
        case .messageLabelled:
            guard draft.says(Self.optOut, as: .label), draft.text(of: .person) != nil else {
                return nil
            }
            message.isLabel = true
            return message
        default: return nil
        }
        let all = draft.bytes.span
        let chat = draft.text(of: .chat)
        if let chat { message.isInGroup = ChatName.isGroup(all.extracting(chat)) }
        let person = draft.text(of: .person) ?? (message.isInGroup ? nil : chat)
        guard let person, !Self.isOwn(person, draft) else { return nil }
        message.isUncertain = draft.says(Self.export, as: .provenance)
        let start = bytes.count
        if let text = draft.text(of: .text),
            FoldedWords.append(all.extracting(text), to: &bytes)
        {
            message.folded = start..<bytes.count
        }
        return message
    }

    private static let optOut = Array("opt_out".utf8)
    /// Of a message without an id of its own, nobody vouches for who wrote it when.
    private static let export = Array("export".utf8)

    /// What our own account wrote is nobody's consent.
    private static func isOwn(_ person: Range<Int>, _ draft: Draft) -> Bool {
        guard let account = draft.text(of: .account) else { return false }
        let all = draft.bytes.span
        return Alias.areSame(all.extracting(person), all.extracting(account))
    }
}

extension Draft {
    /// Whether a text of the draft is exactly that.
    fileprivate func says(_ word: [UInt8], as field: Field) -> Bool {
        guard let place = text(of: field) else { return false }
        return bytes.span.extracting(place).equals(word.span)
    }
}
