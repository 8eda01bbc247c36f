"""Clients of memcached: each adds to the same numbers, and in the end none is lost.
Then the server is told to end.

    memcached.py SOCKET
"""
import socket
import sys
import threading

CLIENTS, TIMES, NUMBERS = 8, 100, 3
wrong = []


def ask(connection, text):
    connection.sendall(text.encode() + b"\r\n")
    answer = b""
    while not answer.endswith(b"\r\n"):
        part = connection.recv(4096)
        if not part:
            raise OSError("the server has closed the connection")
        answer += part
    return answer.decode().split()


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(sys.argv[1])
    return connection


def client(number):
    try:
        connection = connect()
        own = f"own{number}"
        for i in range(TIMES):
            for k in range(NUMBERS):
                ask(connection, f"incr number{k} 1")
            ask(connection, f"set {own} 0 0 3\r\n{i:03}")
            if ask(connection, f"get {own}")[4] != f"{i:03}":
                wrong.append(own)
    except (OSError, IndexError) as error:
        wrong.append(error)


def main():
    connection = connect()
    for k in range(NUMBERS):
        ask(connection, f"set number{k} 0 0 1\r\n0")
    clients = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    for k in range(NUMBERS):
        if ask(connection, f"get number{k}")[4] != str(CLIENTS * TIMES):
            wrong.append(f"number{k}")
    connection.sendall(b"shutdown\r\n")
    sys.exit(f"wrong: {wrong}" if wrong else 0)


main()
