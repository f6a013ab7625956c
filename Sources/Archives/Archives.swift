/// Compressed input, a part at a time: gzip by zlib, zip by libzip.
///
/// # Basics
/// A ``ByteStream`` gives its next bytes; ``PeekedStream`` looks at the first ones, and
/// ``ArchiveKind`` tells by them what a stream is. ``GzipStream`` unpacks a stream, ``ZipFile`` the
/// members of an archive that lies in a file.
///
/// # Caveats
/// Nothing is written. An archive is not trusted: sizes that it names are not allocated, paths that
/// it names are only shown, and one that unpacks to over ``ratioMax`` times its size is refused
/// behind the first ``freeBytes``.
public enum Archives {
    /// How many times its size a stream may unpack to; logs of messages reach some thirty times.
    public static let ratioMax = 250
    /// So many bytes may be unpacked whatever they were packed in.
    public static let freeBytes = 16 << 20

    /// Refuses what was packed to blow up a reader.
    static func check(unpacked: Int, packed: Int) throws(ArchiveError) {
        guard unpacked > freeBytes, unpacked / ratioMax > packed else { return }
        throw ArchiveError(
            "it unpacks to over \(ratioMax) times its size, as no log of messages does; if it is "
                + "one, unpack it first")
    }
}
