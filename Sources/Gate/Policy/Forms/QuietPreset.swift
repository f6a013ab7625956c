extension Policy {
    /// The quiet times that a policy may name.
    public enum QuietPreset: String, CaseIterable, Sendable {
        /// ``Policy/QuietTime/night``.
        case night
        /// ``Policy/QuietTime/southAfricaDirectMarketing``.
        case southAfricaDirectMarketing = "south-africa-direct-marketing"

        /// The times, by the recipient's clock.
        public var times: [QuietTime] {
            switch self {
            case .night: [.night]
            case .southAfricaDirectMarketing: QuietTime.southAfricaDirectMarketing
            }
        }
    }
}
