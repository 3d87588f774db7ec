// Many viewers of one multipart stream in one thread, at little cost: what is not looked at is dropped in the kernel
// (MSG_TRUNC), so that nothing is copied and the machine is left to the server.
//
//     viewers PORT PATH COUNT SECONDS MODE [BYTES_PER_SECOND]
//
// MODE   take    read all, look at nothing
//        parts   read all, count pictures, take their ages from X-Timestamp
//        rate    the same at BYTES_PER_SECOND for each viewer
//        stall   ask, never read
//        socket  take, as WebSockets
//
// Connects, prints "ready", lets 1 s pass, measures for SECONDS, prints one line of JSON. The server is on loopback.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define WARM_UP_S 1.0
#define TICK_MS 2
#define HEAD_BYTES 4096
#define MAX_AGES 4000000

enum mode { TAKE, PARTS, RATE, STALL, SOCKET };

struct viewer {
  int fd;
  long bytes, pictures;
  double allowance;          // bytes it may still read (RATE)
  long body;                 // bytes of the picture that have not come yet
  double stamp;              // X-Timestamp of that picture, 0 without
  int in_body, head_length;  // reading a picture, or header lines
  char head[HEAD_BYTES];
};

static enum mode mode;
static double rate;
static int measuring;
static float *ages;
static long age_count;
static char buffer[1 << 20];

static double clock_s(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// A whole picture is here: its age is what has passed since the camera stamped it, on this machine's clock.
static void picture(struct viewer *v) {
  if (!measuring) return;
  v->pictures++;
  if (v->stamp > 0 && age_count < MAX_AGES) ages[age_count++] = (clock_s(CLOCK_REALTIME) - v->stamp) * 1000;
}

// A header block has ended: the response's own has no length, those of parts do.
static void head_ended(struct viewer *v) {
  v->head[v->head_length] = 0;
  const char *length = strcasestr(v->head, "Content-Length:");
  const char *stamp = strcasestr(v->head, "X-Timestamp:");
  v->body = length ? atol(length + 15) : 0;
  v->stamp = stamp ? atof(stamp + 12) : 0;
  v->in_body = v->body > 0;
  v->head_length = 0;
}

static void take_in(struct viewer *v, const char *bytes, long count) {
  while (count > 0) {
    if (v->in_body) {
      long taken = count < v->body ? count : v->body;
      v->body -= taken, bytes += taken, count -= taken;
      if (v->body > 0) continue;
      v->in_body = 0;
      picture(v);
      continue;
    }
    if (v->head_length == HEAD_BYTES - 1) {
      fprintf(stderr, "a header block of more than %d bytes\n", HEAD_BYTES);
      exit(1);
    }
    v->head[v->head_length++] = *bytes++, count--;
    if (v->head_length >= 4 && !memcmp(v->head + v->head_length - 4, "\r\n\r\n", 4)) head_ended(v);
  }
}

// Returns whether it is still connected.
static int receive(struct viewer *v) {
  int look = mode == PARTS || mode == RATE;
  long most = sizeof buffer;
  if (mode == RATE && v->allowance < most) most = v->allowance;
  if (most <= 0) return 1;
  long n = recv(v->fd, buffer, look ? most : 4 << 20, look ? 0 : MSG_TRUNC);
  if (n > 0) {
    if (measuring) v->bytes += n;
    v->allowance -= n;
    if (look) take_in(v, buffer, n);
    return 1;
  }
  return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static int open_viewer(int port, const char *path) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) fail("socket");
  if (connect(fd, (void *)&to, sizeof to)) fail("connect");
  char request[2048];
  // 1.0 has no chunks, whose headers would stand amid the parts.
  int length = snprintf(request, sizeof request, "GET %s HTTP/%s\r\nHost: localhost\r\n%s\r\n", path, mode == SOCKET || mode == STALL ? "1.1" : "1.0",
                        mode == SOCKET ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                         "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                                       : "");
  if (write(fd, request, length) != length) fail("write");
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float quantile(double share) {
  if (age_count == 0) return -1;
  long at = age_count * share;
  return ages[at < age_count ? at : age_count - 1];
}

int main(int argc, char **argv) {
  if (argc < 6) return fprintf(stderr, "viewers PORT PATH COUNT SECONDS MODE [BYTES_PER_SECOND]\n"), 2;
  static const char *names[] = {"take", "parts", "rate", "stall", "socket"};
  int port = atoi(argv[1]), count = atoi(argv[3]), known = 0;
  double seconds = atof(argv[4]);
  for (int i = 0; i < 5; i++)
    if (!strcmp(argv[5], names[i])) mode = i, known = 1;
  rate = argc > 6 ? atof(argv[6]) : 0;
  if (!known || (mode == RATE) != (rate > 0)) return fprintf(stderr, "no such mode\n"), 2;

  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  struct viewer *viewers = calloc(count, sizeof *viewers);
  ages = malloc(MAX_AGES * sizeof *ages);
  int poll = epoll_create1(0), closed = 0;
  for (int i = 0; i < count; i++) {
    viewers[i].fd = open_viewer(port, argv[2]);
    // A stalled viewer is not even told that there is something to read, only that it has been hung up on.
    struct epoll_event wish = {.events = mode == STALL || mode == RATE ? EPOLLRDHUP : EPOLLIN, .data.u32 = i};
    epoll_ctl(poll, EPOLL_CTL_ADD, viewers[i].fd, &wish);
  }
  printf("ready\n");
  fflush(stdout);

  double began = clock_s(CLOCK_MONOTONIC), from = began + WARM_UP_S, end = from + seconds, last = began, cpu = 0;
  struct epoll_event events[256];
  for (;;) {
    double now = clock_s(CLOCK_MONOTONIC);
    if (now >= end) break;
    if (!measuring && now >= from) measuring = 1, from = now, cpu = clock_s(CLOCK_PROCESS_CPUTIME_ID);
    int ready = epoll_wait(poll, events, 256, mode == RATE ? TICK_MS : 20);
    for (int i = 0; i < ready; i++) {
      struct viewer *v = &viewers[events[i].data.u32];
      int here = events[i].events & EPOLLIN ? receive(v) : !(events[i].events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP));
      if (here) continue;
      epoll_ctl(poll, EPOLL_CTL_DEL, v->fd, 0);
      close(v->fd);
      v->fd = -1;
      closed++;
    }
    if (mode != RATE) continue;
    now = clock_s(CLOCK_MONOTONIC);
    for (int i = 0; i < count; i++) {
      struct viewer *v = &viewers[i];
      v->allowance += (now - last) * rate;
      // What a tick leaves is not saved up: the line is slow all the time.
      if (v->allowance > rate * 0.05) v->allowance = rate * 0.05;
      if (v->fd >= 0) receive(v);
    }
    last = now;
  }
  double took = clock_s(CLOCK_MONOTONIC) - from;
  long bytes = 0, pictures = 0, least = -1, most = 0;
  for (int i = 0; i < count; i++) {
    struct viewer *v = &viewers[i];
    bytes += v->bytes, pictures += v->pictures;
    if (least < 0 || v->bytes < least) least = v->bytes;
    if (v->bytes > most) most = v->bytes;
  }
  qsort(ages, age_count, sizeof *ages, by_value);
  printf("{\"seconds\":%.3f,\"bytes\":%ld,\"leastBytes\":%ld,\"mostBytes\":%ld,\"pictures\":%ld,\"closed\":%d,\"cpuSeconds\":%.3f,"
         "\"ageMs\":{\"p50\":%.2f,\"p99\":%.2f,\"max\":%.2f}}\n",
         took, bytes, least, most, pictures, closed, clock_s(CLOCK_PROCESS_CPUTIME_ID) - cpu, quantile(0.5), quantile(0.99), quantile(1));
  return 0;
}
