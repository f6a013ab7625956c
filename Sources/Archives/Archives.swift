/// Compressed input, a part at a time: gzip by zlib, zip by libzip.
///
/// # Basics
/// A ``ByteStream`` gives its next bytes; ``PeekedStream`` looks at the first ones, and
/// ``ArchiveKind`` tells by them what a stream is. ``GzipStream`` unpacks a stream, ``ZipFile`` the
/// members of an archive that lies in a file.
///
/// # Caveats
/// Nothing is written. An archive is not trusted: sizes that it names are not allocated, and paths
/// that it names are only shown.
public enum Archives {}
