/// In which order an exported chat writes the numbers of a date: `--date-order`.
public enum DateOrder: String, CaseIterable, Sendable {
    /// Day, month, year: 31/12/2025.
    case dmy
    /// Month, day, year: 12/31/2025.
    case mdy
    /// Year, month, day: 2025/12/31.
    case ymd

    /// The day that three numbers name in this order, or nil where they name none.
    ///
    /// A year has four digits, or two that stand for 20xx; it lies between 2009, when WhatsApp
    /// began, and 2099.
    func day(_ head: ChatHead) -> LocalDay? {
        let (first, second, third) = head.date
        switch self {
        case .dmy: return day(third, second, first)
        case .mdy: return day(third, first, second)
        case .ymd: return day(first, second, third)
        }
    }

    private func day(
        _ year: ChatHead.Number, _ month: ChatHead.Number, _ day: ChatHead.Number
    ) -> LocalDay? {
        guard year.digits == 4 || year.digits == 2, month.digits <= 2, day.digits <= 2 else {
            return nil
        }
        let full = year.digits == 4 ? year.value : 2000 + year.value
        guard (2009...2099).contains(full) else { return nil }
        return LocalDay(year: full, month: month.value, day: day.value)
    }
}
