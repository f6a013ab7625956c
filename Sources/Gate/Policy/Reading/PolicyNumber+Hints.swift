extension PolicyNumber {
    /// What may have been meant by a text that is no number of the form: the end of a sentence.
    static func hint(for text: String, _ form: NumberForm) -> String {
        if form.unit == NumberForm.perTenThousand { return rate(text) }
        if form.unit == "seconds" { return duration(text) }
        return ""
    }

    /// Percentages and fractions as counts of 10,000.
    private static func rate(_ text: String) -> String {
        let isPercent = text.hasSuffix("%")
        var number = isPercent ? String(text.dropLast()) : text
        while number.last == " " { number.removeLast() }
        // In hundred-thousandths of one: 3 decimals of a percentage.
        guard case .success(let thousandths) = read(number, decimals: 3) else { return "" }
        let asPercentage = decimal(thousandths, over: 10)
        if isPercent { return "; \(number) % is \(asPercentage) per 10,000" }
        return "; as a percentage \(number) is \(asPercentage) per 10,000, as a fraction "
            + decimal(thousandths * 10, over: 1)
    }

    /// Times with a unit as seconds.
    private static func duration(_ text: String) -> String {
        let units: [(String, Int64)] = [
            ("ms", 1), ("s", 1_000), ("sec", 1_000), ("m", 60_000), ("min", 60_000),
            ("h", 3_600_000), ("d", 86_400_000),
        ]
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let size = units.first(where: { $0.0 == unit })?.1,
            case .success(let thousandths) = read(String(digits), decimals: 3),
            thousandths < 1_000_000_000
        else { return "" }
        return "; the unit is seconds: \(text) is \(decimal(thousandths * size, over: 1_000_000))"
    }

    private static func decimal(_ number: Int64, over size: Int64) -> String {
        seconds(number * (1_000_000_000 / size))
    }
}
