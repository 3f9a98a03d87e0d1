/* Asks the kernel what a filter program does with calls, without carrying any of them out.
 *
 * A child stacks a filter of its own under the program, and the kernel takes the lower of the two
 * actions: kill < trap < errno < notify < trace < log < allow. Each call is made under two of them.
 *
 * Under RET_TRACE without a tracer a call that the program lets pass fails with ENOSYS. That is also
 * what a program may answer itself, so it is made again under RET_ERRNO with a marker. The older
 * filter's errno does not replace the program's own, so the marker appears where the program let the
 * call pass, and the program's ENOSYS stays. The marker alone would not do: it is lower than notify
 * and hides it. */
#include "probe.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Errnos that neither a policy nor the kernel uses. */
enum { marker = 4094, notified = 4093 };

static _Noreturn void stop(const char *what) {
    perror(what);
    exit(1);
}

static void *read_exactly(size_t size) {
    char *bytes = malloc(size + 1);
    if (bytes == NULL) stop("malloc");
    if (fread(bytes, 1, size, stdin) != size) stop("request");
    return bytes;
}

/* Answers the one call that is held, and writes down that it was. */
static void answer(int listener, const struct probe_job *job) {
    struct seccomp_notif held;
    memset(&held, 0, sizeof held);
    /* The child may have died in the meantime. */
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &held) != 0) return;
    const struct probe_call *call = &job->calls[job->board->next];
    if ((uint32_t)held.data.nr != call->number) stop("another call was held");
    job->board->verdicts[job->board->next] = (struct probe_verdict){PROBE_NOTIFIED, 0};
    struct seccomp_notif_resp response = {.id = held.id, .error = -notified};
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) != 0 && errno != ENOENT) {
        stop("SECCOMP_IOCTL_NOTIF_SEND");
    }
}

/* Starts a child, serves its listener until it has ended, and says how it ended. */
static int run_child(const struct probe_job *job) {
    int pidfd = -1;
    long pid = syscall(__NR_clone, CLONE_FILES | CLONE_PIDFD | SIGCHLD, NULL, &pidfd, NULL, NULL);
    if (pid < 0) stop("clone");
    if (pid == 0) probe_child(job);
    struct pollfd watched[2] = {{.fd = pidfd, .events = POLLIN}, {.fd = -1, .events = POLLIN}};
    for (;;) {
        if (watched[1].fd < 0 && job->board->listener != 0) {
            watched[1].fd = (int)job->board->listener - 1;
        }
        /* Until there is a listener nothing wakes this up when there is one. */
        if (poll(watched, 2, watched[1].fd < 0 ? 1 : -1) < 0 && errno != EINTR) stop("poll");
        if (watched[1].revents & POLLIN) answer(watched[1].fd, job);
        if (watched[0].revents & POLLIN) break;
    }
    int status = 0;
    if (waitpid((pid_t)pid, &status, 0) < 0) stop("waitpid");
    close(pidfd);
    if (job->board->listener != 0) close((int)job->board->listener - 1);
    return status;
}

/* What it means that a call ended the child. */
static uint32_t ended(int signal, const struct probe_call *call) {
    if (signal == SIGSYS) return PROBE_KILLED;
    if (signal == SIGSEGV && call->manner == 1) return PROBE_NO_SUCH_MANNER;
    if (signal == SIGILL) return PROBE_CARRIED_OUT;
    stop("a child ended unexpectedly");
}

/* Makes every call under one stacked filter. A call that ends a child is followed by a new child. */
static void probe(struct probe_job *job) {
    struct probe_board *board = job->board;
    while (board->next < job->count) {
        board->listener = 0;
        board->is_done = 0;
        int status = run_child(job);
        if (board->failure != 0) {
            errno = (int)board->failure;
            stop("a child could not be set up");
        }
        if (board->is_done) return;
        struct probe_verdict *verdict = &board->verdicts[board->next];
        if (verdict->kind == 0) {
            int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
            verdict->kind = ended(signal, &job->calls[board->next]);
        }
        board->next++;
    }
}

static struct probe_board *make_board(uint32_t calls) {
    size_t size = sizeof(struct probe_board) + (calls + 1) * sizeof(struct probe_verdict);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) stop("mmap");
    return memory;
}

int main(void) {
    struct probe_header *header = read_exactly(sizeof *header);
    struct probe_job job = {.instructions = (uint16_t)header->instructions, .count = header->calls};
    job.program = read_exactly((size_t)header->instructions * 8);
    job.calls = read_exactly((size_t)header->calls * sizeof(struct probe_call));
    struct probe_board *traced = job.board = make_board(job.count);
    job.stacked = SECCOMP_RET_TRACE;
    probe(&job);
    struct probe_board *marked = job.board = make_board(job.count);
    job.stacked = SECCOMP_RET_ERRNO | marker;
    probe(&job);
    for (uint32_t index = 0; index < job.count; index++) {
        struct probe_verdict verdict = traced->verdicts[index];
        struct probe_verdict other = marked->verdicts[index];
        int is_enosys = verdict.kind == PROBE_ERRNO && verdict.data == ENOSYS;
        int is_marked = other.kind == PROBE_ERRNO && other.data == marker;
        if (is_enosys && is_marked) verdict = (struct probe_verdict){PROBE_PASSED, 0};
        /* Every other verdict has to be the same both times, but for those that stand above errno:
         * notify, and an action that the kernel does not know, which kills. */
        if (verdict.kind == PROBE_KILLED && is_marked) other = verdict;
        int is_hidden = verdict.kind == PROBE_NOTIFIED || verdict.kind == PROBE_PASSED;
        int is_same = verdict.kind == other.kind && verdict.data == other.data;
        if (is_hidden ? !is_marked : !is_same) {
            errno = 0;
            stop("two verdicts on one call");
        }
        fwrite(&verdict, sizeof verdict, 1, stdout);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
