/// How far the clocks of a zone are ahead, and what day it is there.
///
/// # Basics
/// - ``ZoneRules`` reads a file of the system's time zone database; ``ZoneSource`` finds it.
///
/// # Caveats
/// - The room is pure: who reads the files is a room below.

/// Finds the rules of time zones by their IANA names.
public protocol ZoneSource {
    /// The rules of a zone, such as `Africa/Johannesburg`; nil where there is none of that name.
    func rules(_ name: String) -> ZoneRules?
}
