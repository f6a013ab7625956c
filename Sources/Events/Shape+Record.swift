import Bytes

extension EventView {
    /// What a stored record lacks of its type's shape, as the end of a sentence; nil where it has
    /// all, or where this version does not know its type.
    ///
    /// A sealed member counts as there, whatever it holds.
    public var shapeFault: String? {
        guard let shape = type?.shape else { return nil }
        var present: UInt128 = 0
        for index in 0..<fieldCount {
            let entry = entry(index)
            guard let field = Field(rawValue: entry.number) else { continue }
            present |= field.bit
            guard !entry.isSealed else { continue }
            guard let kind = FieldKind(rawValue: entry.kind), field.allows(kind) else {
                return "its member `\(field.name)` is of a kind that it cannot have"
            }
            guard shape.allowedBits & field.bit != 0 else { continue }
            let value = bytes.extracting(entry.range)
            let isAllowed = shape.allowedList.contains { allowed in
                allowed.field == field && allowed.values.contains { value.equals($0.span) }
            }
            if !isAllowed { return "its member `\(field.name)` has a value that is none" }
        }
        let missing = shape.requiredBits & ~present
        if missing != 0 {
            return "it has no `\(FieldTables.names[missing.trailingZeroBitCount])`"
        }
        if shape.anyBits != 0, shape.anyBits & present == 0 {
            return "it names nothing that it is about"
        }
        return nil
    }
}
