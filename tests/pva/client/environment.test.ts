import { describe, expect, test } from "bun:test";
import { type Log, PvaClient, silentLog } from "../../../server/pva/index.ts";
import { clientOptionsFromEnvironment } from "../../../server/pva/client/environment.ts";

describe("the environment", () => {
  test("has pvxs's defaults when empty", () => {
    expect(clientOptionsFromEnvironment({})).toEqual({
      addressList: [],
      autoAddressList: true,
      broadcastPort: 5076,
      interfaces: [],
      nameServers: [],
      connectionTimeoutMs: 40_000,
    });
  });

  test("gives lists, ports and limits", () => {
    const options = clientOptionsFromEnvironment({
      EPICS_PVA_ADDR_LIST: " 10.0.0.1  ioc.example:6000 239.1.1.1,2@eth0",
      EPICS_PVA_AUTO_ADDR_LIST: "no",
      EPICS_PVA_BROADCAST_PORT: "7076",
      EPICS_PVA_SERVER_PORT: "7075",
      EPICS_PVA_NAME_SERVERS: "gateway [::1]:7000",
      EPICS_PVA_INTF_ADDR_LIST: "0.0.0.0 10.0.0.2",
      EPICS_PVA_MAX_ARRAY_BYTES: "1000000",
      EPICS_PVA_CONN_TMO: "6",
    });
    expect(options).toEqual({
      addressList: [
        { host: "10.0.0.1", port: 7076 },
        { host: "ioc.example", port: 6000 },
        { host: "239.1.1.1", port: 7076, ttl: 2, via: "eth0" },
      ],
      autoAddressList: false,
      broadcastPort: 7076,
      interfaces: ["10.0.0.2"],
      nameServers: [
        { host: "gateway", port: 7075 },
        { host: "::1", port: 7000 },
      ],
      connectionTimeoutMs: 8000,
      maxArrayBytes: 1_000_000,
    });
  });

  test("takes the server's port where the client's is not set", () => {
    const options = clientOptionsFromEnvironment({
      EPICS_PVAS_SERVER_PORT: "6075",
      EPICS_PVA_NAME_SERVERS: "a",
    });
    expect(options.nameServers).toEqual([{ host: "a", port: 6075 }]);
  });

  test.each([
    ["0.1", 2000],
    ["0", 40_000],
    ["-3", 40_000],
    ["forever", 40_000],
    ["30", 40_000],
  ])("EPICS_PVA_CONN_TMO=%s means %d ms", (text, milliseconds) => {
    expect(clientOptionsFromEnvironment({ EPICS_PVA_CONN_TMO: text }).connectionTimeoutMs).toBe(milliseconds);
  });

  test.each([
    ["EPICS_PVA_AUTO_ADDR_LIST", "maybe"],
    ["EPICS_PVA_BROADCAST_PORT", "0"],
    ["EPICS_PVA_BROADCAST_PORT", "port"],
    ["EPICS_PVA_MAX_ARRAY_BYTES", "lots"],
  ])("refuses %s=%s, naming both", (name, value) => {
    expect(() => clientOptionsFromEnvironment({ [name]: value })).toThrow(
      expect.objectContaining({ code: "bad-setting" }),
    );
    expect(() => clientOptionsFromEnvironment({ [name]: value })).toThrow(`${name}: "${value}"`);
  });

  test("leaves out what cannot be read of a list, and tells which, why and what to write", () => {
    const options = clientOptionsFromEnvironment({
      EPICS_PVA_ADDR_LIST: "10.0.0.1:99999 10.0.0.2 fe80::1",
      EPICS_PVA_NAME_SERVERS: "host: gateway",
      EPICS_PVA_INTF_ADDR_LIST: "10.0.0.3:5 eth0",
    });
    expect(options.addressList).toEqual([{ host: "10.0.0.2", port: 5076 }]);
    expect(options.nameServers).toEqual([{ host: "gateway", port: 5075 }]);
    expect(options.interfaces).toEqual(["eth0"]);
    expect(options.badSettings).toEqual([
      'EPICS_PVA_ADDR_LIST: "10.0.0.1:99999": "99999" is no port: write a number from 1 to 65535',
      'EPICS_PVA_ADDR_LIST: "fe80::1": write [fe80::1]',
      'EPICS_PVA_INTF_ADDR_LIST: "10.0.0.3:5": write the address or the name of an interface, without a port',
      'EPICS_PVA_NAME_SERVERS: "host:": "" is no port: write a number from 1 to 65535',
    ]);
  });

  test("what was left out is logged when the client starts", async () => {
    const warnings: unknown[] = [];
    const log: Log = { ...silentLog, warning: (_, words) => void warnings.push(words?.["message"]) };
    const client = new PvaClient({
      ...clientOptionsFromEnvironment({
        EPICS_PVA_AUTO_ADDR_LIST: "NO",
        EPICS_PVA_ADDR_LIST: "10.0.0.1:x",
      }),
      log,
    });
    await client.close();
    expect(warnings).toEqual([
      'EPICS_PVA_ADDR_LIST: "10.0.0.1:x": "x" is no port: write a number from 1 to 65535',
    ]);
  });
});
