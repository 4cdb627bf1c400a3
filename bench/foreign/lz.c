// Lz packs a text by replacing repeats with a distance and a length, found by chains of hashes, and
// unpacks the result: loads of bytes, short copies, branches that depend on data.

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 3 << 20, WINDOW = 1 << 15, HASHES = 1 << 14, SHORTEST = 4, LONGEST = 255 + SHORTEST, TRIES = 16 };

static uint8_t text[TEXT], packed[TEXT + TEXT / 8 + 16], unpacked[TEXT];
static int32_t newest[HASHES], before[WINDOW];

static uint64_t state = 99;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

// write_text makes words out of few letters and repeats earlier parts now and then.
static void write_text(void) {
    size_t at = 0;
    while (at < TEXT) {
        size_t left = TEXT - at;
        if (at > 4096 && next() % 4 == 0) {
            size_t length = 6 + next() % 40, from = at - 64 - next() % 4000;
            if (length > left)
                length = left;
            memcpy(text + at, text + from, length);
            at += length;
            continue;
        }
        for (uint32_t letters = 2 + next() % 8; letters > 0 && at < TEXT; letters--)
            text[at++] = "etaoinshrdlu"[next() % 12];
        if (at < TEXT)
            text[at++] = ' ';
    }
}

static uint32_t hash_at(size_t at) {
    uint32_t four;
    memcpy(&four, text + at, sizeof four);
    return four * 2654435761u >> (32 - 14);
}

static void remember(size_t at) {
    if (at + sizeof(uint32_t) > TEXT)
        return;
    uint32_t hash = hash_at(at);
    before[at % WINDOW] = newest[hash];
    newest[hash] = (int32_t)at;
}

static size_t same(size_t a, size_t b) {
    size_t most = TEXT - b < LONGEST ? TEXT - b : LONGEST, length = 0;
    while (length < most && text[a + length] == text[b + length])
        length++;
    return length;
}

// Each group of eight items begins with a byte that says which of them are repeats.
static size_t pack(void) {
    size_t out = 0, at = 0, flags = 0;
    for (int item = 0; at < TEXT; item = (item + 1) % 8) {
        if (item == 0) {
            flags = out++;
            packed[flags] = 0;
        }
        size_t best = 0, distance = 0;
        if (at + sizeof(uint32_t) <= TEXT) {
            int32_t found = newest[hash_at(at)];
            for (int tries = 0; tries < TRIES && found >= 0 && at - (size_t)found < WINDOW; tries++) {
                size_t length = same((size_t)found, at);
                if (length > best) {
                    best = length;
                    distance = at - (size_t)found;
                }
                found = before[found % WINDOW];
            }
        }
        if (best < SHORTEST) {
            packed[out++] = text[at];
            remember(at++);
            continue;
        }
        packed[flags] |= (uint8_t)(1 << item);
        packed[out++] = (uint8_t)distance;
        packed[out++] = (uint8_t)(distance >> 8);
        packed[out++] = (uint8_t)(best - SHORTEST);
        for (size_t end = at + best; at < end; at++)
            remember(at);
    }
    return out;
}

static size_t unpack(size_t size) {
    size_t at = 0, out = 0;
    while (at < size) {
        uint8_t flags = packed[at++];
        for (int item = 0; item < 8 && at < size; item++) {
            if ((flags >> item & 1) == 0) {
                unpacked[out++] = packed[at++];
                continue;
            }
            size_t distance = packed[at] | (size_t)packed[at + 1] << 8, length = packed[at + 2] + SHORTEST;
            at += 3;
            if (distance >= length)
                memcpy(unpacked + out, unpacked + out - distance, length);
            else
                for (size_t i = 0; i < length; i++)
                    unpacked[out + i] = unpacked[out + i - distance];
            out += length;
        }
    }
    return out;
}

int main(void) {
    write_text();
    memset(newest, 0xff, sizeof newest);
    size_t size = pack();
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = (sum ^ packed[i]) * 1099511628211u;
    if (unpack(size) != TEXT || memcmp(text, unpacked, TEXT) != 0) {
        fputs("lz: unpacked text differs\n", stderr);
        return 1;
    }
    printf("%d bytes in %zu, %016" PRIx64 "\n", TEXT, size, sum);
    return 0;
}
