internal import CHostile

/// The system as the attacker reaches it: through CHostile, never through libc.
enum System {
    /// Performs an act of CHostile's tables; returns when it knows none of that name.
    static func perform(_ act: String) {
        // The C string lives for the call, which reads it to its end.
        unsafe hostile_perform(act)
    }

    /// The names of the acts in CHostile's tables.
    static var acts: [String] {
        var names: [String] = []
        // The names are constants of the program, and NULL comes behind the last.
        while let name = unsafe hostile_act(names.count) {
            names.append(unsafe String(cString: name))
        }
        return names
    }

    /// Says what a call came to, and ends the child.
    static func report(_ what: String, _ result: CLong) -> Never {
        // As in ``perform(_:)``.
        unsafe hostile_report(what, result)
    }

    /// Whether all bytes could be written.
    static func write(_ bytes: [UInt8], to descriptor: CInt) -> Bool {
        // The array's storage outlives the call, and the call reads no more than its count.
        unsafe bytes.withUnsafeBytes {
            unsafe hostile_write(descriptor, $0.baseAddress, $0.count) != 0
        }
    }

    static func exit(_ status: CInt) -> Never { hostile_exit(status) }
}
