"""By how much this process grew at the most, where there is a /proc."""

import os
import re
from pathlib import Path


def reset_peak():
    """Lets the kernel count the peak anew from here on (proc(5), clear_refs); returns the memory in use."""
    if not os.path.exists("/proc/self/clear_refs"):
        return None
    Path("/proc/self/clear_refs").write_text("5")
    return memory("VmRSS")


def memory(field):
    return 1024 * int(re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
