/// The options that every command takes, before or after its name.
public enum Global {
    /// The ledger's folder; nil where it is to be found.
    public static let ledger = Option<String?>.text(
        "ledger", "DIR", environment: "LEDGER_DIR",
        "The ledger's folder; without it .ledger, ./ledger-data, ~/.config/ledger/config.yaml")
    /// Results as JSON, one object a line.
    public static let json = Option.flag("json", "Print results as JSON, one object a line")
    /// No messages and no progress.
    public static let quiet = Option.flag(
        "quiet", short: "q", "Print no messages and no progress; errors remain")
    /// No colours, even on a terminal.
    public static let noColor = Option.flag("no-color", "Print no colours, even on a terminal")
    /// The time of a driven clock.
    public static let now = Option<String?>.text(
        "now", "T", "Move a development ledger's clock forward to T (RFC 3339)")
    /// Help instead of work.
    public static let help = Option.flag("help", short: "h", "Print help and do nothing")
    /// The version instead of work.
    public static let version = Option.flag("version", "Print the version and do nothing")

    /// All of them, in the order of help.
    static let all: [OptionDeclaration] = [
        ledger.declaration, json.declaration, quiet.declaration, noColor.declaration,
        now.declaration, help.declaration, version.declaration,
    ]
}
