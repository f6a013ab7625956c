extension StringProtocol {
    /// The text cut to at most so many bytes of UTF-8, between two characters of Unicode.
    ///
    /// One character as people count them may have any number of bytes; what goes into a record is
    /// bounded in bytes.
    public func cut(toBytes most: Int) -> String {
        guard utf8.count > most else { return String(self) }
        var scalars = String.UnicodeScalarView()
        var count = 0
        for scalar in unicodeScalars {
            count += UTF8.width(scalar)
            if count > most { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}
