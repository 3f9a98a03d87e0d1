internal import CLinux
internal import Descriptors
internal import Foundation
internal import Glibc

/// A program that a test started. What it prints is read all the time, so that it never waits for
/// its reader.
public final class RunningProgram: Sendable {
    public enum Ending: Equatable, Sendable {
        case status(CInt)
        case signal(CInt)
    }

    public let id: CInt
    /// Lines of standard error as they come.
    public let errors = LineStream()
    private let output = Awaited<[UInt8]>()
    private let ending = Awaited<Ending>()

    /// Starts a program with nothing but the given environment.
    ///
    /// - Parameters:
    ///   - program: its path.
    ///   - input: what it reads from standard input.
    /// - Throws: an error that names the call that failed.
    public init(
        _ program: String, _ arguments: [String], environment: [String: String] = [:],
        input: [UInt8] = []
    ) throws {
        let inputPipe = try Descriptors.Pipe()
        let outputPipe = try Descriptors.Pipe()
        let errorPipe = try Descriptors.Pipe()
        let numbers = [
            inputPipe.readEnd.number, outputPipe.writeEnd.number, errorPipe.writeEnd.number,
        ]
        id = try Program.spawn(
            path: program, arguments: [program] + arguments,
            environment: environment.map { "\($0.key)=\($0.value)" }, descriptors: numbers)
        feed(inputPipe.writeEnd.release(), input)
        drain(output: outputPipe.readEnd.release(), errors: errorPipe.readEnd.release())
        reap()
    }

    /// Sends a signal, unless the program has ended.
    public func signal(_ number: CInt) {
        if ending.current == nil { kill(id, number) }
    }

    /// Waits for the end.
    public var end: Ending {
        get async { await ending.value }
    }

    /// Everything it prints on standard output, once it has closed that.
    public var allOutput: [UInt8] {
        get async { await output.value }
    }

    private func feed(_ number: CInt, _ input: [UInt8]) {
        Thread.detachNewThread {
            // A program that does not read its input is no error: EPIPE, with SIGPIPE ignored.
            _ = clinux_ignore_sigpipe()
            try? Descriptor(taking: number).writeAll(input.span)
        }
    }

    private func drain(output outputNumber: CInt, errors errorNumber: CInt) {
        let output = output
        let errors = errors
        Thread.detachNewThread {
            output.set((try? Descriptor(taking: outputNumber).readToEnd(limit: 1 << 30)) ?? [])
        }
        Thread.detachNewThread {
            let pipe = Descriptor(taking: errorNumber)
            while let part = try? pipe.read(atMost: 1 << 16), !part.isEmpty { errors.take(part) }
            errors.finish()
        }
    }

    private func reap() {
        let id = id
        let ending = ending
        Thread.detachNewThread {
            var usage = clinux_usage()
            _ = unsafe clinux_wait(id, 0, &usage)
            // As WIFSIGNALED, WTERMSIG and WEXITSTATUS of wait(2) read it.
            let signal = usage.status & 0x7f
            ending.set(signal == 0 ? .status((usage.status >> 8) & 0xff) : .signal(signal))
        }
    }
}
