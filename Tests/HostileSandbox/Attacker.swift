internal import CHostile
internal import Sandbox
internal import WireProtocol

/// What stands where the decoder stood after an exploit: code of an attacker's choice, run in a
/// real child, behind every layer that a real child has.
///
/// An image that ends in `GLOVEBOX-ACT:<name>` and a line feed names the act; every other image is
/// decoded as usual, so that healthy neighbours come from the same zygote.
enum Attacker: Decoding {
    static func decode(
        _ job: JobMessage, input: UnsafeRawBufferPointer, genuine: () -> Void
    ) {
        // The supervisor sealed the input before the job came: its bytes stay mapped and unchanged.
        let image = unsafe [UInt8](input)
        guard let act = actName(of: image) else { return genuine() }
        if let conversation = Conversation.all[act] {
            conversation(Speaker(job: job, image: image))
            System.exit(0)
        }
        System.perform(act)
        System.exit(HOSTILE_UNKNOWN)
    }

    private static func actName(of image: [UInt8]) -> String? {
        let mark = Array("GLOVEBOX-ACT:".utf8)
        let tail = image.suffix(80)
        guard tail.last == UInt8(ascii: "\n"),
            let start = tail.indices.last(where: { tail[$0...].starts(with: mark) })
        else { return nil }
        return String(decoding: tail[start...].dropFirst(mark.count).dropLast(), as: UTF8.self)
    }
}
