internal import CLinux
internal import Descriptors
internal import SandboxPolicy

/// What takes the place of the host's root: an empty file system, with copies of the mounts of
/// those folders of the host that a policy's children may read.
///
/// Copies of mounts and not of files: they cost no memory and no time, however large the fonts are.
/// Each is read-only and knows no device, no set-user-id program and no program at all. Symbolic
/// links are followed, because fontconfig's configuration and packages of fonts consist of them;
/// nobody inside can make one, and one that leads out of the root ends at nothing.
enum SealedRoot {
    /// Leaves the host's file system for good.
    ///
    /// - Returns: how many of the host's folders are there. Those that the host does not have are
    ///   left out.
    static func enter(_ root: SandboxRoot) throws(SystemError) -> Int {
        // Before the copies are made, which would pass on what is mounted in them later.
        try SystemError.check("mount /", clinux_private_mounts())
        // The new root is mounted over a folder of the host, so the copies come first: theirs may
        // be below it.
        var copies: [(path: String, mount: MountCopy)] = []
        for path in root.folders {
            guard let copy = try MountCopy(of: path) else { continue }
            copies.append((path, copy))
        }
        let steps = copies.reduce(0) { $0 + $1.path.split(separator: "/").count }
        try SystemError.check("mount tmpfs", clinux_begin_root(UInt32(steps)))
        for (path, copy) in copies {
            // The text lives for the length of the call.
            let result = unsafe clinux_attach(copy.number, String(path.dropFirst()))
            try SystemError.check("move_mount \(path)", result)
        }
        try SystemError.check("pivot_root", clinux_finish_root())
        return copies.count
    }
}

/// A sealed copy of the mounts at and below a folder, attached nowhere yet.
///
/// A class, because it sits in an array and owns a descriptor.
private final class MountCopy {
    private let descriptor: Descriptor

    /// nil where there is no such folder, or none that this account may enter.
    init?(of path: String) throws(SystemError) {
        guard let folder = try? Descriptor(opening: path, as: .directory) else { return nil }
        let copy = clinux_sealed_copy(folder.number)
        try SystemError.check("mount_setattr \(path)", copy)
        descriptor = Descriptor(taking: copy)
    }

    var number: CInt { descriptor.number }
}
