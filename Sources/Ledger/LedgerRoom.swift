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
/// # Example
/// ```swift
/// func send(_ text: String, to person: String, through ledger: Ledger) async throws -> Bool {
///     var request = SendRequest()
///     request.account = "+27000000001"
///     request.person = person
///     request.text = text
///     request.key = "order-1041"
///     request.attempt = "try \(UInt64.random(in: .min ... .max))"  // Anew for each try.
///     let answer = try await ledger.ask(PreparedRequest(request))
///     guard let reservation = answer.reservation else {
///         // Wait until answer.decision.retryAt, or give it up where there is none.
///         return false
///     }
///     var report = SendReport(reservation, .attempted)
///     report.attempt = request.attempt
///     guard try await ledger.report(report).go else { return false }
///     report.outcome = .accepted
///     report.message = "wamid.1"  // What the provider answered.
///     _ = try await ledger.report(report)
///     return true
/// }
///
/// /// Hands out what waits for a role, three at a time.
/// func work(through ledger: Ledger) async throws -> [String] {
///     var message = SendRequest()
///     message.role = "qa-monitor"
///     message.person = "+27820000002"
///     message.text = "Step 3 is missing"
///     _ = try await ledger.queue(message)
///     let claimed = try await ledger.claim(Claim(role: "qa-monitor", most: 3))
///     return claimed.messages.compactMap(\.answer.request.request.text)
/// }
/// ```
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
///                   "keys" (what the log knows of that file, see VaultMark),
///                   "clock" (boot id 16, boot time 8, ledger time 8, flags 8, and both times of
///                   the first commit of the boot), "file" (what tells the log from a copy)
/// STOPPED           who stopped or paused, a line each: see MarkFile
/// log/spare         room for STOPPED on a full disk
/// log/namespace     who may be inside: see NamespaceLock
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
