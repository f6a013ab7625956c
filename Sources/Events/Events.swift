/// What happened: the envelope, the event types, the record layout, CloudEvents JSON, upcasters.
///
/// # Basics
/// - A ``Draft`` is an event that has no place yet: a record without position, recorded time and
///   checksum. The writer gives it these three under its lock.
/// - An ``EventView`` reads a stored record in place, without decoding.
/// - ``EventType`` lists every type; ``Field`` every member that the ledger gives a meaning.
/// - ``CloudEvent`` reads and writes CloudEvents JSON, straight from and to the record; ``Shape``
///   says what each type cannot do without.
/// - ``Payload`` is the typed form of each type, ``Finding`` what a rule says of a request.
/// - ``Upcasters`` raise older records when they are read.
///
/// # Caveats
/// This room is pure: no clock, no files. Everything stored is little-endian.
///
/// # The record, byte by byte (layout 1)
/// ```
/// offset size
///   0     1   layout: 1
///   1     1   flags: 1 = some field is sealed; of names that follow: 2 = person, 4 = chat,
///             8 = message, 16 = key, 32 = text (of `identity.*`: the other person), 64 =
///             template, 128 = holder
///   2     2   number of the event type
///   4     1   version of the type's schema
///   5     1   number of fields, n
///   6     1   form of `time`: bits 0-3 fractional digits, 16 = spelt with Z, 32 = was absent,
///             64 = spelt -00:00, 128 = lower-case t or z; with 16, the lower-case letters are:
///             64 = t, 128 = t and z, 64 and 128 = z
///   7     1   under whose key fields are sealed: 0 none, 1 person, 2 chat, 3 day, 4 ledger
///   8     8   position
///  16     8   recordedtime, nanoseconds since 1970-01-01T00:00:00Z
///  24     8   time, likewise
///  32     2   offset of `time` from UTC in minutes, signed
///  34     2   bytes of this record, checksum included
///  36     4   zero
///  40    16   identity: keyed fingerprint of (source, id); plain where the source is "ledger"
///  56    16   digest of the content, keyed by the holder; of a decision: of what was asked
///  72   16k   fingerprints of those names that the flags name, in the order of the flags
///   .    4n   fields in ascending order: number (1), kind (1; 128 = sealed), end (2), where
///             end counts from the first value's first byte; a field begins where the last ended
///   .     .   the values
/// last    8   checksum: XXH3-64 of all bytes before it
/// ```
/// A record has at most 65,535 bytes. Kinds of values: ``FieldKind``. A sealed value is a salted
/// commitment (SHA-256 of salt and text, 32 bytes) followed by the ciphertext; the first one of a
/// record ends in nonce (12) and tag (16). The seal is bound to the digest at 56 and to number,
/// kind and length of each sealed field. Which fields are sealed: ``Field/isPersonal``.
///
/// In format 0, which nothing writes any more, nothing is sealed and all fingerprints are XXH3-128.
import Bytes

/// A place in the log: 0-based, gapless, in commit order.
public typealias Position = UInt64
