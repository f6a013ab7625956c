extension Finding {
    /// Writes an object of `rule`, `scope`, `verdict`, `observed`, `limit`, `retry_at`, `reason`,
    /// `evidence` and `code`.
    ///
    /// `retry_at` and `evidence` are null where there are none; `code` is left out.
    public func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("rule", rule.name)
        json.member("scope", scope.name)
        json.member("verdict", verdict.name)
        json.member("observed", observed)
        json.member("limit", limit)
        json.key("retry_at")
        if let retryAt { json.value(retryAt) } else { json.null() }
        json.member("reason", reason)
        json.key("evidence")
        if let evidence {
            json.beginObject()
            json.member("first", evidence.first)
            json.member("last", evidence.last)
            json.member("count", evidence.count)
            json.endObject()
        } else {
            json.null()
        }
        if let code { json.member("code", code.name) }
        json.endObject()
    }

    /// Reads what ``write(to:)`` wrote; `reason` is made anew, unknown members are dropped.
    ///
    /// - Throws: ``EventError/Code/wrongMember``, naming the member.
    public init(_ json: JSONValue) throws(EventError) {
        guard let rule = json["rule"]?.text.flatMap({ Rule(name: $0) }) else {
            throw .wrongMember("rules", "each needs a `rule` of the gate")
        }
        guard let scope = json["scope"]?.text.flatMap({ Scope(name: $0) }) else {
            throw .wrongMember("rules", "`scope` of \(rule.name) is not a scope")
        }
        guard let verdict = json["verdict"]?.text.flatMap({ Verdict(name: $0) }) else {
            throw .wrongMember("rules", "`verdict` of \(rule.name) is not send, wait or refuse")
        }
        guard let observed = json["observed"]?.integer, let limit = json["limit"]?.integer else {
            throw .wrongMember("rules", "\(rule.name) needs whole numbers `observed` and `limit`")
        }
        self.init(rule, scope: scope, verdict: verdict, observed: observed, limit: limit)
        if let text = json["retry_at"]?.text { retryAt = try Timestamp.parse(text).instant }
        if let evidence = json["evidence"], !evidence.isNull {
            guard let first = evidence["first"]?.position, let last = evidence["last"]?.position,
                let count = evidence["count"]?.integer, first <= last, count >= 0
            else { throw .wrongMember("rules", "`evidence` of \(rule.name) is not one") }
            self.evidence = Evidence(first: first, last: last, count: Int(count))
        }
        if let name = json["code"]?.text {
            guard let code = FindingCode(name: name) else {
                throw .wrongMember("rules", "`code` of \(rule.name) is not one")
            }
            self.code = code
        }
    }
}
