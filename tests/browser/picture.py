# SPDX-License-Identifier: MIT
"""Pictures, seen from far.

picture.py grid PNG        prints how bright it is, in a grid of coarse cells, 0 to 255
picture.py like PNG GRID   whether it looks about as the grid in that file does
picture.py light PNG, dark PNG    whether most of it is
"""
import struct
import sys
import zlib

COLUMNS, ROWS = 36, 20


def read(path):
    """Width, height and rows of bytes of brightness; of 8 bits, not interlaced."""
    data = open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "no PNG"
    at, packed = 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            width, height, depth, colour = struct.unpack(">IIBB", body[:10])
            interlaced = body[12]
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    assert depth == 8 and colour in (2, 6) and not interlaced, "another kind of PNG"
    size = 3 if colour == 2 else 4
    raw, line, rows = zlib.decompress(packed), bytes(width * size), []
    for y in range(height):
        begin = y * (width * size + 1)
        line = unfilter(raw[begin], bytearray(raw[begin + 1:begin + 1 + width * size]),
                        line, size)
        rows.append([(line[x] * 3 + line[x + 1] * 6 + line[x + 2]) // 10
                     for x in range(0, width * size, size)])
    return width, height, rows


def unfilter(kind, line, above, size):
    """PNG's five filters, undone."""
    for i in range(len(line)):
        left = line[i - size] if i >= size else 0
        corner = above[i - size] if i >= size else 0
        up = above[i]
        if kind == 1:
            guess = left
        elif kind == 2:
            guess = up
        elif kind == 3:
            guess = (left + up) // 2
        elif kind == 4:
            near = left + up - corner
            guess = min((abs(near - left), 0, left), (abs(near - up), 1, up),
                        (abs(near - corner), 2, corner))[2]
        else:
            guess = 0
        line[i] = (line[i] + guess) & 255
    return line


def grid_of(path):
    width, height, rows = read(path)
    grid = []
    for row in range(ROWS):
        lines = rows[row * height // ROWS:(row + 1) * height // ROWS]
        grid.append([])
        for column in range(COLUMNS):
            left, right = column * width // COLUMNS, (column + 1) * width // COLUMNS
            cell = [value for line in lines for value in line[left:right]]
            grid[-1].append(sum(cell) // len(cell))
    return grid


def like(path, reference):
    """Other fonts move a little; a curve or a legend that is missing moves more."""
    expected = [[int(value) for value in line.split()] for line in open(reference)]
    seen = grid_of(path)
    far = sum(abs(a - b) > 24 for one, other in zip(seen, expected, strict=True)
              for a, b in zip(one, other, strict=True))
    print(f"{far} of {ROWS * COLUMNS} cells are not as bright as they should be")
    return far <= ROWS * COLUMNS // 50


def brightness(path):
    cells = [value for row in grid_of(path) for value in row]
    return sum(cells) / len(cells)


if __name__ == "__main__":
    what, picture = sys.argv[1:3]
    if what == "grid":
        for one_row in grid_of(picture):
            print(*one_row)
    else:
        sys.exit(not {"like": lambda: like(picture, sys.argv[3]),
                      "light": lambda: brightness(picture) > 190,
                      "dark": lambda: brightness(picture) < 65}[what]())
