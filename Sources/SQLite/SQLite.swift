/// SQLite databases: written once as a file, from the first row to the last, or read from others.
///
/// # Basics
/// - ``Database`` makes a new file, or a private one that goes when it is closed; ``Statement`` is
///   one command of it, prepared once and run for each row.
///
/// ```swift
/// let database = try Database(path: "events.sqlite")
/// try database.run("CREATE TABLE subjects(name TEXT)")
/// let insert = try database.statement("INSERT INTO subjects VALUES (?)")
/// try insert.bind("DR1854951", at: 1)
/// try insert.run()
/// ```
///
/// # Caveats
/// - There is no journal: a file whose writing was cut short is worthless. Write it under a name
///   of its own, and rename it when it is whole.
/// - A database that others write is locked at times: a command then fails after its timeout.
/// - A database and its statements belong to one thread at a time.
import CSQLite
