import ArgumentParser

/// `glovebox serve`
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves images over HTTP.",
        discussion: SandboxOptions.discussion)

    @OptionGroup
    var options: ServiceOptions

    func run() async throws {
        let loader = ConfigurationLoader(options: options.given)
        let configuration = try loader.configuration(for: .serving)
        try await ServiceRun(configuration, loader: loader).run()
    }
}
