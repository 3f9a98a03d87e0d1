internal import Foundation
internal import Synchronization

/// The lines a program has printed so far, and a way to wait for one that is still to come.
public final class LineStream: Sendable {
    private struct State {
        var lines: [String] = []
        var rest: [UInt8] = []
        var isFinished = false
        var waiting: [UUID: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    public init() {}

    /// All lines so far.
    public var lines: [String] { state.withLock { $0.lines } }

    /// Waits for the first line that `read` makes something of, from the first one on.
    ///
    /// - Returns: nil when the program closed the stream without such a line, or when the task was
    ///   cancelled.
    public func first<Value>(_ read: (String) -> Value?) async -> Value? {
        var next = 0
        while !Task.isCancelled {
            let (new, isFinished) = state.withLock { (Array($0.lines[next...]), $0.isFinished) }
            for line in new {
                if let value = read(line) { return value }
            }
            next += new.count
            if new.isEmpty {
                if isFinished { return nil }
                await change(after: next)
            }
        }
        return nil
    }

    /// Waits until the program has closed the stream.
    public func finished() async {
        _ = await first { _ in Never?.none }
    }

    public func take(_ bytes: [UInt8]) {
        wake { state in
            state.rest += bytes
            var parts = state.rest.split(
                separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            state.rest = Array(parts.removeLast())
            state.lines += parts.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    public func finish() {
        wake { state in
            if !state.rest.isEmpty {
                state.lines.append(String(decoding: state.rest, as: UTF8.self))
            }
            state.isFinished = true
        }
    }

    private func wake(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits until there are more lines than `count`, the stream ends or the task is cancelled.
    private func change(after count: Int) async {
        let id = UUID()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.lines.count > count || state.isFinished || Task.isCancelled {
                        return true
                    }
                    state.waiting[id] = continuation
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { $0.waiting.removeValue(forKey: id) }
            waiting?.resume()
        }
    }
}
