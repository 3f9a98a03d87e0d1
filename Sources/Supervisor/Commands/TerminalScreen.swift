import Glibc

/// A terminal that shows one screen, redrawn in place, and gives single keys. It is as it was
/// before once this value is gone.
struct TerminalScreen: ~Copyable {
    private let output: CInt
    private let input: CInt
    /// The settings of `input` before; nil when it is no terminal.
    private let before: termios?

    /// Changes to the alternate screen, and takes keys as they are pressed. Ctrl-C becomes a key,
    /// and Ctrl-Z, which would leave the shell on this screen, does nothing.
    init(input: CInt = STDIN_FILENO, output: CInt = STDOUT_FILENO) {
        self.input = input
        self.output = output
        var settings = termios()
        // Both calls use the structure within the call only.
        if unsafe tcgetattr(input, &settings) == 0 {
            before = settings
            settings.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG)
            unsafe tcsetattr(input, TCSANOW, &settings)
        } else {
            before = nil
        }
        // DECSET 1049 and DECTCEM of xterm's control sequences: alternate screen, no cursor.
        _ = StandardStreams.write("\u{1B}[?1049h\u{1B}[?25l", to: output)
    }

    deinit {
        _ = StandardStreams.write("\u{1B}[?25h\u{1B}[?1049l", to: output)
        if var before { unsafe tcsetattr(input, TCSANOW, &before) }
    }

    /// Shows lines from the top on; false when the terminal is gone.
    borrowing func show(_ text: String) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        // EL clears the rest of each line, ED what is below: no flicker, as after clearing all.
        let drawn = lines.joined(separator: "\u{1B}[K\n")
        return StandardStreams.write("\u{1B}[H\(drawn)\u{1B}[J", to: output)
    }

    /// Whether the key means that this is enough: q, Ctrl-C or Ctrl-D.
    static func isEnd(_ key: UInt8) -> Bool {
        [UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x03, 0x04].contains(key)
    }
}
