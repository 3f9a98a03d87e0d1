import Glibc

/// The process's own environment, for what is no setting: variables of systemd, of the shell and of
/// container engines.
enum ProcessEnvironment {
    static func value(_ name: String) -> String? {
        // Nobody changes the environment after the start, so the text is copied undisturbed.
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
