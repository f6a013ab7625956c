public import Events

extension SendRequest {
    /// Reads the JSON object of `ask`; a member that is null counts as left out.
    ///
    /// - Parameters:
    ///   - json: the object; `now` was stripped by the caller.
    ///   - environment: the role and instance for a request that names none: `LEDGER_ROLE` and
    ///     `LEDGER_INSTANCE`, where an empty one is none.
    /// - Throws: `invalid` if it is no object, `wrong_member` naming the member that is unknown or
    ///   has a wrong value, `missing_member` and `too_large` as ``check()`` does.
    public init(
        parsing json: JSONValue, environment: (role: String?, instance: String?)
    ) throws(EventError) {
        let members = try Members(of: json, named: "request", known: Self.memberNames)
        key = try members.name("key")
        account = try members.name("account")
        chat = try members.name("chat")
        person = try members.name("person")
        subject = try members.name("subject")
        steps = try members.names("steps")
        submission = try members.number("submission", from: 1)
        category = try members.word("category", of: Shape.categories)
        purpose = try members.word("purpose", of: Shape.purposes)
        template = try Self.template(members)
        text = try members.text("text")
        zone = try members.name("zone")
        reply = try members.word("reply", of: Shape.replies)
        critical = try members.flag("critical") ?? false
        role = try members.name("role") ?? environment.role.flatMap { $0.isEmpty ? nil : $0 }
        instance =
            try members.name("instance") ?? environment.instance.flatMap { $0.isEmpty ? nil : $0 }
        attempt = try members.name("attempt")
        traceparent = try members.name("traceparent")
        explains = try members.flag("explain") ?? false
        try check()
    }

    /// The members of `ask`.
    static let memberNames = [
        "key", "account", "chat", "person", "subject", "steps", "submission", "category", "purpose",
        "template", "text", "zone", "reply", "critical", "role", "instance", "attempt",
        "traceparent", "explain",
    ]

    private static func template(_ members: Members) throws(EventError) -> String? {
        guard let value = members["template"] else { return nil }
        let name = value.text ?? value["name"]?.text
        guard let name, !name.isEmpty else {
            throw members.wrong("template", "it must be a name, or an object with a `name`")
        }
        if let language = value["language"], !language.isNull, language.text == nil {
            throw members.wrong("template", "its `language` must be a text")
        }
        try checkNames([("template", name), ("template.language", value["language"]?.text)])
        var json = JSONWriter()
        value.write(to: &json)
        return json.text
    }
}
