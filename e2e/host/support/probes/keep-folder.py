#!/usr/bin/python3
"""keep-folder.py keep: waits for an open folder on an abstract socket, which has no place among the files, and when
whoever gave it has ended makes the file `late` in it.

keep-folder.py give FOLDER: opens the folder and gives it away. Prints `given`, or `refused` when there are no such
sockets for it."""
import errno
import os
import socket
import sys

address = "\0left4me-probe-keeper"

if sys.argv[1] == "keep":
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(address)
    listener.listen()
    giver, _ = listener.accept()
    _, [folder], _, _ = socket.recv_fds(giver, 1, 1)
    giver.recv(1)
    os.close(os.open("late", os.O_WRONLY | os.O_CREAT, dir_fd=folder))
else:
    try:
        keeper = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError as error:
        if error.errno != errno.EAFNOSUPPORT:
            raise
        print("refused")
        sys.exit()
    keeper.connect(address)
    socket.send_fds(keeper, [b"x"], [os.open(sys.argv[2], os.O_RDONLY | os.O_DIRECTORY)])
    print("given")
