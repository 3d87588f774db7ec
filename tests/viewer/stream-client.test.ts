import { describe, expect, test } from "bun:test";
import { CLOSE_CODE, type StatusMessage } from "../../server/http/protocol.ts";
import { type SocketListener, StreamClient, type StreamView } from "../../server/viewer/stream-client.ts";
import { ManualClock } from "../support/manual-clock.ts";

const drops = { overrun: 0, skipped: 0, paced: 0, slow: 0, failed: 0 };

function status(state: StatusMessage["state"]): string {
  return JSON.stringify({
    type: "status",
    pv: "A",
    state,
    reason: "",
    cameraFps: 0,
    encodedFps: 0,
    viewers: 1,
    drops,
  });
}

/** A client whose sockets the test plays. `random` 0.5 makes every wait exactly its nominal length. */
function stage(random = 0.5) {
  const clock = new ManualClock();
  const sockets: { hears: SocketListener; options: object; changes: object[]; closed: boolean }[] = [];
  const views: StreamView[] = [];
  const pictures: Blob[] = [];
  const client = new StreamClient(
    (hears, options) => {
      const socket = {
        hears,
        options: Object.fromEntries(options),
        changes: [] as object[],
        closed: false,
      };
      sockets.push(socket);
      return {
        change: (others) => void socket.changes.push(Object.fromEntries(others)),
        close: () => void (socket.closed = true),
      };
    },
    new Map([["map", "jet"]]),
    clock,
    { view: (view) => views.push(view), picture: (jpeg) => pictures.push(jpeg) },
    () => random,
  );
  return {
    clock,
    sockets,
    views,
    pictures,
    client,
    hears: () => sockets.at(-1)!.hears,
    kinds: () => views.map((view) => (view.kind === "open" ? view.status.state : view.kind)),
    open: () => sockets.filter(({ closed }) => !closed).length,
  };
}

describe("a stream", () => {
  test("connects at once and tells what it hears", () => {
    const { hears, kinds, pictures } = stage();
    hears().text(status("connecting"));
    hears().text(status("live"));
    hears().picture(new Blob(["jpeg"]), () => undefined);
    expect(kinds()).toEqual(["connecting", "connecting", "live"]);
    expect(pictures).toHaveLength(1);
  });

  test("changes its options on the socket that it has, and nothing is said of it", async () => {
    const { client, clock, hears, kinds, sockets } = stage();
    hears().text(status("live"));
    client.change(new Map([["map", "grey"]]));
    expect(sockets.map(({ options, changes }) => ({ options, changes }))).toEqual([
      { options: { map: "jet" }, changes: [{ map: "grey" }] },
    ]);
    expect(kinds()).toEqual(["connecting", "live"]);
    hears().closed(1006, "");
    await clock.advance(500);
    expect(sockets.map(({ options }) => options)).toEqual([{ map: "jet" }, { map: "grey" }]);
  });

  test("asks at once when its options change after they were refused, and not while it is paused or ended", async () => {
    const { client, clock, hears, kinds, sockets } = stage();
    hears().closed(CLOSE_CODE.badOption, "map=jet is not allowed.");
    client.change(new Map([["map", "grey"]]));
    expect(sockets.map(({ options }) => options)).toEqual([{ map: "jet" }, { map: "grey" }]);
    expect(kinds()).toEqual(["connecting", "refused", "connecting"]);
    client.visible(false);
    await clock.advance(20_000);
    const before = sockets.length;
    client.change(new Map());
    expect(kinds().at(-1)).toBe("paused");
    expect(sockets).toHaveLength(before);
    client.visible(true);
    expect(sockets.at(-1)!.options).toEqual({});
    const asked = sockets.length;
    client.close();
    client.change(new Map());
    expect(sockets).toHaveLength(asked);
    expect(clock.pending).toBe(0);
  });

  test("remembers since when it is in a state", async () => {
    const { clock, hears, views } = stage();
    hears().text(status("stalled"));
    const since = clock.wallTime();
    await clock.advance(3000);
    hears().text(status("stalled"));
    expect(views.at(-1)).toMatchObject({ kind: "open", since });
    hears().text(status("live"));
    expect(views.at(-1)).toMatchObject({ kind: "open", since: since + 3000 });
  });

  test("passes over words it does not know", () => {
    const { hears, kinds } = stage();
    hears().text('{"type":"news"}');
    expect(kinds()).toEqual(["connecting"]);
  });

  test("leaves neither socket nor alarm behind when closed, in whatever state", async () => {
    for (const bring of [
      () => undefined,
      (it: ReturnType<typeof stage>) => it.hears().text(status("live")),
      (it: ReturnType<typeof stage>) => it.hears().closed(1006, ""),
      (it: ReturnType<typeof stage>) => it.hears().closed(CLOSE_CODE.notFound, ""),
      (it: ReturnType<typeof stage>) => it.client.visible(false),
    ]) {
      const it = stage();
      bring(it);
      it.client.close();
      const told = it.views.length;
      await it.clock.advance(60_000);
      expect({ pending: it.clock.pending, sockets: it.sockets.length, told: it.views.length }).toEqual({
        pending: 0,
        sockets: 1,
        told,
      });
      it.client.visible(true);
      expect(it.sockets).toHaveLength(1);
    }
  });
});

describe("a gone server", () => {
  test("is tried again soon, then ever more calmly, and said to be gone once", async () => {
    const { clock, sockets, hears, kinds } = stage();
    hears().text(status("live"));
    const waits: number[] = [];
    for (let loss = 0; loss < 6; loss++) {
      const before = sockets.length;
      hears().closed(1006, "");
      const start = clock.now();
      while (sockets.length === before) await clock.advance(250);
      waits.push(clock.now() - start);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 8000]);
    expect(kinds()).toEqual(["connecting", "live", "lost"]);
  });

  test("is tried soon again after it was back", async () => {
    const { clock, sockets, hears } = stage();
    for (let loss = 0; loss < 4; loss++) {
      hears().closed(1006, "");
      await clock.advance(8000);
    }
    hears().text(status("live"));
    hears().closed(1001, "");
    const before = sockets.length;
    await clock.advance(500);
    expect(sockets).toHaveLength(before + 1);
  });

  test("is not stormed by all pages at one moment", async () => {
    const [early, late] = [stage(0), stage(1)];
    for (const { clock, hears } of [early, late]) {
      hears().closed(1006, "");
      await clock.advance(400);
    }
    expect([early.sockets.length, late.sockets.length]).toEqual([2, 1]);
  });

  test("is noticed by its silence", async () => {
    const { clock, sockets, hears, kinds } = stage();
    hears().text(status("live"));
    await clock.advance(9000);
    hears().text(status("live"));
    await clock.advance(9999);
    expect(kinds()).not.toContain("lost");
    await clock.advance(1);
    expect(kinds().at(-1)).toBe("lost");
    expect(sockets[0]!.closed).toBe(true);
  });

  test("that takes the connection and says nothing is gone too", async () => {
    const { clock, kinds } = stage();
    await clock.advance(10_000);
    expect(kinds()).toEqual(["connecting", "lost"]);
  });
});

describe("a refused PV", () => {
  test("is asked for again now and then, and its words stand meanwhile", async () => {
    const { clock, sockets, hears, kinds, views } = stage();
    hears().text(status("connecting"));
    hears().closed(CLOSE_CODE.notFound, "No server answered.");
    const since = clock.wallTime();
    await clock.advance(4000);
    expect(sockets).toHaveLength(2);
    hears().text(status("connecting"));
    hears().closed(CLOSE_CODE.notFound, "No server answered.");
    expect(kinds()).toEqual(["connecting", "connecting", "refused", "refused"]);
    expect(views.at(-1)).toEqual({
      kind: "refused",
      code: CLOSE_CODE.notFound,
      reason: "No server answered.",
      since,
      final: false,
    });
  });

  test("is shown as soon as it is there", async () => {
    const { clock, hears, kinds } = stage();
    hears().closed(CLOSE_CODE.noImageYet, "");
    await clock.advance(2000);
    hears().text(status("connecting"));
    hears().text(status("live"));
    expect(kinds()).toEqual(["connecting", "refused", "live"]);
  });

  test("is asked for again with an option that only today's images cannot fulfil", async () => {
    const { clock, sockets, hears, views } = stage();
    hears().text(status("connecting"));
    hears().closed(CLOSE_CODE.badOption, "roi=99,99,1,1 is not allowed");
    expect(views.at(-1)).toMatchObject({ kind: "refused", final: false });
    await clock.advance(10_000);
    expect(sockets).toHaveLength(2);
    hears().text(status("connecting"));
    hears().text(status("live"));
    expect(views.at(-1)).toMatchObject({ kind: "open" });
  });

  test("is not asked for again where asking cannot help", async () => {
    const { clock, sockets, hears, views } = stage();
    hears().closed(CLOSE_CODE.badOption, "fps=-1");
    await clock.advance(600_000);
    expect(sockets).toHaveLength(1);
    expect(views.at(-1)).toMatchObject({ kind: "refused", final: true });
    expect(clock.pending).toBe(0);
  });
});

describe("a hidden page", () => {
  test("lets go of the server after a while and comes back when seen", async () => {
    const { clock, sockets, client, hears, kinds, open } = stage();
    const talk = async (seconds: number): Promise<void> => {
      for (let second = 0; second < seconds && open() > 0; second++) {
        hears().text(status("live"));
        await clock.advance(1000);
      }
    };
    client.visible(false);
    await talk(19);
    expect(open()).toBe(1);
    await talk(2);
    expect(open()).toBe(0);
    expect(clock.pending).toBe(0);
    client.visible(true);
    expect(sockets).toHaveLength(2);
    expect(kinds().slice(-2)).toEqual(["paused", "connecting"]);
  });

  test("keeps its stream over a short glance elsewhere", async () => {
    const { clock, sockets, client, hears, open } = stage();
    client.visible(false);
    await clock.advance(5000);
    client.visible(true);
    for (let second = 0; second < 30; second++) {
      hears().text(status("live"));
      await clock.advance(1000);
    }
    expect(sockets).toHaveLength(1);
    expect(open()).toBe(1);
  });

  test("does not go on asking for what is not there", async () => {
    const { clock, client, hears, sockets } = stage();
    client.visible(false);
    hears().closed(1006, "");
    await clock.advance(20_000);
    const tried = sockets.length;
    await clock.advance(600_000);
    expect(sockets).toHaveLength(tried);
    expect(clock.pending).toBe(0);
  });
});
