import ImageVocabulary
import RequestSyntax

/// The plan that options make, as requests write them.
enum PlanParser {
    static func plan(
        options: [String], startingAt start: Plan = Plan()
    ) throws(OptionError) -> Plan {
        try OptionParser.options(options, startingAt: RequestOptions(plan: start)).plan
    }

    static func plan(
        query: some StringProtocol, startingAt start: Plan = Plan()
    ) throws(OptionError) -> Plan {
        try OptionParser.options(query: query, startingAt: RequestOptions(plan: start)).plan
    }
}
