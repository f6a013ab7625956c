import Gate
import Testing

@Suite struct `What a message says by its words alone` {
    let words = ConsentWords()

    @Test(arguments: [
        "STOP", "stop", " Stop. ", "*STOP*", "“stop”!!", "STOP 🛑", "s t o p", "ＳＴＯＰ",
        "st\u{200B}op",
        "\u{FEFF}stop\u{00AD}", "STÓP", "sto\u{0301}p", "Unsubscribe", "un-subscribe", "OPT OUT",
        "opt-out", "optout", "Opt  Out…", "quit", "END", "cancel", "Revoke", "STOPALL", "stop all",
        "\n\nstop\n",
    ])
    func `opts out`(_ text: String) {
        #expect(words.read(text)?.rule == .optOut)
    }

    @Test(arguments: [
        "STOP 12345", "stop please", "Stop it now", "cancel my order", "STOP-12345",
        "opt out please", "unsubscribe me", "stop sending messages", "quit 🙂 thanks",
    ])
    func `may opt out, where a short tail follows`(_ text: String) {
        #expect(words.read(text)?.rule == .optOutTail)
    }

    @Test(arguments: [
        "please stop", "stop, o Zé não vem", "don't stop", "stopped", "stopp", "shop", "the end",
        "bus stop 12", "stop sending me these messages", "stop this extraordinarylongword", "",
        "...", "🛑", "to p", "nonstop", "we will cancel", "\u{200B}",
    ])
    func `is a sentence and opts nobody out`(_ text: String) {
        #expect(words.read(text) == nil)
    }

    @Test func `measures a tail in words and in characters`() {
        #expect(words.read("stop " + String(repeating: "x", count: 20))?.rule == .optOutTail)
        #expect(words.read("stop " + String(repeating: "x", count: 21)) == nil)
        #expect(words.read("stop éé " + String(repeating: "ж", count: 17))?.rule == .optOutTail)
        #expect(words.read("stop éé " + String(repeating: "ж", count: 18)) == nil)
        #expect(words.read("stop a b")?.rule == .optOutTail)
        #expect(words.read("stop a b c") == nil)
    }

    @Test func `answers, opts in, asks`() {
        let expected: [(String, Reading.Rule)] = [
            ("Yes!", .yes), ("AGREE", .yes), ("accept", .yes), ("no", .no), ("Decline.", .no),
            ("START", .optIn), ("unstop", .optIn), ("support", .support), ("Help me!", .support),
            ("contact", .support), ("privacy", .privacy), ("Privacy Policy?", .privacy),
        ]
        for (text, rule) in expected { #expect(words.read(text)?.rule == rule, "\(text)") }
        for text in ["yes please", "no thanks", "start now", "support me", "help", "hello"] {
            #expect(words.read(text) == nil, "\(text)")
        }
    }

    @Test func `knows the words of a policy in any script`() {
        var own = Policy.ConsentTerms.Words()
        own.optOut = ["HOU OP", "Стоп", "إيقاف", "x"]
        own.yes = ["Ja"]
        own.support = ["stop quiz"]
        let words = ConsentWords(own)
        for text in ["hou-op!", "СТОП", "إيقاف", "X", "stop"] {
            #expect(words.read(text)?.rule == .optOut, "\(text)")
        }
        #expect(words.read("hou op asb")?.rule == .optOutTail)
        #expect(words.read("x 1")?.rule == .optOutTail)
        #expect(words.read("ja")?.rule == .yes)
        #expect(words.read("Stop quiz")?.rule == .support, "a whole message goes before a tail")
    }

    @Test func `finds the word that failed to match`() {
        #expect(words.mention(in: "please stop") == "STOP")
        #expect(words.mention(in: "I want to opt out of this") == "OPT OUT")
        #expect(words.mention(in: "stop") == nil, "it did match")
        #expect(words.mention(in: "stopped") == nil)
        #expect(words.mention(in: "hello there") == nil)
    }

    @Test func `folds what is no UTF-8 without harm`() {
        var folded: [UInt8] = []
        let bytes: [UInt8] = [0x53, 0xFF, 0x54, 0xE2, 0x80, 0x4F, 0xF0]
        #expect(FoldedWords.append(bytes.span, to: &folded))
        #expect(!folded.isEmpty)
        for length in 0..<64 {
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255) }
            var all: [UInt8] = [1]
            _ = FoldedWords.append(noise.span, to: &all)
            #expect(all.first == 1)
            #expect(words.read(Array(all.dropFirst()).span)?.rule != .optOut || length >= 3)
        }
    }

    @Test func `gives up on long texts and leaves nothing behind`() {
        var folded = Array("before".utf8)
        let long = Array(String(repeating: "stop ", count: 40).utf8)
        #expect(!FoldedWords.append(long.span, to: &folded))
        #expect(folded == Array("before".utf8))
    }
}
