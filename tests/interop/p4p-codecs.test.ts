import { afterAll, beforeAll, describe, test } from "bun:test";
import { Judge } from "../support/judge.ts";
import { findPython, type Peer, startPeer } from "../support/python.ts";
import { type Service, startService } from "../support/service.ts";
import { requireTool } from "../support/tools.ts";
import { expectSentFrames } from "./sent-frames.ts";

const python = findPython(["p4p", "PIL", "numpy", "blosc", "lz4", "bitshuffle", "h5py", "hdf5plugin"]);
const absent = requireTool(
  "Python with p4p, Pillow, blosc, lz4, bitshuffle and hdf5plugin",
  python !== undefined,
);

const FORMS = [
  "lz4",
  "lz4-of-hdf5",
  "lz4hdf5",
  "bslz4",
  "bslz4-of-hdf5",
  "zlib",
  "blosc-blosclz",
  "blosc-lz4",
  "blosc-lz4hc",
  "blosc-zlib",
  "blosc-zstd",
  "blosc-snappy-of-hdf5",
];
const TYPES = ["uint8", "uint16", "int32", "float64"] as const;

/** What is sent: each form of each type, its type code as a long in an `any` and as an int; see p4p_codec_camera.py. */
const CAMERAS = FORMS.flatMap((form) =>
  TYPES.filter((type) => form !== "blosc-snappy-of-hdf5" || type !== "uint8").flatMap((type) => [
    [form, type] as const,
    [`${form}-int`, type] as const,
  ]),
);

describe.skipIf(absent)("a p4p camera whose frames other people's compressors packed", () => {
  let camera: Peer;
  let judge: Judge;
  let service: Service;

  beforeAll(async () => {
    camera = await startPeer([python!, "p4p_codec_camera.py"], { env: { EPICS_PVAS_SERVER_PORT: "0" } });
    judge = await Judge.start(python!);
    service = await startService({ nameServers: `127.0.0.1:${camera.ready}` });
  }, 20_000);

  afterAll(async () => {
    await service.close();
    await Promise.all([camera.kill(), judge.close()]);
  });

  test.each(CAMERAS)("%s of %s arrives as the picture that was sent", async (form, type) => {
    await expectSentFrames(service.url(`/mjpg/P4P:${form}:${type}`), judge, type, "mono");
  });

  const jpegs = ["jpeg", "jpeg-int"].flatMap((form) =>
    ["", "?range=0,255&quality=95"].map((query) => [form, query] as const),
  );
  test.each(jpegs)("%s%s arrives as the pictures that were sent, grey and in colour", async (form, query) => {
    await expectSentFrames(service.url(`/mjpg/P4P:${form}:uint8${query}`), judge, "uint8", "mono");
    const colour = form.replace("jpeg", "jpeg-colour");
    await expectSentFrames(service.url(`/mjpg/P4P:${colour}:uint8${query}`), judge, "uint8", "rgb1");
  });
});
