/// A command line made from one table: parsing, help, completion and the README's list.
///
/// # Basics
/// A ``Command`` declares its words, its typed ``Option``s and ``Operand``s, and its body; a
/// ``Program`` holds all commands and runs one. A body asks its ``Arguments`` by the same keys that
/// it declared, `arguments(limit)`, and gets a value of the key's type: whatever could be wrong
/// with the words was refused before the body began. What it has to say goes to an ``Output``.
///
/// # Caveats
/// A command of two words (`policy show`) is an entry of its own; nothing nests deeper. Options
/// have long names; `-h`, `-q` and `-o` are the only short ones. Nothing here prompts.
