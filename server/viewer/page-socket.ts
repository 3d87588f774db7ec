import { SharedSocket } from "./shared-socket.ts";
import type { PageClock } from "./stream-client.ts";

/** One WebSocket for as many cameras as there are. */
export function sharedPageSocket(): SharedSocket {
  return new SharedSocket((listener) => {
    const socket = socketTo("ws");
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (typeof data === "string") listener.text(data);
      else if (data instanceof ArrayBuffer) listener.binary(data);
    };
    socket.onclose = ({ code, reason }) => listener.closed(code, reason);
    return {
      send: (text) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(text);
      },
      close() {
        socket.onmessage = null;
        socket.onclose = null;
        socket.close();
      },
    };
  }, pageClock);
}

function socketTo(path: string): WebSocket {
  const url = new URL(path, document.baseURI);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(url);
}

/** The browser's time. */
export const pageClock: PageClock = {
  wallTime: () => Date.now(),
  after(milliseconds, task) {
    const timer = setTimeout(task, milliseconds);
    return () => clearTimeout(timer);
  },
};
