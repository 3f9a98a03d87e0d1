#include "CHostile.h"

#include <string.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
long hostile_syscall(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
long hostile_syscall(long number, long a, long b, long c, long d, long e, long f) {
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    register long x5 __asm__("x5") = f;
    __asm__ volatile("svc 0"
                     : "+r"(x0)
                     : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
                     : "memory");
    return x0;
}
#else
#error "the system call instruction of this architecture is not known here"
#endif

int hostile_write(int fd, const void *bytes, size_t count) {
    const char *rest = bytes;
    while (count > 0) {
        long written = hostile_syscall(SYS_write, fd, (long)rest, (long)count, 0, 0, 0);
        if (written <= 0) return 0;
        rest += written;
        count -= (size_t)written;
    }
    return 1;
}

void hostile_close(int fd) { hostile_syscall(SYS_close, fd, 0, 0, 0, 0, 0); }

void hostile_exit(int status) {
    for (;;) hostile_syscall(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

static char *append(char *end, const char *text) {
    size_t count = strlen(text);
    memcpy(end, text, count);
    return end + count;
}

static char *append_number(char *end, unsigned long number) {
    char digits[24];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    while (count > 0) *end++ = digits[--count];
    return end;
}

void hostile_report(const char *what, long result) {
    char line[256];
    int denied = result < 0 && result >= -4095;
    char *end = append(line, denied ? "denied: " : "BROKE OUT: ");
    end = append(end, what);
    end = append(end, denied ? " errno " : " returned ");
    end = append_number(end, denied ? (unsigned long)-result : (unsigned long)result);
    *end++ = '\n';
    hostile_write(2, line, (size_t)(end - line));
    hostile_exit(denied ? HOSTILE_CONTAINED : HOSTILE_BROKE_OUT);
}
