/// The binary `ledger`: one table of verbs, one verb a file.
///
/// # Basics
/// - ``LedgerProgram`` holds the table; `Commands/` its verbs. A verb parses, calls the room that
///   does the work, and prints: for people, or with `--json` for programs.
/// - ``Failure`` turns the errors of all rooms into a code, a sentence and an exit code.
/// - ``CoProcess`` serves `append -`, `ask -` and `report -`: one line in, one line out, in order.
/// - `Views/` holds one sheet for each view that `state` prints.
///
/// # Caveats
/// - Results go to standard output, everything else to standard error; no verb prompts.
/// - What comes from events is escaped before a terminal sees it.
/// - A verb holds the ledger open for as long as it runs, and no longer.
