/// The log, the writer, the checkpointed views: the only impure core.
enum LedgerRoom {}
