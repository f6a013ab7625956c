/// One table of commands renders help, completion and parsing.
enum CommandLineKitRoom {}
