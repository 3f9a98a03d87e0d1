import Testing

/// The parent of every suite that runs jobs. One at a time, because libvips keeps its error text
/// once for a process.
@Suite("The image engine", .serialized)
struct EngineTests {}
