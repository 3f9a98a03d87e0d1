internal import CLinux
internal import Glibc

/// One end of a pair of connected sockets that keep packet boundaries and pass descriptors
/// (unix(7): SOCK_SEQPACKET, SCM_RIGHTS).
///
/// Sending is safe from any thread, a packet is one system call. Only one thread receives.
public struct PacketSocket: ~Copyable, Sendable {
    /// The socket, for poll(2).
    public let descriptor: Descriptor

    /// Takes over an open socket of this kind.
    public init(taking descriptor: consuming Descriptor) {
        self.descriptor = descriptor
    }

    /// A connected pair.
    @frozen public struct Pair: ~Copyable, Sendable {
        public var one: PacketSocket
        public var other: PacketSocket

        public init() throws(SystemError) {
            var one: CInt = -1
            var other: CInt = -1
            // Both out parameters are local variables.
            try SystemError.check("socketpair", unsafe clinux_seqpacket_pair(&one, &other))
            self.one = PacketSocket(taking: Descriptor(taking: one))
            self.other = PacketSocket(taking: Descriptor(taking: other))
        }
    }

    /// Sends one packet, with copies of `descriptors`, which stay the caller's.
    ///
    /// - Parameter waiting: whether to wait for room; otherwise EAGAIN when there is none.
    /// - Throws: EPIPE when the other end is closed.
    public borrowing func send(
        _ bytes: [UInt8], descriptors: [CInt] = [], waiting: Bool = true
    ) throws(SystemError) {
        // Both arrays live for the length of the call.
        let result = unsafe clinux_send(
            descriptor.number, bytes, bytes.count, descriptors, descriptors.count,
            waiting ? 0 : 1)
        try SystemError.check("sendmsg", result)
    }

    /// Receives one packet of at most `capacity` bytes.
    ///
    /// - Parameter waiting: whether to wait for one; otherwise EAGAIN when there is none.
    /// - Returns: the packet; one without bytes is the end of the conversation.
    /// - Throws: EMSGSIZE for a packet or descriptor list that does not fit; its descriptors are
    ///   closed then.
    public borrowing func receive(
        atMost capacity: Int, waiting: Bool
    ) throws(SystemError) -> Packet {
        var numbers = [CInt](repeating: -1, count: Int(CLINUX_MOST_DESCRIPTORS))
        var numberCount = numbers.count
        var result = 0
        let number = descriptor.number
        // recvmsg writes at most `capacity` bytes into the new array and at most
        // CLINUX_MOST_DESCRIPTORS numbers into the other.
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            result = unsafe clinux_receive(
                number, buffer.baseAddress, capacity, &numbers, &numberCount, waiting ? 0 : 1)
            count = max(0, result)
        }
        guard result >= 0 else { throw SystemError("recvmsg", CInt(-result)) }
        return Packet(
            bytes: bytes, descriptors: DescriptorList(taking: Array(numbers.prefix(numberCount))))
    }

    /// A packet and the descriptors that came with it.
    @frozen public struct Packet: ~Copyable, Sendable {
        /// Empty at the end of the conversation.
        public let bytes: [UInt8]
        /// What came along, in order.
        public var descriptors: DescriptorList
    }
}

/// Descriptors in order; what nobody takes is closed with the list.
public struct DescriptorList: ~Copyable, Sendable {
    private var numbers: [CInt]

    init(taking numbers: [CInt]) { self.numbers = numbers }

    deinit { for number in numbers { _ = Glibc.close(number) } }

    /// How many are left.
    public var count: Int { numbers.count }

    /// Takes the first one out of the list.
    public mutating func takeFirst() -> Descriptor? {
        numbers.isEmpty ? nil : Descriptor(taking: numbers.removeFirst())
    }
}
