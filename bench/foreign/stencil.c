// Stencil spreads heat over a grid of floats, runs cells of a game on a grid of bytes and multiplies
// matrices of integers: loops over arrays whose indices are 64-bit numbers.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAT = 400, HEAT_STEPS = 60, LIFE = 512, LIFE_STEPS = 24, MATRIX = 220 };

static void *need(size_t bytes) {
    void *memory = calloc(bytes, 1);
    if (memory == NULL) {
        fputs("stencil: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static uint64_t mix(uint64_t sum, uint64_t value) { return (sum ^ value) * 1099511628211u; }

static uint64_t heat(int64_t n) {
    double *now = need((size_t)(n * n) * sizeof *now), *then = need((size_t)(n * n) * sizeof *then);
    for (int64_t y = 0; y < n; y++)
        for (int64_t x = 0; x < n; x++)
            now[y * n + x] = then[y * n + x] = (double)((x * 7 + y * 13) % 101);
    for (int step = 0; step < HEAT_STEPS; step++) {
        for (int64_t y = 1; y < n - 1; y++)
            for (int64_t x = 1; x < n - 1; x++) {
                int64_t i = y * n + x;
                then[i] = now[i] + 0.125 * (now[i - n] + now[i + n] + now[i - 1] + now[i + 1] - 4 * now[i]);
            }
        double *swapped = now;
        now = then;
        then = swapped;
    }
    uint64_t sum = 0;
    for (int64_t i = 0; i < n * n; i++) {
        uint64_t bits;
        memcpy(&bits, &now[i], sizeof bits);
        sum = mix(sum, bits);
    }
    free(now);
    free(then);
    return sum;
}

// The grid's edges touch the opposite edges.
static uint64_t life(int64_t n) {
    uint8_t *now = need((size_t)(n * n)), *then = need((size_t)(n * n));
    uint32_t state = 7;
    for (int64_t i = 0; i < n * n; i++) {
        state = state * 1664525u + 1013904223u;
        now[i] = state >> 30 == 0;
    }
    for (int step = 0; step < LIFE_STEPS; step++) {
        for (int64_t y = 0; y < n; y++) {
            int64_t above = (y + n - 1) % n * n, row = y * n, below = (y + 1) % n * n;
            for (int64_t x = 0; x < n; x++) {
                int64_t left = (x + n - 1) % n, right = (x + 1) % n;
                int around = now[above + left] + now[above + x] + now[above + right] + now[row + left] +
                             now[row + right] + now[below + left] + now[below + x] + now[below + right];
                then[row + x] = around == 3 || (around == 2 && now[row + x]);
            }
        }
        uint8_t *swapped = now;
        now = then;
        then = swapped;
    }
    uint64_t sum = 0;
    for (int64_t i = 0; i < n * n; i++)
        sum = mix(sum, now[i]);
    free(now);
    free(then);
    return sum;
}

static uint64_t product(int64_t n) {
    int64_t *a = need((size_t)(n * n) * sizeof *a), *b = need((size_t)(n * n) * sizeof *b);
    int64_t *c = need((size_t)(n * n) * sizeof *c);
    for (int64_t i = 0; i < n * n; i++) {
        a[i] = i * 31 % 1009 - 500;
        b[i] = i * 17 % 911 - 450;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            int64_t total = 0;
            for (int64_t k = 0; k < n; k++)
                total += a[i * n + k] * b[k * n + j];
            c[i * n + j] = total;
        }
    uint64_t sum = 0;
    for (int64_t i = 0; i < n * n; i++)
        sum = mix(sum, (uint64_t)c[i]);
    free(a);
    free(b);
    free(c);
    return sum;
}

int main(void) {
    printf("heat %016" PRIx64 "\n", heat(HEAT));
    printf("life %016" PRIx64 "\n", life(LIFE));
    printf("product %016" PRIx64 "\n", product(MATRIX));
    return 0;
}
