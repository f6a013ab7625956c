import Bytes
import Events

/// The members of a body that have no meaning here, kept under the name of its format.
///
/// In `data` they stand as `{"gowa": {…}}`, so that none is taken for a member of the ledger's own.
/// Long values, such as thumbnails in base64, are left out and named in `left_out`.
struct Kept {
    /// No value longer than this is kept, unless it is an object.
    static let valueBytesMax = 2_048
    /// All of them together.
    static let bytesMax = 16_384

    private var json: [UInt8] = []
    /// The names of what was kept, each once, and the one that says what was not.
    private var names = ["left_out"]
    private var leftOut: [String] = []

    /// Keeps the members of an object but those that were read.
    mutating func add(_ object: JSONNode?, except known: [String]) {
        guard let object else { return }
        for (key, value) in object.members
        where value.kind != .null && !known.contains(where: key.equals) {
            add(key.text ?? "", value)
        }
    }

    /// Keeps one value.
    mutating func add(_ name: String, _ value: JSONNode?) {
        guard let value, !names.contains(name) else { return }
        let end = json.count
        key(name)
        let start = json.count
        write(value, name: name)
        if json.count == start || json.count > Self.bytesMax {
            if json.count > Self.bytesMax { leftOut.append(name) }
            json.removeSubrange(end...)
        }
    }

    /// Keeps a text.
    mutating func add(_ name: String, text: String?) {
        guard let text, !names.contains(name) else { return }
        guard text.utf8.count <= Self.valueBytesMax, json.count < Self.bytesMax else {
            return leftOut.append(name)
        }
        key(name)
        Self.append(text, to: &json)
    }

    /// Keeps what was kept of an object within; nothing where that is nothing.
    mutating func add(_ name: String, _ inner: Kept) {
        leftOut.append(contentsOf: inner.leftOut)
        guard !names.contains(name), !inner.json.isEmpty,
            json.count + inner.json.count <= Self.bytesMax
        else {
            if !inner.json.isEmpty { leftOut.append(name) }
            return
        }
        key(name)
        json.append(contentsOf: inner.json)
        json.append(0x7D)
    }

    /// Adds what was kept to an event.
    func close(_ builder: inout DraftBuilder, under format: String) {
        guard !json.isEmpty || !leftOut.isEmpty else { return }
        var all: [UInt8] = [0x7B]
        Self.append(format, to: &all)
        all.append(0x3A)
        all.append(contentsOf: json.isEmpty ? [0x7B] : json)
        if !leftOut.isEmpty {
            if !json.isEmpty { all.append(0x2C) }
            Self.append("left_out", to: &all)
            all.append(contentsOf: [0x3A, 0x5B])
            for (index, name) in leftOut.prefix(64).enumerated() {
                if index > 0 { all.append(0x2C) }
                Self.append(name, to: &all)
            }
            all.append(0x5D)
        }
        all.append(contentsOf: [0x7D, 0x7D])
        builder.add(.extras, .json, all.span)
    }

    private mutating func key(_ name: String) {
        names.append(name)
        json.append(json.isEmpty ? 0x7B : 0x2C)
        Self.append(name, to: &json)
        json.append(0x3A)
    }

    /// Writes a value; nothing where it is too long.
    private mutating func write(_ value: JSONNode, name: String) {
        guard value.range.count > Self.valueBytesMax else { return value.append(to: &json) }
        guard value.kind == .object, json.count < Self.bytesMax else {
            leftOut.append(name)
            return
        }
        json.append(0x7B)
        var isFirst = true
        for (key, value) in value.members {
            let end = json.count
            if !isFirst { json.append(0x2C) }
            key.append(to: &json)
            json.append(0x3A)
            let start = json.count
            write(value, name: key.text ?? name)
            if json.count == start {
                json.removeSubrange(end...)
            } else {
                isFirst = false
            }
        }
        json.append(0x7D)
    }

    private static func append(_ text: String, to json: inout [UInt8]) {
        var writer = JSONWriter(appendingTo: json)
        json = []
        writer.value(text)
        json = writer.finish()
    }
}
