import Testing

/// The reading that the other tests of this folder stand on.
@Suite struct `Blanking what is not code` {
    @Test func `keeps code and blanks comments, also nested ones`() {
        #expect(
            SwiftCode.blanked("a // b\nc /* d /* e */ f */ g") == "a     \nc                   g")
    }

    @Test func `blanks texts but not the code that they interpolate`() {
        #expect(SwiftCode.blanked("x(\"{ \\(f(\"}\")) \")y") == "x(    (f(   ))  )y")
    }

    @Test func `knows texts with number signs and of several lines`() {
        #expect(SwiftCode.blanked("#\"a\"b\"#;") == "       ;")
        #expect(SwiftCode.blanked("\"\"\"\n\" {\n\"\"\";") == "   \n   \n   ;")
    }

    @Test func `blanks names in backticks, quotes and all`() {
        #expect(SwiftCode.blanked("func `it's \"so\"`()") == "func            ()")
    }

    @Test func `finds functions and their lines, whatever their defaults hold`() {
        let code = "func a(b: () -> Int = { 1 }) {\n}\nfunc c()\ninit?(d: Int) {\n\n}\n"
        #expect(FunctionLength.all(in: code).map(\.lines) == [2, 3])
        #expect(FunctionLength.all(in: code).map(\.first) == [1, 4])
    }
}
