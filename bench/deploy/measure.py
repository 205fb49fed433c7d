"""measure.py OUTPUT PROGRAM ARGUMENT…: runs a program with what it prints in the file OUTPUT, and prints as JSON its exit
code, the seconds that it took, those of CPU, and the largest of its processes in bytes."""

import json
import resource
import subprocess
import sys
import time

output, *command = sys.argv[1:]
with open(output, "wb") as printed:
    begin = time.monotonic()
    code = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=printed, stderr=printed).returncode
    seconds = time.monotonic() - begin
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(
    json.dumps(
        {
            "exitCode": code,
            "seconds": seconds,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "largestProcess": usage.ru_maxrss * 1024,
        }
    )
)
