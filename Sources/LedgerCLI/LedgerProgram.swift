/// The command line of the ledger.
@main
enum LedgerProgram {
    static func main() async {}
}
