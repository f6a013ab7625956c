public import Events

/// Reads bodies that are forms: what ``BodyAdapter`` is to JSON.
///
/// An input has one body a line, or is a single body: a form holds no line ends, so that both are
/// lines. A line that begins with a brace is a JSON object of the same parameters; of a file of
/// JSON values each is handed over as a node.
public protocol FormAdapter: Sendable {
    /// The name of the format in `ledger import FORMAT`, and the first part of its events' sources.
    static var format: String { get }

    /// Reads one body: every thing in it becomes one element.
    static func read(_ form: Form, line: Int?, into reading: inout Reading)
}

extension FormAdapter {
    /// Reads a line, or a file that is one body.
    ///
    /// What is neither a form nor a JSON object is quarantined with its bytes.
    public static func read(
        _ bytes: [UInt8], line: Int? = nil, into reading: inout Reading
    ) {
        let first = bytes.first { $0 > 0x20 }
        do throws(EventError) {
            if first == 0x7B {
                read(try Form(JSONDocument(bytes, line: line ?? 1).root), bytes, line, &reading)
            } else {
                read(try Form(bytes), bytes, line, &reading)
            }
        } catch {
            reading.body = bytes
            defer { reading.body = nil }
            reading.quarantine("invalid", error.message, line: line)
        }
    }

    /// Reads a JSON object of the same parameters.
    public static func read(_ object: JSONNode, into reading: inout Reading) {
        do throws(EventError) {
            let form = try Form(object)
            read(form, form.bytes, nil, &reading)
        } catch {
            reading.quarantine("invalid", error.message, from: object)
        }
    }

    private static func read(
        _ form: Form, _ bytes: [UInt8], _ line: Int?, _ reading: inout Reading
    ) {
        reading.body = bytes
        defer { reading.body = nil }
        read(form, line: line, into: &reading)
    }
}
