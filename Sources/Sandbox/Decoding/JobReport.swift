import ImageVocabulary

/// Where a job's progress and results go: in a child the result pipe, in a test an array.
///
/// The functions do not throw. A child whose pipe is gone has nobody left to answer, so its
/// implementation ends the process.
protocol JobReport {
    /// What the child is about to do.
    mutating func stage(_ stage: Stage)
    /// What the header says, once it is within the limits.
    mutating func facts(_ facts: ImageFacts)
    /// The next bytes of a result, at most ``Frame/largestChunk`` of them.
    mutating func output(variant: UInt8, chunk: Span<UInt8>)
    /// A result is complete.
    mutating func done(variant: UInt8, format: ImageFormat, bytes: UInt64)
}
