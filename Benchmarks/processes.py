"""Processes that a measurement starts, and what the kernel says of them (proc_pid_stat(5))."""

import os
import signal
import subprocess
import time

TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


class Stop(Exception):
    """Something that ends the measurement, as a sentence."""


class Processes:
    """Everything started here ends here, by its process id."""

    def __init__(self):
        self.running = []

    def start(self, command, **options):
        # A session of its own: Ctrl-C reaches this program alone, which then ends the rest.
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.running.append(process)
        return process

    def finish(self, process, seconds):
        """Waits for the end; what was printed, and the resources (wait4) of it and its children."""
        timer = time.monotonic() + seconds
        try:
            text = process.stdout.read().decode() if process.stdout else ""
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() > timer:
                    raise Stop(f"{process.args[0]} does not end.")
                time.sleep(0.0005)
            process.returncode = os.waitstatus_to_exitcode(status)
        finally:
            if process.returncode is not None:
                self.running.remove(process)
        return text, usage

    def stop(self, process):
        if process in self.running:
            self.running.remove(process)
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                try:
                    # The group is the session made in `start`: it holds what that process started.
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
                process.wait()

    def stop_all(self):
        for process in list(self.running):
            self.stop(process)


def stat(pid):
    """The fields after the name, or None for a process that is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rsplit(")", 1)[1].split()
    except OSError:
        return None


def status_kib(pid, name):
    try:
        with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
            for line in file:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


def children_of(pids):
    """Processes whose parent is one of `pids`."""
    wanted = {str(pid) for pid in pids}
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = stat(name)
            if fields and fields[1] in wanted:
                found.append(int(name))
    return found


class Tree:
    """A supervisor, its launchers and zygotes, and their children."""

    def __init__(self, supervisor):
        self.supervisor = supervisor

    def members(self):
        launchers = children_of([self.supervisor])
        zygotes = children_of(launchers)
        return launchers, zygotes, children_of(zygotes)

    def usage(self):
        """CPU milliseconds of each kind so far, and page faults of children.

        A child's are its zygote's `cutime` and `cstime` once it is reaped. What a zygote that has
        been replaced used is counted with the children; there is no telling any more.
        """
        launchers, zygotes, children = self.members()
        total = {"supervisor": 0.0, "zygote": 0.0, "child": 0.0, "child_system": 0.0, "faults": 0}

        def add(pid, own, waited):
            fields = stat(pid)
            if fields is None:
                return
            numbers = [int(value) for value in fields[7:15]]
            total[own] += (numbers[4] + numbers[5]) * TICK_MS
            if waited:
                total[waited] += (numbers[6] + numbers[7]) * TICK_MS
                total["child_system"] += numbers[7] * TICK_MS
                total["faults"] += numbers[1]

        add(self.supervisor, "supervisor", "child")
        for pid in launchers + zygotes:
            add(pid, "zygote", "child")
        for pid in children:
            add(pid, "child", None)
        return total

    def largest_child(self, end):
        """The highest VmHWM, in KiB, of any child seen until `end`: looked at, so a lower bound."""
        launchers, zygotes, _ = self.members()
        lists = [f"/proc/{pid}/task/{pid}/children" for pid in zygotes]
        largest = 0
        while time.monotonic() < end:
            for path in lists:
                try:
                    with open(path, encoding="utf-8") as file:
                        pids = file.read().split()
                except OSError:
                    continue
                for pid in pids:
                    largest = max(largest, status_kib(pid, "VmHWM"))
            time.sleep(0.001)
        return largest

    def memory(self):
        """Resident KiB now, and the supervisor's highest."""
        _, zygotes, _ = self.members()
        return {
            "supervisor_kib": status_kib(self.supervisor, "VmRSS"),
            "supervisor_peak_kib": status_kib(self.supervisor, "VmHWM"),
            "zygote_kib": sum(status_kib(pid, "VmRSS") for pid in zygotes),
        }


def difference(after, before, images):
    """Milliseconds for each image by kind, their sum, and faults of each child."""
    images = max(1, images)
    kinds = ("supervisor", "zygote", "child")
    parts = {kind: (after[kind] - before[kind]) / images for kind in (*kinds, "child_system")}
    return {
        "cpu_ms": sum(parts[kind] for kind in kinds),
        "cpu_parts_ms": parts,
        "minor_faults": (after["faults"] - before["faults"]) / images,
    }
