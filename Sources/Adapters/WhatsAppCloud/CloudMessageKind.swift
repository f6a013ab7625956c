import Events

/// A kind of message: where its text stands, and what is read of it.
struct CloudMessageKind {
    /// The name in `type`.
    let name: String
    /// The members that lead to the text; empty where it has none.
    let path: [String]
    /// What is read of a message of this kind.
    let read: ReadMembers
    /// What is read of an edit to a message of this kind.
    let readOfEdit: ReadMembers

    private init(_ name: String, _ path: String...) {
        self.name = name
        self.path = path
        let content = path.reversed().reduce(ReadMembers.all) { inner, name in [name: inner] }
        read = Self.common.merging(content)
        readOfEdit = Self.common.merging([
            "edit": [
                "original_message_id": .all,
                "message": Self.commonOfEdit.merging(content),
            ]
        ])
    }

    private static let commonOfEdit: ReadMembers = ["type": .all]

    /// What is read of every message.
    static let common: ReadMembers = [
        "id": .all, "type": .all, "timestamp": .all, "from": .all, "from_user_id": .all,
        "from_parent_user_id": .all, "to": .all, "to_user_id": .all, "to_parent_user_id": .all,
        "group_id": .all, "context": ["id": .all], "reaction": ["message_id": .all, "emoji": .all],
        "revoke": ["original_message_id": .all],
    ]

    private static let text = CloudMessageKind("text", "text", "body")
    private static let all: [CloudMessageKind] = [
        CloudMessageKind("image", "image", "caption"),
        CloudMessageKind("video", "video", "caption"),
        CloudMessageKind("document", "document", "caption"),
        CloudMessageKind("audio"), CloudMessageKind("voice"), CloudMessageKind("sticker"),
        CloudMessageKind("location"), CloudMessageKind("contacts"),
        CloudMessageKind("order", "order", "text"),
        CloudMessageKind("button", "button", "text"),
        CloudMessageKind("unsupported"), CloudMessageKind("unknown"),
        CloudMessageKind("media_placeholder"),
        // What a business sends, in echoes and history.
        CloudMessageKind("template"), CloudMessageKind("ephemeral"), CloudMessageKind("errors"),
        CloudMessageKind("product"), CloudMessageKind("product_list"),
    ]
    private static let buttonReply = CloudMessageKind(
        "button_reply", "interactive", "button_reply", "title")
    private static let listReply = CloudMessageKind(
        "list_reply", "interactive", "list_reply", "title")
    private static let flowReply = CloudMessageKind(
        "nfm_reply", "interactive", "nfm_reply", "body")
    /// An interactive message of ours, or an answer without words.
    private static let interactive = CloudMessageKind("interactive", "interactive", "body", "text")

    /// The kind of a message; nil where it is unknown.
    static func of(_ message: JSONNode, _ type: JSONNode) -> CloudMessageKind? {
        if type.equals("text") { return text }
        if type.equals("interactive") {
            guard let content = message["interactive"] else { return interactive }
            for kind in [buttonReply, listReply, flowReply] where content[kind.name] != nil {
                return kind
            }
            return interactive
        }
        return all.first { type.equals($0.name) }
    }

    /// The text of a message; nil where it has none.
    func text(of message: JSONNode) -> JSONNode? {
        guard !path.isEmpty else { return nil }
        var node: JSONNode? = message
        for name in path { node = node?[name] }
        return node.flatMap { $0.isFilledText ? $0 : nil }
    }
}
