/// `chat-export`: the text of WhatsApp's "Export chat".
///
/// # Basics
/// Two passes over the lines: ``ChatExportSurvey`` finds how they are built, ``ChatExportReader``
/// makes elements of them. Neither holds more than one message.
///
/// | in the file | becomes |
/// |---|---|
/// | a message of another | `message.received`, provenance `export` |
/// | a message of ours (`--account-name`) | `send.attempted`, provenance `export` |
/// | attached files | members `attachments` (names) and `omitted` (as the file says it) |
/// | `<This message was edited>` | member `edited`: true; the words as they are now |
/// | `This message was deleted` | noted `deleted`: its words are not known |
/// | `Waiting for this message`, calls | noted `waiting`, `call` |
/// | a line without an author | noted `system`; of a new number `number_changed` |
/// | `+27 82 … changed to +27 83 …` | the two are linked, evidence `chat-export` |
/// | lines before the first message | quarantined `unknown` |
/// | a date that does not exist, bytes that are no UTF-8 | quarantined `invalid` |
/// | a message of over 256 KiB | quarantined in parts |
///
/// **Who.** An author that is a number is `+` and its digits. Any other is the name that the phone
/// knows the person by, and the alias is `name:NAME@CHAT`, where CHAT is the group's JID without
/// `@g.us`, or the synthetic name below without it. It is opaque: the same name in another chat is
/// another alias, until somebody links the two. A direct chat's person is its other party.
///
/// **Where.** A group that is given by its JID has that name. One that is given by another name, or
/// by the name of its file, is called `export-` and 16 hexadecimal digits of the SHA-256 of that
/// name, and `@g.us`.
///
/// **When.** The minute, or the second where the file has seconds, by the clocks of `--zone`. Where
/// these show a time twice it is the first; where they skip it, the moment at which they are set
/// forward.
///
/// **Ids** are synthesised, as the file has none: 32 hexadecimal digits of the SHA-256 of the
/// chat's name, the local minute, the author, the folded text (see `FoldedText`), and the ordinal
/// among equals in the minute. So a longer export of the same chat adds its new messages only. Give
/// the chat the same name each time. An edited text, and an author whom the phone has renamed, are
/// other messages to it.
///
/// # Caveats
/// - Without the JID of a group or the number of a person, a chat of three authors or more, or with
///   a line of the system about a group, is a group. One that had two authors when it was exported
///   first, and no such line, changes its kind: what was imported keeps the old one. Give the JID.
/// - An author can write a line that looks like the head of a message of somebody else. Only heads
///   built as the file's others are taken for such, but one that is copied is not found out.
public enum ChatExport {
    /// `chat-export`.
    public static let format = "chat-export"

    /// What the name of an exported file says of the chat; nil where it says nothing.
    ///
    /// `WhatsApp Chat with Fibre QA (1).txt` is `Fibre QA`; `_chat.txt` is nothing, and its folder
    /// or archive has the name.
    public static func title(ofFile path: String) -> String? {
        var name = path.split(separator: "/").last.map(String.init) ?? ""
        for ending in [".txt", ".zip"] where name.lowercased().hasSuffix(ending) {
            name.removeLast(ending.count)
        }
        name = ChatText.spaced(name[...])
        // A number in parentheses is the browser's, of a second download.
        if name.hasSuffix(")"), let open = name.lastIndex(of: "("),
            name[name.index(after: open)...].dropLast().allSatisfy(\.isNumber)
        {
            name = ChatText.spaced(name[..<open])
        }
        for opening in openings where name.hasPrefix(opening) {
            name.removeFirst(opening.count)
            break
        }
        return name.isEmpty || name == "_chat" || name == "-" ? nil : name
    }

    private static let openings = [
        "WhatsApp Chat with ", "WhatsApp Chat - ", "WhatsApp-Chat mit ", "WhatsApp Chat mit ",
        "Chat de WhatsApp con ", "Discussion WhatsApp avec ", "Chat WhatsApp con ",
        "Conversa do WhatsApp com ", "WhatsApp-gesprek met ", "WhatsApp-chat met ",
        "WhatsApp-klets met ",
    ]
}
