#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int result(long value) { return value < 0 ? -errno : (int)value; }

int clinux_pipe(int *read_end, int *write_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    *read_end = ends[0];
    *write_end = ends[1];
    return 0;
}

int clinux_seqpacket_pair(int *one, int *other) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return -errno;
    *one = ends[0];
    *other = ends[1];
    return 0;
}

int clinux_memfd(const char *name) {
    return result(memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
}

int clinux_seal_all(int fd) {
    return result(
        fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
}

int clinux_reopen_read_only(int fd) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return result(open(path, O_RDONLY | O_CLOEXEC));
}

int clinux_open_beneath(int directory, const char *path) {
    struct open_how how = {
        .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
    };
    return result(syscall(SYS_openat2, directory, path, &how, sizeof how));
}

int clinux_open_directory(const char *path) {
    return result(open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

int clinux_open_path(const char *path) { return result(open(path, O_RDONLY | O_CLOEXEC)); }

int clinux_set_nonblocking(int fd) {
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0) return -errno;
    return result(fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int clinux_close_range(unsigned first, unsigned last) {
    return result(syscall(SYS_close_range, first, last, 0));
}

int clinux_dup_to(int fd, int target) { return result(dup2(fd, target)); }

int clinux_link_count(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) return -errno;
    return (int)status.st_nlink;
}

int64_t clinux_regular_file_size(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) return -errno;
    if (!S_ISREG(status.st_mode)) return -EINVAL;
    return status.st_size;
}

int clinux_is_world_readable(int fd) {
    struct stat status;
    if (fstat(fd, &status) != 0) return -errno;
    return (status.st_mode & S_IROTH) != 0;
}

int clinux_send(int socket, const void *bytes, size_t count, const int *fds, size_t fd_count,
                int dont_wait) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * CLINUX_MOST_DESCRIPTORS)];
    } control;
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > CLINUX_MOST_DESCRIPTORS) return -EINVAL;
    if (fd_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * fd_count);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &message, MSG_NOSIGNAL | (dont_wait ? MSG_DONTWAIT : 0));
    } while (sent < 0 && errno == EINTR);
    /* A peer that is gone with packets that it had not read is told as ECONNRESET, once; it is as gone
     * as any other. */
    if (sent < 0) return errno == ECONNRESET ? -EPIPE : -errno;
    return (size_t)sent == count ? 0 : -EMSGSIZE;
}

ssize_t clinux_receive(int socket, void *bytes, size_t capacity, int *fds, size_t *fd_count,
                       int dont_wait) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * CLINUX_MOST_DESCRIPTORS)];
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    size_t room = *fd_count;
    size_t stored = 0;
    int overflow = 0;
    *fd_count = 0;
    ssize_t received;
    /* ECONNRESET says once that the other end closed without reading everything. What it had sent
     * before comes next, and then the end. */
    do {
        received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (dont_wait ? MSG_DONTWAIT : 0));
    } while (received < 0 && (errno == EINTR || errno == ECONNRESET));
    if (received < 0) return -errno;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header != NULL;
         header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t index = 0; index < count; index++) {
            int fd;
            memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof fd);
            if (stored < room) {
                fds[stored++] = fd;
            } else {
                close(fd);
                overflow = 1;
            }
        }
    }
    if (overflow || (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) {
        while (stored > 0) close(fds[--stored]);
        return -EMSGSIZE;
    }
    *fd_count = stored;
    return received;
}

int clinux_send_to(const char *path, size_t path_length, const void *bytes, size_t count) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path_length == 0 || path_length > sizeof address.sun_path) return -ENAMETOOLONG;
    memcpy(address.sun_path, path, path_length);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    /* A receiver that does not read must not hold up the sender for ever. */
    struct timeval second = {.tv_sec = 1};
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path_length);
    ssize_t sent =
        sendto(fd, bytes, count, MSG_NOSIGNAL, (const struct sockaddr *)&address, length);
    int answer = sent < 0 ? -errno : (size_t)sent == count ? 0 : -EMSGSIZE;
    close(fd);
    return answer;
}
