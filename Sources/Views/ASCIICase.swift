extension String {
    /// The text with the letters of ASCII in lower case, all others as they are.
    ///
    /// What a fold says must not depend on the Unicode tables of the machine's Swift: those change
    /// from one version to the next, and a replay would then say something else.
    var asciiLowercased: String { mapped { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }

    /// The text with the letters of ASCII in upper case, all others as they are.
    var asciiUppercased: String { mapped { $0 &- 0x61 < 26 ? $0 & 0xDF : $0 } }

    private func mapped(_ change: (UInt8) -> UInt8) -> String {
        String(decoding: utf8.map(change), as: UTF8.self)
    }
}
