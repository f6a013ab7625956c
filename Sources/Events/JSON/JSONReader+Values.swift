import Bytes

extension JSONReader {
    /// Reads a string and checks it to its last byte.
    mutating func string() throws(EventError) -> JSONString {
        guard try peek() == 0x22 else { throw error(.invalid, "A string is expected here.") }
        let start = at &+ 1
        var index = start
        var isEscaped = false
        while true {
            index = bytes.endOfPlainText(from: index)
            guard index < bytes.count else {
                throw error(.notJSON, "A string is not closed.", at: start - 1)
            }
            let byte = bytes[index]
            if byte == 0x22 {
                at = index &+ 1
                return JSONString(range: start..<index, isEscaped: isEscaped)
            } else if byte == 0x5C {
                isEscaped = true
                index = try endOfEscape(at: index)
            } else if byte < 0x20 {
                throw error(
                    .notJSON, "A control character in a string must be escaped.", at: index)
            } else {
                while index < bytes.count, bytes[index] >= 0x80 {
                    let length = bytes.lengthOfScalar(at: index)
                    guard length > 0 else {
                        throw error(.notJSON, "These bytes are not UTF-8.", at: index)
                    }
                    index &+= length
                }
            }
        }
    }

    private func endOfEscape(at index: Int) throws(EventError) -> Int {
        let letter = index + 1 < bytes.count ? bytes[index + 1] : 0
        switch letter {
        case 0x22, 0x5C, 0x2F, 0x62, 0x66, 0x6E, 0x72, 0x74: return index + 2
        case 0x75:
            guard let unit = hex(at: index + 2) else { break }
            if unit & 0xF800 != 0xD800 { return index + 6 }
            guard unit < 0xDC00, index + 7 < bytes.count, bytes[index + 6] == 0x5C,
                bytes[index + 7] == 0x75, let low = hex(at: index + 8), low & 0xFC00 == 0xDC00
            else {
                throw error(.notJSON, "A surrogate stands without its other half.", at: index)
            }
            return index + 12
        default: break
        }
        throw error(.notJSON, "This escape is not one of JSON's.", at: index)
    }

    private func hex(at index: Int) -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let byte = bytes[index + offset]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    /// Appends a string's text, its escapes resolved.
    func append(_ string: JSONString, to target: inout [UInt8]) {
        guard string.isEscaped else { return target.append(bytes.extracting(string.range)) }
        var index = string.range.lowerBound
        while index < string.range.upperBound {
            let byte = bytes[index]
            guard byte == 0x5C else {
                target.append(byte)
                index += 1
                continue
            }
            index += 2
            switch bytes[index - 1] {
            case 0x62: target.append(0x08)
            case 0x66: target.append(0x0C)
            case 0x6E: target.append(0x0A)
            case 0x72: target.append(0x0D)
            case 0x74: target.append(0x09)
            case 0x75:
                var scalar = hex(at: index) ?? 0xFFFD
                index += 4
                if scalar & 0xF800 == 0xD800 {
                    scalar = 0x10000 + (scalar & 0x3FF) << 10 + ((hex(at: index + 2) ?? 0) & 0x3FF)
                    index += 6
                }
                target.append(contentsOf: String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: target.append(bytes[index - 1])
            }
        }
    }

    /// Appends a string as JSON text, quotes included: equal strings are spelt alike.
    func append(quoted string: JSONString, to target: inout [UInt8]) {
        guard string.isEscaped else {
            let range = string.range
            return target.append(bytes.extracting(range.lowerBound - 1..<range.upperBound + 1))
        }
        target.append(quoted: utf8(string).span)
    }

    /// A string's text as bytes.
    func utf8(_ string: JSONString) -> [UInt8] {
        var text: [UInt8] = []
        append(string, to: &text)
        return text
    }

    /// A string's text.
    func text(_ string: JSONString) -> String {
        string.isEscaped ? utf8(string).span.string : bytes.extracting(string.range).string
    }

    /// The fingerprint of a string's text.
    func fingerprint(_ string: JSONString) -> Fingerprint {
        string.isEscaped
            ? utf8(string).span.fingerprint() : bytes.extracting(string.range).fingerprint()
    }

    /// Reads a number; `integer` is its value if it is spelt the way a 64-bit integer is.
    mutating func number() throws(EventError) -> (range: Range<Int>, integer: Int64?) {
        let start = at
        let isNegative = bytes[at] == 0x2D
        if isNegative { at &+= 1 }
        let first = at
        var value: Int64 = 0
        var isInteger = true
        while at < bytes.count, bytes[at] &- 0x30 < 10 {
            let (product, high) = value.multipliedReportingOverflow(by: 10)
            let digit = Int64(bytes[at] & 15)
            let (sum, low) = product.addingReportingOverflow(isNegative ? -digit : digit)
            if high || low { isInteger = false }
            value = sum
            at &+= 1
        }
        guard at > first, bytes[first] != 0x30 || at == first + 1 else {
            throw error(.notJSON, "This is no JSON value.", at: start)
        }
        if isNegative && value == 0 { isInteger = false }
        if at < bytes.count, bytes[at] == 0x2E {
            isInteger = false
            at &+= 1
            try digits(from: start)
        }
        if at < bytes.count, bytes[at] | 0x20 == 0x65 {
            isInteger = false
            at &+= 1
            if at < bytes.count, bytes[at] == 0x2B || bytes[at] == 0x2D { at &+= 1 }
            try digits(from: start)
        }
        return (start..<at, isInteger ? value : nil)
    }

    private mutating func digits(from start: Int) throws(EventError) {
        let first = at
        while at < bytes.count, bytes[at] &- 0x30 < 10 { at &+= 1 }
        if at == first {
            throw error(.notJSON, "This number is not spelt as JSON asks.", at: start)
        }
    }

    /// Reads any value and appends it as compact text: without white space, numbers as spelt.
    mutating func copyValue(to target: inout [UInt8]) throws(EventError) {
        switch try peek() {
        case 0x22: append(quoted: try string(), to: &target)
        case 0x7B: try copyObject(to: &target)
        case 0x5B:
            try beginArray()
            target.append(0x5B)
            var isFirst = true
            while try element(isFirst: isFirst) {
                if !isFirst { target.append(0x2C) }
                isFirst = false
                try copyValue(to: &target)
            }
            target.append(0x5D)
        case 0x74, 0x66:
            target.append(contentsOf: try flag() ? "true".utf8 : "false".utf8)
        case 0x6E:
            try null()
            target.append(contentsOf: "null".utf8)
        default: target.append(bytes.extracting(try number().range))
        }
    }

    private mutating func copyObject(to target: inout [UInt8]) throws(EventError) {
        try beginObject()
        target.append(0x7B)
        var keys = JSONKeys()
        var isFirst = true
        while let name = try key(isFirst: isFirst) {
            if !isFirst { target.append(0x2C) }
            isFirst = false
            try claim(name, among: &keys)
            append(quoted: name, to: &target)
            target.append(0x3A)
            try copyValue(to: &target)
        }
        target.append(0x7D)
    }

    /// Remembers a member's name, and throws if the object has it already.
    func claim(_ name: JSONString, among keys: inout JSONKeys) throws(EventError) {
        if !keys.insert(fingerprint(name)) { throw duplicate(name) }
    }

    /// The error of a member that stands twice.
    func duplicate(_ name: JSONString) -> EventError {
        error(
            .duplicateKey, "The member `\(text(name))` stands twice in one object.",
            at: name.range.lowerBound - 1)
    }
}
