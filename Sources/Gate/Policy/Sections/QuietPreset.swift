extension Policy {
    /// Quiet times that have a name.
    public enum QuietPreset: String, CaseIterable, Sendable {
        /// Every night from 23:00 to 06:00.
        case night
        /// When South African law allows no direct marketing: on Sundays and public holidays, on
        /// Saturdays before 09:00 and after 13:00, on other days before 08:00 and after 20:00
        /// (regulation 4 of the Consumer Protection Act, acts.co.za, read in 2025).
        case southAfricaDirectMarketing = "south-africa-direct-marketing"

        /// The times, by the recipient's clock.
        public var times: [QuietTime] {
            switch self {
            case .night: [QuietTime(from: 23 * 60, to: 6 * 60)]
            case .southAfricaDirectMarketing:
                [
                    Self.marketing(days: 0x1F, from: 0, to: 8 * 60),
                    Self.marketing(days: 0x1F, from: 20 * 60, to: 0),
                    Self.marketing(days: 0x20, from: 0, to: 9 * 60),
                    Self.marketing(days: 0x20, from: 13 * 60, to: 0),
                    Self.marketing(days: 0xC0, from: 0, to: 0),
                ]
            }
        }

        private static func marketing(days: UInt8, from: Int, to: Int) -> QuietTime {
            var time = QuietTime(from: from, to: to)
            time.days = days
            time.categories = ["marketing"]
            if days & 0x80 != 0 { time.holidays = "ZA" }
            return time
        }
    }
}
