import Bytes

extension Draft {
    /// The draft with other texts in the place of those that some fields hold.
    ///
    /// - Parameter texts: by field; a field that the draft has not is left out.
    /// - Returns: nil where the record would exceed ``recordBytesMax``, or was written by a later
    ///   version.
    public func replacing(_ texts: [(field: Field, text: String)]) -> Draft? {
        var table = FieldTable()
        table.read(self)
        let all = bytes.span
        var builder = DraftBuilder(type, version: Int(bytes[4]))
        builder.time = Instant(nanoseconds: all.load(at: 24, as: Int64.self))
        builder.form = TimeForm(bits: bytes[6], offset: all.load(at: 32, as: Int16.self))
        for place in table.places {
            guard let field = Field(rawValue: place.number),
                let kind = FieldKind(rawValue: place.kind)
            else { return nil }
            if let new = texts.first(where: { $0.field == field }) {
                builder.add(field, text: new.text)
            } else {
                builder.add(field, kind, all.extracting(place.range))
            }
        }
        return builder.finish(identity: identity)
    }
}
