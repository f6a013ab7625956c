import CommandLineKit
import Events
import Gate

/// `policy check`: what a policy file says, and what it cannot mean.
enum PolicyCheck {
    static let file = Operand<String>.required(
        "FILE", "The policy as YAML; - is standard input, preset:NAME a preset")

    static let command = Command.verb(
        "policy check", "Check a policy file",
        details:
            "A policy may begin with a preset (extends: qa-feedback), and its numbers may come "
            + "from the environment (${LIMIT} or ${LIMIT:-20}). Errors are what a policy cannot "
            + "mean, and exit with 1; warnings are what has no effect, or is likely a slip.",
        operands: [file],
        examples: [.init("ledger policy check policy.yaml", "what it means, key by key")]
    ) { arguments, out in
        let text = try PolicyText(path: arguments(file))
        let code = text.errors.isEmpty ? ExitCode.done : ExitCode.failed
        guard out.isJSON else {
            for finding in text.findings { out.line("# " + Terminal.escape(finding.description)) }
            out.results.write(text.policy.render())
            return code
        }
        var json = JSONWriter()
        json.beginObject()
        text.write(to: &json)
        json.key("findings")
        json.beginArray()
        for finding in text.findings {
            json.beginObject()
            json.member("level", finding.level.rawValue)
            if let line = finding.line { json.member("line", line) }
            json.member("key", finding.key)
            json.member("message", finding.message)
            json.endObject()
        }
        json.endArray()
        json.endObject()
        out.line(json.text)
        return code
    }
}
