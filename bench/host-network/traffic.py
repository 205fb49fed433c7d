"""traffic.py send-bulk ADDRESS PORT FLOWS | sink PORT | send-game ADDRESS PORT RATE SECONDS | receive-game PORT SECONDS

The traffic of the benchmark `host-network`, within a machine that has Python and nothing else. Sender and receiver of the game
share one clock: both run under one kernel.
"""
import json
import selectors
import socket
import struct
import sys
import time

SO_TIMESTAMPNS = 35  # include/uapi/asm-generic/socket.h, of a 64-bit machine


def send_bulk(address, port, flows):
    """Sends as much as goes on each of so many connections, for ever; one that ends is opened again."""
    chosen = selectors.DefaultSelector()

    def open_one():
        connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # What most of the world's senders use: it fills a queue until it overflows.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, b'cubic')
        connection.setblocking(False)
        connection.connect_ex((address, int(port)))
        chosen.register(connection, selectors.EVENT_WRITE)

    for _ in range(int(flows)):
        open_one()
    block = bytes(16384)
    while True:
        for key, _ in chosen.select():
            try:
                key.fileobj.send(block)
            except BlockingIOError:
                pass
            except OSError as problem:
                print('a bulk flow is opened again:', problem, file=sys.stderr)
                chosen.unregister(key.fileobj)
                key.fileobj.close()
                open_one()


def sink(port):
    """Takes whatever comes on any connection."""
    listener = socket.create_server(('0.0.0.0', int(port)), backlog=1000)
    chosen = selectors.DefaultSelector()
    chosen.register(listener, selectors.EVENT_READ)
    while True:
        for key, _ in chosen.select():
            if key.fileobj is listener:
                chosen.register(listener.accept()[0], selectors.EVENT_READ)
            elif is_over(key.fileobj):
                chosen.unregister(key.fileobj)
                key.fileobj.close()


def is_over(connection):
    """Takes what has come. A sender that is stopped in the middle may reset its connection."""
    try:
        return not connection.recv(1 << 20)
    except OSError:
        return True


def send_game(address, port, rate, seconds):
    """Packets of 120 bytes, so many a second, each with the time at which it was sent. Prints how many."""
    game = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    count = int(float(rate) * float(seconds))
    begin = time.monotonic()
    for number in range(count):
        time.sleep(max(0, begin + number / float(rate) - time.monotonic()))
        game.sendto(struct.pack('!Q', time.time_ns()) + bytes(112), (address, int(port)))
    print(count)


def receive_game(port, seconds):
    """Prints the milliseconds that each packet took, by the kernel's own stamp of its arrival."""
    game = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    game.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    game.bind(('0.0.0.0', int(port)))
    delays = []
    end = time.monotonic() + float(seconds)
    while (left := end - time.monotonic()) > 0:
        game.settimeout(left)
        try:
            data, ancillary, _, _ = game.recvmsg(2048, 64)
        except TimeoutError:
            break
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
                whole, nanoseconds = struct.unpack('@qq', value)
                arrived = whole * 1_000_000_000 + nanoseconds
                delays.append(round((arrived - struct.unpack('!Q', data[:8])[0]) / 1e6, 4))
    print(json.dumps(delays))


{'send-bulk': send_bulk, 'sink': sink, 'send-game': send_game, 'receive-game': receive_game}[sys.argv[1]](*sys.argv[2:])
