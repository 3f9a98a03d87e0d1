import Glibc
import SandboxPolicy
import Testing

@testable import Supervisor

/// Each environment by what it is known to show: files as the engines and kernels write them.
@Suite("What stands in a layer's way is recognised")
struct HostFactsTests {
    private static let filtered = "Name:\tglovebox\nSeccomp:\t2\nSeccomp_filters:\t1\n"
    private static let seccomp = "--security-opt seccomp=unconfined"
    private static let appArmor = "--security-opt apparmor=unconfined"

    private func remedies(
        _ files: [String: String], _ layer: Layer = .userNamespace, _ code: Int32 = EPERM,
        isPod: Bool = false
    ) -> [Remedy] {
        HostFacts(files: files, isPod: isPod).remedies(for: layer, code: code, in: Posture())
    }

    @Test(
        "Docker, by its marker, its control group or its mounts",
        arguments: [
            ["/.dockerenv": ""],
            ["/proc/1/cgroup": "12:pids:/docker/4f1c\n0::/docker/4f1c\n"],
            [
                "/proc/self/mountinfo":
                    "606 605 8:1 /var/lib/docker/containers/4f1c/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n"
            ],
        ])
    func docker(_ shown: [String: String]) {
        var files = shown
        #expect(HostFacts(files: files).engine == .docker)
        #expect(remedies(files).map(\.line) == ["docker run \(Self.seccomp) \(Self.appArmor)"])
        files["/proc/self/status"] = Self.filtered
        #expect(remedies(files).map(\.line) == ["docker run \(Self.seccomp)"])
        files["/proc/self/attr/current"] = "docker-default (enforce)\n"
        for layer in [Layer.userNamespace, .mountNamespace, .emptyRoot, .childUserNamespace] {
            #expect(
                remedies(files, layer, EACCES).map(\.line)
                    == ["docker run \(Self.seccomp) \(Self.appArmor)"])
        }
        #expect(remedies(files)[0].cause.contains("Docker"))
    }

    @Test("a machine that runs containers is not taken for one")
    func host() {
        let files = [
            "/proc/self/mountinfo": """
            22 1 8:1 / / rw - ext4 /dev/sda1 rw
            90 22 0:50 / /var/lib/docker/overlay2/4f1c/merged rw - overlay overlay rw
            91 22 0:51 / /var/lib/kubelet/pods/77/volumes/x rw - tmpfs tmpfs rw
            """,
            "/proc/1/cgroup": "0::/init.scope\n",
        ]
        #expect(HostFacts(files: files).engine == nil)
    }

    @Test("Podman, whose own filter allows namespaces, by what else confines the container")
    func podman() {
        var files = ["/run/.containerenv": "", "/proc/self/status": "Seccomp:\t0\n"]
        #expect(HostFacts(files: files).engine == .podman)
        #expect(remedies(files).allSatisfy { $0.line?.hasPrefix("podman") != true })
        files["/proc/self/attr/current"] = "system_u:system_r:container_t:s0:c1,c2\0"
        #expect(
            remedies(files, .emptyRoot, EACCES).map(\.line)
                == ["podman run --security-opt label=disable"])
        files["/proc/self/attr/current"] = "containers-default-0.44.0 (enforce)\n"
        files["/proc/self/status"] = Self.filtered
        #expect(remedies(files).map(\.line) == ["podman run \(Self.seccomp) \(Self.appArmor)"])
    }

    @Test("Kubernetes, before the engine below it")
    func kubernetes() {
        let files = ["/.dockerenv": "", "/proc/self/status": Self.filtered]
        #expect(
            remedies(files, isPod: true).map(\.line)
                == ["securityContext: {seccompProfile: {type: Unconfined}}"])
        let confined = ["/proc/self/attr/current": "cri-containerd.apparmor.d (enforce)\n"]
        #expect(
            remedies(confined, .emptyRoot, EACCES, isPod: true).map(\.line)
                == [
                    "securityContext: {seccompProfile: {type: Unconfined}, "
                        + "appArmorProfile: {type: Unconfined}}"
                ])
        let pods = "9:pids:/kubepods/burstable/pod77/4f1c\n"
        #expect(HostFacts(files: ["/proc/1/cgroup": pods]).engine == .kubernetes)
    }

    @Test("Ubuntu's restriction, at whichever namespace it shows")
    func ubuntu() {
        let files = ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n"]
        for layer in [Layer.userNamespace, .pidNamespace, .mountNamespace, .emptyRoot] {
            for code in [EPERM, EACCES] {
                let found = remedies(files, layer, code)
                #expect(
                    found.map(\.line)
                        == ["sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"])
                #expect(found[0].cause.contains("Ubuntu"))
                #expect(found[0].place == "As root")
            }
        }
        let off = ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "0\n"]
        #expect(remedies(off).allSatisfy { $0.line?.contains("apparmor") != true })
    }

    @Test("a container on Ubuntu needs both lines, one of them on the host")
    func ubuntuInDocker() {
        let found = remedies([
            "/.dockerenv": "",
            "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1\n",
        ])
        #expect(found.count == 2)
        #expect(found[0].place == "As root on the host")
        #expect(found[1].line?.hasPrefix("docker run") == true)
    }

    @Test("Debian's switch")
    func debian() {
        let found = remedies(["/proc/sys/kernel/unprivileged_userns_clone": "0\n"])
        #expect(found.map(\.line) == ["sysctl -w kernel.unprivileged_userns_clone=1"])
    }

    @Test("the limit on each kind of namespace, by its own sysctl")
    func limits() {
        let found = remedies(["/proc/sys/user/max_user_namespaces": "0\n"], .userNamespace, ENOSPC)
        #expect(found.map(\.line) == ["sysctl -w user.max_user_namespaces=100000"])
        #expect(found[0].cause.contains("switched off"))
        let reached = remedies(
            ["/proc/sys/user/max_net_namespaces": "96365\n"], .networkNamespace, ENOSPC)
        #expect(reached.map(\.line) == ["sysctl -w user.max_net_namespaces=192730"])
        #expect(reached[0].cause.contains("reached"))
    }

    @Test("a filter that a service manager has set, where there is no container")
    func serviceManager() {
        let found = remedies(["/proc/self/status": Self.filtered])
        #expect(found.map(\.line) == ["RestrictNamespaces=no"])
        #expect(found[0].cause.contains("systemd"))
    }

    @Test("a kernel without the namespace, and one where nothing is found")
    func kernel() {
        #expect(remedies([:], .cgroupNamespace, EINVAL)[0].cause.contains("kernel"))
        #expect(remedies([:]).map(\.line) == ["unshare --user --map-root-user true"])
    }

    @Test("a layer that hangs on another says so instead of blaming the engine")
    func dependent() {
        var posture = Posture()
        posture.set(.userNamespace, .unsupported, detail: 28)
        posture.set(.mountNamespace, .enforced)
        let machine = HostFacts(files: ["/.dockerenv": ""])
        let found = machine.remedies(for: .networkNamespace, code: EPERM, in: posture)
        #expect(found.map(\.text) == ["Needs 'User namespace', which is missing too."])
        posture.set(.userNamespace, .enforced)
        let own = machine.remedies(for: .emptyRoot, code: EPERM, in: posture)
        #expect(own[0].line?.hasPrefix("docker run") == true)
    }

    @Test("there is a remedy for every layer, whatever the kernel answered")
    func complete() {
        for layer in Layer.allCases {
            for code in [0, EPERM, EACCES, ENOSYS, EINVAL, ENOSPC, EBUSY, ENOENT] {
                let found = remedies([:], layer, code)
                #expect(!found.isEmpty && found.allSatisfy { !$0.text.isEmpty })
            }
        }
    }
}
