import Descriptors
import Glibc
import Testing

@testable import Supervisor

@Suite("The terminal's screen")
struct TerminalScreenTests {
    /// Both ends of a pseudoterminal (pty(7)).
    private struct Terminal: ~Copyable {
        let user: Descriptor
        let program: Descriptor

        static func open() throws -> Terminal {
            // The path is read within the call only.
            let user = Descriptor(taking: unsafe Glibc.open("/dev/ptmx", O_RDWR))
            // TIOCSPTLCK and TIOCGPTPEER of ioctl_tty(2), which Glibc's module lacks.
            var unlocked: CInt = 0
            // The variable is read within the call only.
            let result = unsafe ioctl(user.number, 0x4004_5431, &unlocked)
            try #require(result == 0)
            let peer = ioctl(user.number, 0x5441, O_RDWR | O_NOCTTY)
            try #require(peer >= 0)
            return Terminal(user: user, program: Descriptor(taking: peer))
        }

        /// The local modes: line by line, echo, signals.
        borrowing func localModes() -> tcflag_t {
            var settings = termios()
            // The structure is written within the call.
            _ = unsafe tcgetattr(program.number, &settings)
            return settings.c_lflag
        }

        /// What the program has written.
        borrowing func shown() throws -> String {
            String(decoding: try user.read(atMost: 4_096), as: UTF8.self)
        }
    }

    @Test("the terminal is afterwards as it was before")
    func restored() throws {
        let terminal = try Terminal.open()
        let before = terminal.localModes()
        let special = tcflag_t(ICANON | ECHO | ISIG)
        #expect(before & special == special)
        do {
            let screen = TerminalScreen(
                input: terminal.program.number, output: terminal.program.number)
            #expect(terminal.localModes() & special == 0)
            #expect(try terminal.shown() == "\u{1B}[?1049h\u{1B}[?25l")
            let isShown = screen.show("one\ntwo\n")
            #expect(isShown)
            // The terminal's line discipline adds the carriage returns.
            #expect(
                try terminal.shown() == "\u{1B}[Hone\u{1B}[K\r\ntwo\u{1B}[K\r\n\u{1B}[J")
            // A key arrives without a line feed after it, Ctrl-C among them.
            try terminal.user.writeAll([0x03].span)
            #expect(try terminal.program.read(atMost: 8) == [0x03])
        }
        #expect(terminal.localModes() == before)
        #expect(try terminal.shown() == "\u{1B}[?25h\u{1B}[?1049l")
    }

    @Test("q, Ctrl-C and Ctrl-D end it, other keys do not")
    func keys() {
        let ends = (UInt8.min...UInt8.max).filter { TerminalScreen.isEnd($0) }
        #expect(ends == [0x03, 0x04, UInt8(ascii: "Q"), UInt8(ascii: "q")])
    }
}
