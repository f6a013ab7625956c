/// Exports that strangers can verify, and their verification.
///
/// # Basics
/// - ``AuditExport`` writes a folder with a signed checkpoint, all tiles of hashes, the records,
///   the same events as lines of JSON, and proofs. One pass over the log makes all of it, and what
///   it hashed must lead to the root that was signed.
/// - ``ExportCheck`` verifies such a folder with nothing but what lies in it, and a key if the
///   reader has one from elsewhere.
/// - ``FileExport`` writes one file that proves nothing: lines of JSON, a table, a database, or one
///   row for each message that was sent.
/// - ``PersonRecord`` is what is held of one person; ``PersonExport`` writes it with every event,
///   for that person to take away.
/// - ``ConsentHistory`` is what one person said of consent, and ``ConsentReceipt`` the receipt of
///   it; ``Compliance`` counts consent over all persons, and finds days that went wrong.
/// - ``Review`` counts what a person wants to know; it becomes the report, and `verify` counts
///   anew.
///
/// # Caveats
/// - A folder that carries its own key proves that it is whole, not whose it is: compare the key,
///   `--vkey`, with one that came another way.
/// - Whoever leaves out events by time or position shows so: the manifest names the range, and the
///   bundles of records outside are missing.
/// - Fields are in clear: format 0 seals none. An export holds what the log holds.
///
/// # Files
/// ```
/// checkpoint                      the signed checkpoint, a C2SP note
/// vkey                            the key that verifies, name+id+base64
/// tile/LEVEL/…                    hashes, as C2SP tlog-tiles lays them out
/// tile/entries/…                  bundles of records, likewise
/// events.ndjson                   the events as CloudEvents, one a line
/// proofs/POSITION.tlog-proof      the proof of one record, C2SP tlog-proof
/// since/checkpoint, since/growth  an earlier checkpoint, and that nothing was removed since
/// REPORT.md, REPORT.html          what happened, for a person
/// manifest.json                   who exported what, and what it holds
/// SHA256SUMS                      the digests of all these, for `sha256sum -c`
/// manifest.note                   a note that signs the digest of SHA256SUMS
/// ```
import Ledger
