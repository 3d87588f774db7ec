import { readdirSync, readFileSync } from "node:fs";
import { buckets } from "./metrics-histogram.ts";
import { type EventLoopLag, LAG_BOUNDS_S } from "./metrics-lag.ts";
import { type MetricFamily, single } from "./metrics-text.ts";

/** The process itself, under the names that all Prometheus clients give. */
export function processFamilies(lag: EventLoopLag, version: string): MetricFamily[] {
  const { user, system } = process.cpuUsage();
  return [
    {
      name: "pva_to_video_build_info",
      help: "1; the labels tell what is running.",
      type: "gauge",
      samples: [
        { value: 1, labels: { version, bun: Bun.version, platform: `${process.platform}-${process.arch}` } },
      ],
    },
    single(
      "gauge",
      "process_start_time_seconds",
      "When the process was started, since 1970.",
      performance.timeOrigin / 1000,
    ),
    single(
      "counter",
      "process_cpu_seconds_total",
      "User and system time of all threads.",
      (user + system) / 1e6,
    ),
    single(
      "gauge",
      "process_resident_memory_bytes",
      "Memory that is not swapped out.",
      process.memoryUsage.rss(),
    ),
    ...descriptors(),
    buckets(
      "pva_to_video_event_loop_lag_seconds",
      "How late alarms rang, looked at twice a second: what blocks the thread that serves everybody.",
      LAG_BOUNDS_S,
      lag.counts,
      lag.sumSeconds,
    ),
    single(
      "gauge",
      "pva_to_video_event_loop_lag_worst_seconds",
      "The longest of the last half a minute or minute.",
      lag.worstSeconds,
    ),
  ];
}

/** Open files and sockets, and how many there may be; nothing where the system does not tell, which is Linux only. */
function descriptors(): MetricFamily[] {
  try {
    const open = readdirSync("/proc/self/fd").length;
    const limit = /^Max open files\s+(\d+)/mu.exec(readFileSync("/proc/self/limits", "latin1"))?.[1];
    return [
      single("gauge", "process_open_fds", "Open file descriptors.", open),
      ...(limit === undefined
        ? []
        : [single("gauge", "process_max_fds", "Most of them that there may be.", Number(limit))]),
    ];
  } catch {
    return [];
  }
}
