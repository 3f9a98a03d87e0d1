#include "CLinux.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const uint32_t clinux_number_tgkill = SYS_tgkill;

int clinux_seccomp_install(const void *program, uint16_t count) {
    struct sock_fprog filter = {
        .len = count,
        .filter = (struct sock_filter *)(uintptr_t)program,
    };
    long listener =
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
    return listener < 0 ? -errno : (int)listener;
}

int clinux_seccomp_receive(int listener, struct clinux_notification *notification) {
    struct seccomp_notif received;
    memset(&received, 0, sizeof received);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &received) != 0) return -errno;
    notification->id = received.id;
    notification->pid = received.pid;
    notification->number = (uint32_t)received.data.nr;
    notification->arch = received.data.arch;
    notification->instruction_pointer = received.data.instruction_pointer;
    for (int index = 0; index < 6; index++)
        notification->arguments[index] = received.data.args[index];
    return 0;
}

int clinux_seccomp_reply(int listener, uint64_t id, int code) {
    struct seccomp_notif_resp reply = {
        .id = id,
        .error = -code,
        .flags = code == 0 ? SECCOMP_USER_NOTIF_FLAG_CONTINUE : 0,
    };
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &reply) == 0 ? 0 : -errno;
}

int clinux_seccomp_is_held(int listener, uint64_t id) {
    return ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &id) == 0;
}
