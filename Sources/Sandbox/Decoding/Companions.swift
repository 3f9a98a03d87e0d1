import ImageVocabulary
import WireProtocol

/// The other inputs of a job: images that are put upon the first one.
@safe
struct Companions {
    /// Each is held to the limits of the first one.
    let limits: JobLimits
    private let inputs: [(format: ImageFormat, memory: UnsafeRawBufferPointer)]

    /// No companions.
    init() {
        limits = JobLimits()
        unsafe inputs = []
    }

    /// The memory must outlive this value and every image that is opened from it.
    init(
        _ job: JobMessage, in memory: UnsafeRawBufferPointer
    ) throws(Refusal) {
        limits = job.limits
        var inputs: [(format: ImageFormat, memory: UnsafeRawBufferPointer)] = unsafe []
        for input in job.inputs {
            guard let range = input.range(in: memory.count) else { throw .outOfInput }
            // The range was found to lie within the memory.
            unsafe inputs.append((input.format, UnsafeRawBufferPointer(rebasing: memory[range])))
        }
        unsafe self.inputs = inputs
    }

    /// The input of that number, counted from 0.
    func source(_ number: UInt8) throws(Refusal) -> ImageSource {
        guard unsafe inputs.indices.contains(Int(number)) else { throw .outOfInput }
        let input = unsafe inputs[Int(number)]
        return unsafe ImageSource(input.format, input.memory)
    }
}
