"""Takes the photo of the story: photo.py FILE writes a JPEG that nobody has seen before, with a word on where it was taken."""

import random
import sys

WIDTH, HEIGHT, PLACE = 1_600, 1_200, b"GPS -6.0165 106.0400"
# What a grey picture needs of the format: lengths of codes and their values, in the order of ITU T.81.
GREYS = (0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0), range(12)
WAVES = (0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), (0x00, 0x04, 0x07)


def codes(table):
    """The code of each value, as text of zeros and ones."""
    lengths, values = table
    told, code, at = {}, 0, iter(values)
    for length, count in enumerate(lengths, 1):
        for _ in range(count):
            told[next(at)] = format(code, f"0{length}b")
            code += 1
        code <<= 1
    return told


def number(value):
    """A number's size, and its bits."""
    size = abs(value).bit_length()
    return size, format(value if value >= 0 else value + (1 << size) - 1, f"0{size}b") if size else ""


def blocks(chance):
    """Squares of eight by eight, each with a grey and two waves of its own."""
    greys, waves, before = codes(GREYS), codes(WAVES), 0
    for _ in range(WIDTH * HEIGHT // 64):
        grey = chance.randrange(-60, 60)
        size, bits = number(grey - before)
        before = grey
        yield greys[size] + bits
        for size in (4, 7):
            wave = chance.randrange(1 << (size - 1), 1 << size) * chance.choice((-1, 1))
            yield waves[size] + number(wave)[1]
        yield waves[0]


def segment(mark, body):
    return bytes((0xFF, mark)) + (len(body) + 2).to_bytes(2, "big") + body


def photo(chance):
    bits = "".join(blocks(chance))
    bits += "1" * (-len(bits) % 8)
    scan = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    frame = bytes((8, *HEIGHT.to_bytes(2, "big"), *WIDTH.to_bytes(2, "big"), 1, 1, 0x11, 0))
    return b"".join((
        b"\xff\xd8", segment(0xFE, PLACE), segment(0xDB, b"\0" + bytes((8,)) * 64), segment(0xC0, frame),
        segment(0xC4, b"\x00" + bytes(GREYS[0]) + bytes(GREYS[1])), segment(0xC4, b"\x10" + bytes(WAVES[0]) + bytes(WAVES[1])),
        segment(0xDA, bytes((1, 1, 0x00, 0, 63, 0))), scan, b"\xff\xd9",
    ))


with open(sys.argv[1], "wb") as file:
    file.write(photo(random.Random()))
