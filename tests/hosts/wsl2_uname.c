/*
 * Copyright: (c) 2026, workstation.aws_sso contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Preloaded into every program of a host: uname(2) reports the kernel release that /proc shows there, since the
 * kernel does not allow it to be set. Uses nothing of a C library that an older Debian would lack.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

int uname(struct utsname *name)
{
    int result = syscall(SYS_uname, name);
    int file = result ? -1 : open("/proc/sys/kernel/osrelease", O_RDONLY | O_CLOEXEC);

    if (file >= 0) {
        ssize_t length = read(file, name->release, sizeof name->release - 1);

        if (length > 0)
            name->release[length] = '\0';
        name->release[strcspn(name->release, "\n")] = '\0';
        close(file);
    }
    return result;
}
