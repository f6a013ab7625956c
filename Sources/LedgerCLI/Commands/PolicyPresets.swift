import Assets
import CommandLineKit
import Events
import Gate

/// `policy presets`: the policies that are shipped, to be copied or extended.
enum PolicyPresets {
    static let which = Operand<String?>.optional("NAME", "The preset to print")

    static let command = Command.verb(
        "policy presets", "List the presets of policies, or print one", operands: [which],
        examples: [.init("ledger policy presets quiz-bot > policy.yaml", "a copy to change")]
    ) { arguments, out in
        guard let name = arguments(which) else {
            list(out)
            return ExitCode.done
        }
        let text = try PolicyText.preset(name)
        if out.isJSON {
            var json = JSONWriter()
            json.beginObject()
            json.member("name", name)
            json.member("text", text)
            json.endObject()
            out.line(json.text)
        } else {
            out.results.write(text)
        }
        return ExitCode.done
    }

    private static func list(_ out: Output) {
        let width = Assets.presets.map(\.count).max() ?? 0
        var json = JSONWriter()
        json.beginArray()
        for name in Assets.presets {
            let summary = summary(of: Assets.preset(name) ?? "")
            if !out.isJSON {
                let space = String(repeating: " ", count: width + 2 - name.count)
                out.line(name + space + summary)
            }
            json.beginObject()
            json.member("name", name)
            json.member("summary", summary)
            json.endObject()
        }
        json.endArray()
        if out.isJSON { out.line(json.text) }
    }

    /// The first sentence of the comment that a preset begins with.
    private static func summary(of text: String) -> String {
        let lines = text.split(separator: "\n").prefix { $0.hasPrefix("# ") }
        let comment = lines.map { $0.dropFirst(2) }.joined(separator: " ")
        return String(comment.split(separator: ". ", maxSplits: 1).first ?? "")
            .split(separator: " Copy it").first.map(String.init) ?? comment
    }
}
