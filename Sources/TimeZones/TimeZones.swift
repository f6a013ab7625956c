/// How far the clocks of a zone are ahead, and what day it is there.
///
/// # Basics
/// - ``ZoneRules`` reads a file of the time zone database; ``ZoneSource`` finds it by its name.
///   They say what clocks show at a moment, and when they show a time of a ``CalendarDay``.
/// - ``CallingCodes`` leads from a telephone number to the zones that it may lie in,
///   ``PublicHolidays`` knows the days on which a country rests.
///
/// # Caveats
/// - The room is pure: who reads the files is a room below.

/// Finds the rules of time zones by their IANA names.
public protocol ZoneSource {
    /// The rules of a zone, such as `Africa/Johannesburg`; nil where there is none of that name.
    func rules(_ name: String) -> ZoneRules?
}
