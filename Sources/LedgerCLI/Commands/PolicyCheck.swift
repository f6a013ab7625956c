import Bytes
import CommandLineKit
import Crypto
import Events
import Gate

/// `policy check`: reads a policy file and says what it means, or what is wrong with it.
enum PolicyCheck {
    static let file = Operand<String>.required("FILE", "The policy as YAML; - is standard input")

    static let command = Command.verb(
        "policy check", "Check a policy file", operands: [file],
        examples: [.init("ledger policy check policy.yaml", "what it means, key by key")]
    ) { arguments, out in
        let text = try PolicyText(path: arguments(file))
        guard out.isJSON else {
            out.results.write(text.policy.render())
            return ExitCode.done
        }
        var json = JSONWriter()
        json.beginObject()
        text.write(to: &json)
        json.endObject()
        out.line(json.text)
        return ExitCode.done
    }
}

/// A policy file: its text, its hash and what it says.
struct PolicyText: Sendable {
    let text: String
    let policy: Policy
    /// SHA-256 of the text.
    let hash: String

    /// Reads a file.
    init(path: String) throws {
        let bytes = try InputText.contents(of: path)
        guard bytes.count <= Self.bytesMax else {
            throw Failure(
                "too_large",
                "a policy has at most \(Self.bytesMax) bytes, \(path) has \(bytes.count)")
        }
        policy = try Policy.parse(bytes.span)
        text = bytes.span.string
        hash = bytes.span.sha256.hex
    }

    /// Takes the text of a policy that was applied.
    init(_ text: String) throws {
        policy = try Policy.parse(text)
        self.text = text
        hash = text.utf8Span.span.sha256.hex
    }

    /// The record of a policy, with who and why, has at most 65,535 bytes.
    private static let bytesMax = 60_000

    /// Writes the members `hash`, `settings` (key to value, null where off) and `text`.
    func write(to json: inout JSONWriter) {
        json.member("hash", hash)
        json.key("settings")
        json.beginObject()
        for setting in policy.settings {
            json.key(setting.path)
            if let value = setting.value { json.raw(value.utf8Span.span) } else { json.null() }
        }
        json.endObject()
        json.member("text", text)
    }
}
