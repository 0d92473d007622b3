/*
 * bench/udp/flood: sends valid vehicle packets at a steady rate, and says how many the kernel took.
 *
 * flood PORT RATE SECONDS VEHICLES: datagrams of 79 bytes to 127.0.0.1, a slot of them every half
 * millisecond with sendmmsg; ids and places vary. A sender that must not itself be what is
 * measured: Node sends about 100,000 a second on a core, this more than a million.
 * Prints one line of JSON: { sent, failed, seconds }.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 79, BATCH = 512, ID_AT = 6, ID_LENGTH = 36, LON_AT = 47, LAT_AT = 60 };

static const char ID[] = "4e091396-62ae-4f3b-8715-000000000000";

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void put_double(unsigned char *at, double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  for (int i = 0; i < 8; i += 1) at[i] = (unsigned char)(bits >> (56 - 8 * i));
}

/* { ID: string, Lon: float64, Lat: float64, Emergency: false } as msgpack. */
static void put_packet(unsigned char *p, unsigned vehicle, uint64_t *chance) {
  static const unsigned char head[] = {0x84, 0xa2, 'I', 'D', 0xd9, ID_LENGTH};
  memcpy(p, head, sizeof head);
  memcpy(p + ID_AT, ID, ID_LENGTH);
  for (int at = ID_LENGTH - 1; vehicle > 0; at -= 1, vehicle /= 10) {
    p[ID_AT + at] = (unsigned char)('0' + vehicle % 10);
  }
  memcpy(p + 42, "\xa3Lon\xcb", 5);
  memcpy(p + 55, "\xa3Lat\xcb", 5);
  memcpy(p + 68, "\xa9" "Emergency\xc2", 11);
  *chance = *chance * 6364136223846793005u + 1442695040888963407u;
  put_double(p + LON_AT, ((*chance >> 40) / 16777216.0) * 360 - 180);
  *chance = *chance * 6364136223846793005u + 1442695040888963407u;
  put_double(p + LAT_AT, ((*chance >> 40) / 16777216.0) * 180 - 90);
}

static unsigned char packets[BATCH][BYTES];
static struct mmsghdr heads[BATCH];
static struct iovec parts[BATCH];

int main(int argc, char **argv) {
  if (argc != 5) {
    fputs("flood PORT RATE SECONDS VEHICLES\n", stderr);
    return 2;
  }
  const double rate = atof(argv[2]), seconds = atof(argv[3]);
  const unsigned vehicles = (unsigned)atoi(argv[4]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1]))};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  for (int i = 0; i < BATCH; i += 1) {
    parts[i] = (struct iovec){packets[i], BYTES};
    heads[i].msg_hdr = (struct msghdr){
        .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &parts[i], .msg_iovlen = 1};
  }
  uint64_t chance = 88172645463325252u, sent = 0, failed = 0;
  const int64_t began = now_ns();
  for (;;) {
    const double passed = (double)(now_ns() - began) / 1e9;
    const double until = passed < seconds ? passed : seconds;
    uint64_t due = (uint64_t)(until * rate) - (sent + failed);
    if (due == 0 && passed >= seconds) break;
    while (due > 0) {
      const unsigned some = due < BATCH ? (unsigned)due : BATCH;
      for (unsigned i = 0; i < some; i += 1) {
        put_packet(packets[i], (unsigned)((sent + i) % vehicles), &chance);
      }
      const int taken = sendmmsg(fd, heads, some, 0);
      if (taken > 0) sent += (uint64_t)taken;
      if (taken < (int)some && errno != 0) failed += some - (unsigned)(taken > 0 ? taken : 0);
      due -= some;
    }
    /* Half a millisecond: small enough that a slot is no burst, long enough to leave the core. */
    const struct timespec pause = {0, 500000};
    nanosleep(&pause, NULL);
  }
  printf("{\"sent\":%llu,\"failed\":%llu,\"seconds\":%.6f}\n", (unsigned long long)sent,
         (unsigned long long)failed, (double)(now_ns() - began) / 1e9);
  close(fd);
  return 0;
}
