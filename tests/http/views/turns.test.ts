import { expect, test } from "bun:test";
import { type Sender, Turns } from "../../../server/http/views/turns.ts";

/** A socket that is full after `room` pictures, and senders whose pictures come when the test says so. */
function stage(room = 1) {
  const sent: string[] = [];
  let left = room;
  const turns = new Turns(() => left === 0);
  class Camera implements Sender {
    readonly name: string;
    /** Whether it has a picture before it is asked. */
    quick: boolean;
    /** What its reader has room for. */
    window = Infinity;
    state: "idle" | "waiting" | "coming" | "at hand" = "idle";
    asked = 0;

    constructor(name: string, quick: boolean) {
      this.name = name;
      this.quick = quick;
      turns.join(this);
    }

    get ready(): boolean {
      return this.state === "idle" && this.window > 0;
    }

    get waiting(): boolean {
      return this.state === "waiting";
    }

    ask(): boolean {
      this.asked++;
      this.state = this.quick ? "coming" : "waiting";
      return this.quick;
    }

    withdraw(): void {
      expect(this.state).toBe("waiting");
      this.state = "idle";
    }

    send(): void {
      expect(this.state).toBe("at hand");
      this.state = "idle";
      this.window--;
      left--;
      sent.push(this.name);
    }

    /** The picture that it was asked for is there. */
    come(): void {
      this.state = "at hand";
      turns.came(this);
    }
  }
  return {
    turns,
    sent,
    camera: (name: string, quick = false) => new Camera(name, quick),
    drain: () => {
      left = room;
      turns.drained();
    },
  };
}

test("a socket that takes what it is given has everybody asked, and sends in the order in which pictures come", () => {
  const { camera, sent } = stage(Infinity);
  const [a, b, c] = [camera("a"), camera("b"), camera("c")];
  for (const one of [b, a, c, c, b]) one.come();
  expect(sent).toEqual(["b", "a", "c", "c", "b"]);
  expect([a.state, b.state, c.state]).toEqual(["waiting", "waiting", "waiting"]);
});

test("a full socket keeps one sender waiting, and the others' pictures are not made", () => {
  const { camera, drain, sent } = stage();
  const [a, b, c] = [camera("a"), camera("b"), camera("c")];
  c.come();
  expect([a.state, b.state, c.state]).toEqual(["waiting", "idle", "idle"]);
  a.come();
  expect(sent).toEqual(["c"]);
  drain();
  expect(sent).toEqual(["c", "a"]);
});

test("senders that always have a picture take turns", () => {
  const { camera, drain, sent } = stage();
  const cameras = ["a", "b", "c"].map((name) => camera(name, true));
  for (let round = 0; round < 9; round++) {
    for (const one of cameras.filter(({ state }) => state === "coming")) one.come();
    drain();
  }
  const shares = ["a", "b", "c"].map((name) => sent.filter((other) => other === name).length);
  expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
  expect(sent.length).toBeGreaterThanOrEqual(9);
});

test("a sender whose pictures take long is not always beaten by one that has its pictures at once", () => {
  const { camera, drain, sent } = stage();
  const quick = camera("quick", true);
  const slow = camera("slow");
  for (let round = 0; round < 10; round++) {
    if (quick.state === "coming") quick.come();
    // The slow one's picture is ready only after the socket has been filled by the other.
    if (slow.state === "waiting") slow.come();
    drain();
  }
  expect(sent.filter((name) => name === "slow").length).toBeGreaterThanOrEqual(4);
});

test("a sender without pictures does not keep its place for ever", () => {
  const { camera, drain } = stage();
  const dead = camera("dead");
  const [a, b] = [camera("a"), camera("b")];
  a.come();
  expect(dead.state).toBe("waiting");
  drain();
  a.come();
  expect([dead.state, b.state]).toEqual(["idle", "waiting"]);
});

test("a reader that does not keep up is asked no more, and the others are", () => {
  const { camera, drain, sent, turns } = stage();
  const [a, b] = [camera("a", true), camera("b", true)];
  a.window = 2;
  for (let round = 0; round < 12; round++) {
    for (const one of [a, b]) if (one.state === "coming") one.come();
    drain();
  }
  expect(sent.filter((name) => name === "a")).toHaveLength(2);
  expect(sent.filter((name) => name === "b").length).toBeGreaterThanOrEqual(9);
  a.window = 1;
  turns.look();
  expect(a.state).toBe("coming");
});

test("a sender that leaves is neither asked nor sent", () => {
  const { camera, turns, drain, sent } = stage();
  const [a, b] = [camera("a"), camera("b")];
  a.come();
  b.come();
  turns.leave(b);
  turns.leave(a);
  drain();
  expect(sent).toEqual(["a"]);
  expect([a.asked, b.asked]).toEqual([1, 1]);
});
