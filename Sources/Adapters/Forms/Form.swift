import Bytes
public import Events

/// A body in `application/x-www-form-urlencoded`, or the same parameters as a JSON object.
///
/// ```swift
/// let form = try Form(Array("From=%2B27820000001&Body=one+two".utf8))
/// form["Body"]   // one two
/// ```
/// A name may stand more than once: the first is what the name means, and all are kept.
public struct Form: Sendable {
    /// One parameter, decoded.
    public struct Parameter: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The value; empty where there is none.
        public let value: String
    }

    /// The most parameters of a body.
    public static let parametersMax = 1_000
    /// The most bytes of a body.
    public static let bytesMax = 1 << 20

    /// The body as it came, without the end of its line.
    public let bytes: [UInt8]
    /// The parameters in their order.
    public let parameters: [Parameter]

    /// Decodes a body.
    ///
    /// A plus is a space, `%` and two hexadecimal digits a byte; the bytes are UTF-8. Empty parts,
    /// as between two ampersands, are passed over.
    /// - Throws: `invalid` for a percent sign without two digits, bytes that are no UTF-8, or
    ///   nothing at all, with the offset; `too_large`.
    public init(_ body: [UInt8]) throws(EventError) {
        var end = body.count
        while end > 0, body[end - 1] == 0x0A || body[end - 1] == 0x0D { end -= 1 }
        let bytes = end == body.count ? body : Array(body[..<end])
        guard end <= Self.bytesMax else {
            throw EventError(.tooLarge, "A form has at most \(Self.bytesMax) bytes.")
        }
        var parameters: [Parameter] = []
        let span = bytes.span
        var start = 0
        while start < end {
            var stop = start
            while stop < end, span[stop] != 0x26 { stop += 1 }
            if start < stop {
                guard parameters.count < Self.parametersMax else {
                    throw EventError(
                        .tooLarge, "A form has at most \(Self.parametersMax) parameters.")
                }
                parameters.append(try Self.parameter(span, start..<stop))
            }
            start = stop + 1
        }
        guard !parameters.isEmpty else {
            throw EventError(.invalid, "The form has no parameters.", offset: 0)
        }
        self.bytes = bytes
        self.parameters = parameters
    }

    /// The parameters that an object holds: texts, numbers and flags; lists of them are repeated
    /// names, and null is none.
    ///
    /// - Throws: `invalid` for what is no object, or holds objects.
    public init(_ object: JSONNode) throws(EventError) {
        guard object.kind == .object else {
            throw EventError(.invalid, "The parameters must be a JSON object.")
        }
        var parameters: [Parameter] = []
        for (key, value) in object.members where value.kind != .null {
            let name = key.text ?? ""
            if let text = value.scalar {
                parameters.append(Parameter(name: name, value: text))
                continue
            }
            guard value.kind == .array else {
                throw EventError(.invalid, "The parameter `\(name)` is no text.")
            }
            for element in value.elements {
                guard let text = element.scalar else {
                    throw EventError(.invalid, "The parameter `\(name)` is no list of texts.")
                }
                parameters.append(Parameter(name: name, value: text))
            }
        }
        guard !parameters.isEmpty, parameters.count <= Self.parametersMax else {
            throw EventError(
                .invalid, "A form has between one and \(Self.parametersMax) parameters.")
        }
        var json: [UInt8] = []
        object.append(to: &json)
        bytes = json
        self.parameters = parameters
    }

    /// The value of a parameter, or nil; an empty one is nil too.
    public subscript(name: String) -> String? {
        guard let value = parameters.first(where: { $0.name == name })?.value, !value.isEmpty else {
            return nil
        }
        return value
    }

    private static func parameter(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(EventError) -> Parameter {
        var equals = range.lowerBound
        while equals < range.upperBound, bytes[equals] != 0x3D { equals += 1 }
        let name = try decoded(bytes, range.lowerBound..<equals)
        let value = try decoded(bytes, min(equals + 1, range.upperBound)..<range.upperBound)
        return Parameter(name: name, value: value)
    }

    private static func decoded(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(EventError) -> String {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(range.count)
        var at = range.lowerBound
        while at < range.upperBound {
            switch bytes[at] {
            case 0x2B: decoded.append(0x20)
            case 0x25:
                guard at + 2 < range.upperBound, let high = digit(bytes[at + 1]),
                    let low = digit(bytes[at + 2])
                else {
                    throw EventError(
                        .invalid, "A percent sign is not followed by two digits.", offset: at)
                }
                decoded.append(high << 4 | low)
                at += 2
            default: decoded.append(bytes[at])
            }
            at += 1
        }
        guard let text = String(validating: decoded, as: UTF8.self) else {
            throw EventError(.invalid, "A parameter is no UTF-8.", offset: range.lowerBound)
        }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
