/// The log, the writer, the checkpointed views: the only impure core.
///
/// # Basics
/// - ``Ledger`` is a ledger's folder, opened once per process. `append`, `ask` and `report` are
///   durable before they answer; reads page through short transactions.
/// - The folder holds `log/` (LMDB, full sync, records and one clock row a commit) and
///   `views/GENERATION/` (LMDB for rows in the order in which they were made, sorted runs for
///   external ids and names of rows).
/// - One thread per process writes: it takes all waiting requests, decides them inside one write
///   transaction on the state of that very moment, commits, then answers.
/// - `signCheckpoint` signs how many records there are and the root of their tree; `ask`, `append`
///   and `report` never open the signing key. `verify` compares the log with what was signed.
/// - `standing` says why nothing may be appended: the log is not the one that was signed.
///   `acceptRollback` goes on under a new name. `backUp` copies a ledger while it is used,
///   `restore` makes another one of the copy.
/// - Personal fields are sealed in the caller, under keys of the room Vault; `withOpened` lends a
///   record in clear. `erase` destroys a person's key, `retain` those of whom nothing is new.
///
/// # Caveats
/// - Everything under `views/` can be deleted; the next open rebuilds it from the log.
/// - The files must lie on a local disk: LMDB's locks and maps do not hold on network file systems.
///
/// # Files
/// ```
/// log/data.mdb      named table "log": position (8 bytes, native order) -> record
///                   main table: "format", "origin", "development", "views" (generation),
///                   "vault" (generation of the file of keys),
///                   "clock" (boot id 16, boot time 8, ledger time 8, flags 8)
/// log/turnstile     a lock that writers pass one after the other, so that none starves
/// log/page          eight shared numbers: who writes, how many events there are
/// views/N/data.mdb  tables "t1"... : home (8, big-endian), low half of the name (8, big-endian)
///                   -> row, high half of the name (8), last position (8), checksum (8);
///                   main table: "checkpoint"
/// views/N/*.run     sorted runs: external ids to positions, names of rows to homes
/// views/N/flush     a lock: one process flushes at a time
/// views/rebuild     a lock: one process rebuilds at a time
/// views/tree        the Merkle tree over the records: tiles and right edge, see TreeView
/// keys/             the signing key, and what it signed, see SigningKeys; what opens records, see
///                   Keyring; "erasures" and "erasing", see ErasureList and ErasureIntent
/// roles/            who holds a role on this machine, and signs of life, see RoleFolder
/// ```
import Events
