import Bytes
import CommandLineKit
import Events

/// The JSON object of a verb: given on the command line, in a file, or member by member.
enum RequestInput {
    /// Reads the operand, or else makes the object of `members`; options win over the operand's.
    static func object(
        _ operand: String?, _ members: [(name: String, value: JSONValue?)]
    ) throws -> JSONValue {
        var json = JSONValue.object([])
        if let operand, operand.first(where: { !$0.isWhitespace }) == "{" {
            json = try JSONValue.parse(operand)
        } else if let operand {
            let bytes = try InputText.contents(of: operand)
            json = try JSONValue.parse(bytes.span)
        }
        guard case .object(let given) = json else {
            throw EventError(.invalid, "The input is one JSON object.")
        }
        let added = members.compactMap { name, value in value.map { JSONValue.Member(name, $0) } }
        let kept = given.filter { member in !added.contains { $0.name == member.name } }
        return .object(kept + added)
    }
}
