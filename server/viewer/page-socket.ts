import type { OpenSocket, PageClock } from "./stream-client.ts";

/** The browser's WebSocket to `path`, relative to the page; text and JPEGs come to the listener. */
export function pageSocket(path: string): OpenSocket {
  return (listener) => {
    const url = new URL(path, document.baseURI);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    socket.binaryType = "blob";
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") listener.text(data);
      else if (data instanceof Blob) listener.picture(data.slice(0, data.size, "image/jpeg"));
    };
    socket.onclose = ({ code, reason }) => listener.closed(code, reason);
    return () => {
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    };
  };
}

/** The browser's time. */
export const pageClock: PageClock = {
  wallTime: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};
