import { expect, test } from "bun:test";
import { serverOptionsFromEnvironment } from "../../../server/pva/index.ts";

test("without variables a server listens everywhere, at the customary ports, and sends beacons", () => {
  expect(serverOptionsFromEnvironment({})).toEqual({
    interfaces: ["0.0.0.0", "::"],
    preferredPort: 5075,
    searchPort: 5076,
    beaconAddressList: [],
    autoBeaconAddressList: true,
    ignoreAddressList: [],
  });
});

test("a server's own variables win over the client's", () => {
  const client = {
    EPICS_PVA_SERVER_PORT: "6075",
    EPICS_PVA_BROADCAST_PORT: "6076",
    EPICS_PVA_ADDR_LIST: "10.0.0.255 10.0.1.7:99",
    EPICS_PVA_AUTO_ADDR_LIST: "NO",
  };
  expect(serverOptionsFromEnvironment(client)).toEqual({
    interfaces: ["0.0.0.0", "::"],
    preferredPort: 6075,
    searchPort: 6076,
    beaconAddressList: [
      { host: "10.0.0.255", port: 6076 },
      { host: "10.0.1.7", port: 99 },
    ],
    autoBeaconAddressList: false,
    ignoreAddressList: [],
  });
  const server = {
    EPICS_PVAS_INTF_ADDR_LIST: " 10.0.0.1 ::1  224.0.2.3,5@127.0.0.1",
    EPICS_PVAS_SERVER_PORT: "7075",
    EPICS_PVAS_BROADCAST_PORT: "7076",
    EPICS_PVAS_BEACON_ADDR_LIST: "10.9.0.255 224.0.2.3:99,4@eth7 [::1]:7",
    EPICS_PVAS_IGNORE_ADDR_LIST: "10.0.0.9 10.0.0.8:0 10.0.0.7:4000 fd00::1",
    EPICS_PVAS_AUTO_BEACON_ADDR_LIST: "YES",
  };
  expect(serverOptionsFromEnvironment({ ...client, ...server })).toEqual({
    interfaces: ["10.0.0.1", "::1", "224.0.2.3,5@127.0.0.1"],
    preferredPort: 7075,
    searchPort: 7076,
    beaconAddressList: [
      { host: "10.9.0.255", port: 7076 },
      { host: "224.0.2.3", port: 99, ttl: 4, via: "eth7" },
      { host: "::1", port: 7 },
    ],
    autoBeaconAddressList: true,
    ignoreAddressList: [
      { host: "10.0.0.9", port: 0 },
      { host: "10.0.0.8", port: 0 },
      { host: "10.0.0.7", port: 4000 },
      { host: "fd00::1", port: 0 },
    ],
  });
});

test("a server port of 0 is any free one", () => {
  expect(serverOptionsFromEnvironment({ EPICS_PVAS_SERVER_PORT: "0" }).preferredPort).toBe(0);
});

test.each([
  ["EPICS_PVAS_SERVER_PORT", "many"],
  ["EPICS_PVAS_BROADCAST_PORT", "70000"],
  ["EPICS_PVAS_BEACON_ADDR_LIST", "a:b:c"],
  ["EPICS_PVAS_INTF_ADDR_LIST", "10.0.0.1 camera"],
  ["EPICS_PVAS_INTF_ADDR_LIST", "10.0.0.1:5075"],
  ["EPICS_PVAS_INTF_ADDR_LIST", "224.0.2.3@nowhere7"],
  ["EPICS_PVAS_IGNORE_ADDR_LIST", "gateway.example"],
])("%s cannot be %s, and says so", (name, value) => {
  expect(() => serverOptionsFromEnvironment({ [name]: value })).toThrow(
    expect.objectContaining({ code: "bad-setting", message: expect.stringContaining(name) as string }),
  );
});
