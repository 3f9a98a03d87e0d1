import Testing

@Suite("Reading sources")
struct SourceTextTests {
    @Test("an import counts under attributes, access levels, kinds and conditions")
    func importsAreFound() {
        let file = SourceText(
            path: "Sources/X/X.swift",
            text: """
                // import Commented
                import Plain
                public import Open
                @testable import Tested
                @_spi(Inner) internal import Spied
                import struct Single.Name
                import Outer.Inner
                #if canImport(Maybe)
                    import Maybe
                #endif
                let important = "import Quoted"
                """)
        #expect(
            file.imports == ["Plain", "Open", "Tested", "Spied", "Single", "Outer", "Maybe"])
    }

    @Test("a declared type is found with any modifiers, a use of its name is not")
    func typesAreFound() {
        let file = SourceText(
            path: "Sources/X/X.swift",
            text: """
                /// struct Described
                public struct Plain: ~Copyable {
                    indirect enum Nested { case one(Used) }
                }
                @available(*, deprecated) public final class Old {}
                extension Extended { typealias Alias = Used }
                private protocol Hidden {}
                """)
        #expect(file.types == ["Plain", "Nested", "Old", "Hidden"])
    }

    @Test("words in comments and literals are not code")
    func wordsAreCode() {
        let file = SourceText(
            path: "Sources/X/X.swift",
            text: #"""
                // a Task is not code
                let text = "await \"Task\" // async"
                let one = run()  // actor
                """#)
        #expect(file.words == ["let", "text", "one", "run"])
    }
}
