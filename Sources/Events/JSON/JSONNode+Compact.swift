import Bytes

extension JSONNode {
    /// Appends the value as compact JSON: without white space, numbers as they are spelt.
    public func append(to json: inout [UInt8]) {
        let all = document.bytes
        let span = all.span
        switch node.kind {
        case .text:
            if node.isEscaped {
                let text = utf8
                json.append(quoted: text.span)
            } else {
                json.append(span.extracting(range.lowerBound - 1..<range.upperBound + 1))
            }
        case .object:
            json.append(0x7B)
            var isFirst = true
            for member in members {
                if !isFirst { json.append(0x2C) }
                isFirst = false
                member.key.append(to: &json)
                json.append(0x3A)
                member.value.append(to: &json)
            }
            json.append(0x7D)
        case .array:
            json.append(0x5B)
            var isFirst = true
            for element in elements {
                if !isFirst { json.append(0x2C) }
                isFirst = false
                element.append(to: &json)
            }
            json.append(0x5D)
        default: json.append(span.extracting(range))
        }
    }

    /// The value as compact JSON.
    public var json: String {
        var json: [UInt8] = []
        append(to: &json)
        let text = json
        return text.span.string
    }
}
