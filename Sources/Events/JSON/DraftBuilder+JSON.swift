import Bytes

extension DraftBuilder {
    /// Adds the text of a JSON value, its escapes resolved, without a copy of its own; of a number
    /// or flag its spelling.
    public mutating func add(_ field: Field, text value: JSONNode) {
        let start = values.count
        value.appendText(to: &values)
        close(field, .text, from: start)
    }

    /// Adds a text that is put together where it is to lie.
    ///
    /// - Parameter write: appends the text, in UTF-8.
    public mutating func add(_ field: Field, text write: (inout [UInt8]) -> Void) {
        let start = values.count
        write(&values)
        close(field, .text, from: start)
    }

    /// Adds a JSON value as it is: a text, a whole number, or else JSON.
    public mutating func add(_ field: Field, scalar value: JSONNode) {
        if value.kind == .text {
            add(field, text: value)
        } else if value.kind == .number, let integer = value.integer {
            add(field, integer: integer)
        } else {
            let start = values.count
            value.append(to: &values)
            close(field, .json, from: start)
        }
    }
}

extension Field {
    /// Whether the ledger gives a member of `data` of that name a meaning.
    public static func isMember(_ key: JSONNode) -> Bool {
        key.withText { PackedName($0).flatMap { FieldTables.byName[$0] } != nil }
    }
}
