/// What WhatsApp itself says in an exported chat.
enum ChatPhrases {
    /// What a message says instead of words, as the kind of what is noted; nil for words.
    ///
    /// iPhones mark their own sentences with U+200E in front; Android phones do not.
    static func kind(ofBody body: Substring) -> String? {
        guard body.utf8.count <= 256 else { return nil }
        let words = plain(body)
        if deleted.contains(words) || words.hasPrefix("this message was deleted by admin") {
            return "deleted"
        }
        if words.hasPrefix("waiting for this message") { return "waiting" }
        if calls.contains(words) { return "call" }
        guard isMarked(body) else { return nil }
        if markedCalls.contains(where: words.hasPrefix) { return "call" }
        return system.contains(where: words.contains) ? "system" : nil
    }

    /// The kind of a line without an author.
    static func kind(ofLine line: Substring) -> String {
        let words = plain(line)
        if words.contains(" changed to ") || words.contains("changed their phone number") {
            return numbers(in: line).isEmpty ? "system" : "number_changed"
        }
        return calls.contains(words) || markedCalls.contains(where: words.hasPrefix)
            ? "call" : "system"
    }

    /// The old and the new number of `+27 82 … changed to +27 83 …`, in English; nil for others.
    static func change(_ line: Substring) -> (old: String, new: String)? {
        let text = ChatText.spaced(line)
        for middle in [" changed to ", " changed their phone number to "] {
            guard let range = text.firstRange(of: middle) else { continue }
            var end = text[range.upperBound...]
            if end.last == "." { end.removeLast() }
            guard let old = ChatText.number(String(text[..<range.lowerBound])),
                let new = ChatText.number(String(end))
            else { return nil }
            return (old, new)
        }
        return nil
    }

    /// Whether a line without an author speaks of a group.
    static func isOfGroup(_ line: String) -> Bool {
        let words = plain(line[...])
        return groups.contains(where: words.contains)
    }

    /// Whether a text begins with the mark that iPhones put before sentences of their own.
    static func isMarked(_ body: Substring) -> Bool { body.unicodeScalars.first == "\u{200E}" }

    private static func plain(_ text: Substring) -> String {
        var text = ChatText.trimmed(text)
        if text.utf8.last == 0x2E { text.removeLast() }
        return text.lowercased()
    }

    private static func numbers(in line: Substring) -> [Substring] {
        line.split(separator: "+").dropFirst().filter { $0.unicodeScalars.first?.isASCII == true }
    }

    private static let deleted: Set<String> = [
        "this message was deleted", "you deleted this message",
        "diese nachricht wurde gelöscht", "du hast diese nachricht gelöscht",
        "se eliminó este mensaje", "eliminaste este mensaje", "este mensaje fue eliminado",
        "ce message a été supprimé", "vous avez supprimé ce message",
        "questo messaggio è stato eliminato", "hai eliminato questo messaggio",
        "mensagem apagada", "esta mensagem foi apagada", "você apagou esta mensagem",
        "apagou esta mensagem", "dit bericht is verwijderd", "u hebt dit bericht verwijderd",
        "je hebt dit bericht verwijderd", "hierdie boodskap is geskrap",
        "jy het hierdie boodskap geskrap",
    ]

    private static let calls: Set<String> = [
        "missed voice call", "missed video call", "missed group voice call",
        "missed group video call", "verpasster sprachanruf", "verpasster videoanruf",
        "llamada perdida", "videollamada perdida", "appel vocal manqué", "appel vidéo manqué",
    ]

    private static let markedCalls = [
        "voice call", "video call", "missed voice call", "missed video call", "call ended",
        "silenced voice call", "silenced video call", "no answer", "sprachanruf", "videoanruf",
    ]

    /// Parts of sentences that iPhones write in a member's name.
    private static let system = [
        "end-to-end encrypted", "ende-zu-ende-verschlüsselt", "cifrado de extremo a extremo",
        "chiffrés de bout en bout", "crittografati end-to-end", "criptografia de ponta a ponta",
        "end-to-end versleuteld", "created this group", "created group", "added you", " added ",
        " left", " removed ", "joined using", "changed the subject", "changed the group",
        "changed this group", "changed to ", "changed their phone number", "security code",
        "disappearing messages", "now an admin", "no longer an admin", "pinned a message",
        "turned on admin approval", "this business", "is a contact", "blocked this contact",
        "hat die gruppe", "hinzugefügt", "hat den betreff", "creó el grupo", "creó este grupo",
        "a créé le groupe",
    ]

    private static let groups = [
        "group", "gruppe", "grupo", "groupe", "gruppo", "groep", "you were added", "added you",
        "joined using", " left", "now an admin",
    ]
}
