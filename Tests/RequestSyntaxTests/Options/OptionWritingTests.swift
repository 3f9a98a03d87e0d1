import Randomness
import RequestSyntax
import Testing

@Suite("Options are written back")
struct OptionWritingTests {
    @Test("what is written is read as the same options, whatever they are")
    func roundTrip() throws {
        var random = RandomOptions(random: RepeatableRandom(seed: 8))
        var rules = OptionRules()
        rules.permitsLimits = true
        var written: Set<Substring> = []
        for number in 0..<5_000 {
            let options = random.next()
            let query = options.query
            let read = try OptionParser.options(query: query, under: rules)
            #expect(read == options, "case \(number): \(query)")
            #expect(read.query == query)
            written.formUnion(query.split(separator: "&").map { $0.prefix { $0 != "=" } })
        }
        // Others say the same in shorter words, or say nothing.
        let unwritten = ["resize", "size", "adjust", "cachebuster", "preset"]
        let all = ProcessingOption.all.filter { !unwritten.contains($0.name) }
        #expect(written.map { String($0) }.sorted() == all.map(\.shortestName).sorted())
    }

    @Test("no options are written as nothing")
    func nothing() {
        #expect(RequestOptions().query.isEmpty)
    }

    @Test("every sample is written back", arguments: OptionSample.good)
    func samples(_ sample: OptionSample) throws {
        let query = sample.meaning.query
        #expect(try OptionParser.options(query: query, under: OptionSample.rules) == sample.meaning)
    }
}
