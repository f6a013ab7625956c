/// Texts for people, laid out and escaped for each medium.
///
/// # Basics
/// - ``Document`` is a list of blocks of plain text. ``Document/markdown`` and ``Document/html``
///   escape what comes from events, each in its own way; ``Escape`` does so for a single text.
/// - ``PageFrame`` makes a page out of a template; ``Strip`` draws minutes second by second.
///
/// # Caveats
/// - A template is trusted, what fills it is not: escape before you fill.
