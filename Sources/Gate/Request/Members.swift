import Events

/// The members of a request or a report, each read as what it must be.
struct Members {
    private let json: JSONValue
    /// What the object is, for a sentence.
    private let what: String

    /// Takes an object whose members are all known.
    init(of json: JSONValue, named what: String, known: [String]) throws(EventError) {
        guard case .object(let members) = json else {
            throw EventError(
                .invalid, "A \(what) is one JSON object, such as {\"\(known[0])\": …}.")
        }
        for member in members where !known.contains(member.name) {
            throw EventError(
                .wrongMember,
                "A \(what) has no member `\(member.name)`"
                    + Spelling.hint(for: member.name, among: known))
        }
        self.json = json
        self.what = what
    }

    /// The member of that name, or nil if it is left out or null.
    subscript(name: String) -> JSONValue? {
        json[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// The error for a member with a wrong value.
    func wrong(_ name: String, _ why: String) -> EventError {
        EventError(.wrongMember, "The member `\(name)` of the \(what) is wrong: \(why).")
    }

    func text(_ name: String) throws(EventError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw wrong(name, "it must be a text") }
        return text
    }

    /// A text that names something, so that it cannot be empty.
    func name(_ name: String) throws(EventError) -> String? {
        guard let text = try text(name) else { return nil }
        guard !text.isEmpty else { throw wrong(name, "it is empty; leave it out instead") }
        return text
    }

    func word(_ name: String, of words: [String]) throws(EventError) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text, words.contains(text) else {
            throw wrong(name, "it must be one of \(words.joined(separator: ", "))")
        }
        return text
    }

    func names(_ name: String) throws(EventError) -> [String] {
        guard let value = self[name] else { return [] }
        guard let texts = value.texts, !texts.contains("") else {
            throw wrong(name, "it must be a list of texts, none of them empty")
        }
        return texts
    }

    func number(_ name: String, from least: Int64) throws(EventError) -> Int64? {
        guard let value = self[name] else { return nil }
        guard let number = value.integer, number >= least else {
            throw wrong(name, "it must be a whole number from \(least)")
        }
        return number
    }

    func flag(_ name: String) throws(EventError) -> Bool? {
        guard let value = self[name] else { return nil }
        guard let flag = value.flag else { throw wrong(name, "it must be true or false") }
        return flag
    }
}
