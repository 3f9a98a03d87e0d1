import ArgumentParser
import NIOCore
import NIOHTTP1

/// `glovebox health [--url URL]`
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Asks a running service whether it is ready: for health checks without a shell.",
        discussion: """
            Exits with 0 while images can be served, also by some of the policies only, else with \
            1 and a sentence on standard error. Needs no key. As a container's health check:

              HEALTHCHECK CMD ["/usr/bin/glovebox", "health"]

            \(SandboxOptions.discussion)
            """)

    @Option(help: .setting("listen", "address:port"))
    var listen: String?

    @Option(help: .init("Configuration file of the service.", valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Ask this instead, such as http://127.0.0.1:8080/health/ready.", valueName: "url"))
    var url: String?

    /// Short enough for the three tries that orchestrators usually give.
    private static let time = TimeAmount.seconds(3)

    func run() async throws { try await perform() }

    private func perform() async throws(CommandFailure) {
        let (url, path) = try address()
        let answer: OneAnswer
        do throws(OneAnswer.Failure) {
            answer = try await OneAnswer.of(
                .GET, url, path: path, within: Self.time, largest: 64 << 10)
        } catch {
            throw .failed(sentence(for: error, url))
        }
        switch answer.status {
        case 200: return
        case 503: throw .failed("The service at \(url) is not ready.")
        default:
            throw .failed(
                "\(url)\(path) answered \(answer.status), which is no answer of a health check. "
                    + "Name the service's address with --listen or --url.")
        }
    }

    private func sentence(for failure: OneAnswer.Failure, _ url: ServiceURL) -> String {
        switch failure {
        case .nobodyListens: "Nobody listens at \(url). Is the service running there?"
        case .tooSlow:
            "The service at \(url) did not answer within \(Self.time.nanoseconds / 1_000_000_000) "
                + "seconds."
        case .tooLarge: "The answer of \(url) is too long for one of a health check."
        case .broken(let what): "\(url) cannot be asked (\(what))."
        }
    }

    private func address() throws(CommandFailure) -> (ServiceURL, path: String) {
        if let url {
            guard let parsed = ServiceURL(url) else {
                throw .usage(
                    "--url is \"\(url)\", which cannot be used. Write a URL such as "
                        + "http://127.0.0.1:8080/health/ready.")
            }
            return (parsed, "")
        }
        let given = GivenOptions(values: listen.map { ["listen": $0] } ?? [:], config: config)
        let configuration = try ConfigurationLoader(options: given).configuration(for: .command)
        return (ServiceURL(listener: configuration.listen), "/health/ready")
    }
}
