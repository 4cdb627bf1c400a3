// Words counts words in a hash table with chains: short strings, pointers, allocations.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 1500000, DISTINCT = 60000, FEW = 3 };

struct entry {
    struct entry *next;
    uint32_t hash, count;
    char word[];
};

static struct entry **buckets;
static uint32_t size = 256, used;

static uint64_t state = 1;

static uint32_t next(void) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33);
}

static void *need(void *memory) {
    if (memory == NULL) {
        fputs("words: out of memory\n", stderr);
        exit(1);
    }
    return memory;
}

static uint32_t hash_of(const char *word) {
    uint32_t hash = 2166136261u;
    for (; *word != '\0'; word++)
        hash = (hash ^ (unsigned char)*word) * 16777619u;
    return hash;
}

// spell writes the word with this number: syllables, so that many words share a beginning.
static void spell(uint32_t number, char *word) {
    static const char *const syllables[] = {"ba", "ne", "shi", "go", "tru", "la", "mek", "o", "pi", "zan"};
    do {
        const char *syllable = syllables[number % 10];
        while (*syllable != '\0')
            *word++ = *syllable++;
        number /= 10;
    } while (number != 0);
    *word = '\0';
}

static void grow(void) {
    uint32_t larger = size * 2;
    struct entry **moved = need(calloc(larger, sizeof *moved));
    for (uint32_t i = 0; i < size; i++)
        for (struct entry *entry = buckets[i], *following; entry != NULL; entry = following) {
            following = entry->next;
            struct entry **bucket = &moved[entry->hash & (larger - 1)];
            entry->next = *bucket;
            *bucket = entry;
        }
    free(buckets);
    buckets = moved;
    size = larger;
}

static struct entry *find(const char *word) {
    uint32_t hash = hash_of(word);
    for (struct entry *entry = buckets[hash & (size - 1)]; entry != NULL; entry = entry->next)
        if (entry->hash == hash && strcmp(entry->word, word) == 0)
            return entry;
    if (used == size)
        grow();
    size_t length = strlen(word) + 1;
    struct entry *entry = need(malloc(sizeof *entry + length));
    memcpy(entry->word, word, length);
    struct entry **bucket = &buckets[hash & (size - 1)];
    *entry = (struct entry){*bucket, hash, 0};
    *bucket = entry;
    used++;
    return entry;
}

static void remove_rare(void) {
    for (uint32_t i = 0; i < size; i++)
        for (struct entry **link = &buckets[i]; *link != NULL;) {
            struct entry *entry = *link;
            if (entry->count > FEW) {
                link = &entry->next;
                continue;
            }
            *link = entry->next;
            free(entry);
            used--;
        }
}

static int more(const void *a, const void *b) {
    const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    return strcmp(x->word, y->word);
}

int main(void) {
    char word[64];
    buckets = need(calloc(size, sizeof *buckets));
    for (uint32_t i = 0; i < WORDS; i++) {
        // The product makes small numbers frequent, as a language's words are.
        uint64_t product = (uint64_t)(next() % DISTINCT) * (next() % DISTINCT);
        spell((uint32_t)(product / DISTINCT), word);
        find(word)->count++;
        if (i % 300000 == 299999)
            remove_rare();
    }
    struct entry **all = need(malloc(used * sizeof *all));
    uint32_t found = 0;
    for (uint32_t i = 0; i < size; i++)
        for (struct entry *entry = buckets[i]; entry != NULL; entry = entry->next)
            all[found++] = entry;
    qsort(all, found, sizeof *all, more);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < found; i++)
        sum = (sum ^ hash_of(all[i]->word) ^ all[i]->count) * 1099511628211u;
    printf("%" PRIu32 " words, most often %s, %016" PRIx64 "\n", found, all[0]->word, sum);
    return 0;
}
