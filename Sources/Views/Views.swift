/// What the events mean: pure projections into tables of rows.
///
/// # Basics
/// - ``Tables`` holds one ``RowTable`` per kind of row. A row is a whole value, the position that
///   last changed it, and (on disk) a checksum.
/// - ``Fold/evolve(_:by:)`` applies one event to all tables. It is a pure function of the tables
///   and the record: no clock, no I/O, and it cannot fail.
/// - A table may lie over a ``RowSource``: the rows of a checkpoint. state(checkpoint + tail)
///   equals state(fold from 0), bit for bit.
///
/// # Caveats
/// - Rows hold no texts: where a name is to be shown, the row holds the position of an event that
///   names it.
/// - Reading must not create rows: use `find`, and `touch` only in `evolve`.
import Events
